// The few signs of the style as strokes: arrows, check mark, cross; and boxes with some corners round. Interface
// thread.
#pragma once

#include <QIcon>
#include <QPainter>

namespace ui {

enum class Glyph { Up, Down, Left, Right, Check, Dash, Cross, Float, Play, Pause, Back, Forward };

// In the middle of rect, no larger than 16 pixels.
void drawGlyph(QPainter* painter, Glyph glyph, const QRectF& rect, const QColor& colour);

// An icon that takes the theme's quiet colour whenever it is drawn.
QIcon glyphIcon(Glyph glyph);

// A box of the style: filled, with a border of a whole pixel inside rect; ring: two pixels in that colour instead.
struct Box {
    QColor fill;
    QColor border; // invalid: none
    bool ring = false;
    bool roundLeft = true;
    bool roundRight = true;
    double radius = 6;
};
void drawBox(QPainter* painter, const QRectF& rect, const Box& box);

} // namespace ui
