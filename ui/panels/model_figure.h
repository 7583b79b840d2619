// The figure of a model, after figure 2 of the Perceiver IO paper (arXiv 2107.14795): where every box, arrow and word
// lies at a width, and painting it. Side by side where there is room for it, else from top to bottom. An array's sides
// grow with the logarithm of its size, one cell a doubling. Lengths in device-independent pixels. Interface thread.
#pragma once

#include "ui/panels/model_texts.h"

#include <QFont>
#include <QPalette>
#include <QPolygonF>
#include <QRectF>
#include <optional>

class QPainter;

namespace ui {

struct FigureBox {
    FigurePart part = FigurePart::Inputs;
    QRectF rect;
    double rowCells = 0, columnCells = 0; // of an array; columnCells 0: of unknown width
    int cards = 1; // how many lie on each other; rect is the foremost's
};

struct FigureLabel {
    enum Tone { Strong, Quiet, Tag, Query };
    FigurePart part = FigurePart::Inputs;
    QString text; // lines as they are painted
    QFont font;
    Tone tone = Quiet;
    QRectF rect; // what the painted text covers
    bool centred = true;
    bool inside = false; // on an array's cells
};

struct FigureArrow {
    QLineF line; // its tip at p2
    bool query = false; // carries a Q
};

struct FigureLayout {
    QSizeF size;
    bool wide = false;
    std::vector<FigureBox> boxes;
    std::vector<FigureLabel> labels;
    std::vector<FigureArrow> arrows;
};

// width: at least 300 is meant. A font too large for the width is made smaller until its words fit.
FigureLayout layOutFigure(const app::document::ModelFacts& facts, double width, const QFont& font);
std::optional<FigurePart> partAt(const FigureLayout& layout, const QPointF& place);

// On a ground of QPalette::Window. lit: the part that is pointed at.
void paintFigure(QPainter& painter, const FigureLayout& layout, const QPalette& palette, std::optional<FigurePart> lit);

} // namespace ui
