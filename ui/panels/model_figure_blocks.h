// The pieces of a model's figure (model_figure.h): fonts, words broken into lines and measured, and a box with its
// words around an origin of its own, to be moved to its place. Lengths in device-independent pixels. Interface thread.
#pragma once

#include "ui/panels/model_figure.h"
#include "ui/theme.h"

namespace ui {

constexpr double kFigurePad = 1.25 * kSpace; // within the box of an attention
constexpr double kCardStep = 4; // by which a card lies beside the one before it
constexpr double kUnknownCells = 4; // drawn for an unknown width

double figureCells(int64_t size); // 1 for one row, and 1 more for each doubling
double textWidth(const QString& text, const QFont& font); // of one line
double longestWord(const QString& text, const QFont& font);

// A box with its words, around an origin of its own.
struct FigureBlock {
    FigureBox box;
    std::vector<FigureLabel> labels;

    QRectF bounds() const
    {
        QRectF all = box.rect.adjusted(0, -(box.cards - 1) * kCardStep, (box.cards - 1) * kCardStep, 0);
        for (const FigureLabel& label : labels)
            all |= label.rect;
        return all;
    }
    void move(double x, double y)
    {
        box.rect.translate(x, y);
        for (FigureLabel& label : labels)
            label.rect.translate(x, y);
    }
    void centreBoxAt(double x, double y) { move(x - box.rect.center().x(), y - box.rect.center().y()); }
};

// Makes the pieces of one model in one size of font.
class FigureBlocks {
public:
    FigureBlocks(const app::document::ModelFacts& facts, const QFont& font) : m_facts(facts) { setFont(font); }

    void setFont(QFont font); // of names that are not strong; in points
    const QFont& font() const { return m_font; }
    const QFont& quiet() const { return m_quiet; }
    const QFont& strong() const { return m_strong; }
    const QFont& tag() const { return m_tag; }

    FigureLabel label(
        FigurePart part, const QString& text, const QFont& font, FigureLabel::Tone tone, double width) const;
    // Words stand above the box, or to its right, and the size inside where it fits. cell: its height and width.
    FigureBlock array(FigurePart part, double cell, double wordsWidth, bool wordsAtRight = false) const;
    FigureBlock attention(FigurePart part, double width) const;
    double smallestAttention() const; // the width that its longest word needs

private:
    const app::document::ModelFacts& m_facts;
    QFont m_font, m_strong, m_quiet, m_tag;
};

QFont scaledFont(QFont font, double factor);

} // namespace ui
