// The parts of ui::Style that take more than a line to draw. Interface thread.
#pragma once

#include <QPainter>
#include <QStyleOption>

namespace ui {

void drawPushButton(const QStyleOption* option, QPainter* painter, const QWidget* widget);
void drawToolButton(const QStyleOption* option, QPainter* painter, const QWidget* widget);
QColor buttonText(const QStyleOption* option, const QWidget* widget);
void drawCheckBox(const QStyleOption* option, QPainter* painter);
void drawRadioButton(const QStyleOption* option, QPainter* painter);
void drawField(const QStyleOption* option, QPainter* painter, const QWidget* widget);
QColor frameColour(const QStyleOption* option, const QWidget* widget);
void drawItemGround(const QStyleOption* option, QPainter* painter, const QWidget* widget);
bool drawsOwnRing(const QWidget* widget);
void drawDockTitle(const QStyleOptionDockWidget* option, QPainter* painter, const QRect& text);
void drawComboBox(const QStyleOptionComboBox* option, QPainter* painter, const QRect& arrow, const QWidget* widget);
void drawSpinBox(const QStyleOptionSpinBox* option, QPainter* painter, const QRect& up, const QRect& down);
void drawSlider(const QStyleOptionSlider* option, QPainter* painter, const QRect& handle);

} // namespace ui
