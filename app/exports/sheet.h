// Something painted with its letters, as a file: pixels (.png), or letters and lines that stay such (.svg, .pdf). Any
// thread; letters take a QGuiApplication, a display is not needed.
#pragma once

#include "engine/base/result.h"

#include <QColor>
#include <QSize>
#include <QString>
#include <cstdint>
#include <functional>
#include <vector>

class QFont;
class QImage;
class QPainter;

namespace app::exports {

struct Sheet {
    QSize size; // units
    double resolution = 1; // pixels in a unit, of .png
    QString title; // one line, without what XML forbids; may be empty
    std::function<void(QPainter&)> paint; // the painter's units are the sheet's
};

// InputOutput where it would be too large.
engine::Result<QImage> sheetPicture(const Sheet& sheet);
engine::Result<std::vector<uint8_t>> sheetAsPng(const Sheet& sheet);
engine::Result<std::vector<uint8_t>> sheetAsSvg(const Sheet& sheet);
engine::Result<std::vector<uint8_t>> sheetAsPdf(const Sheet& sheet);

// What sheets are painted with: the window's own colours, and its letters of so many units.
struct Paper {
    QColor ground, line, text, quiet, accent;
};
Paper paperOf(bool dark);
QFont sheetFont(int size);

} // namespace app::exports
