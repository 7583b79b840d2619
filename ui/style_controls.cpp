#include "ui/style_controls.h"

#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QListView>
#include <QStyle>
#include <QToolBar>

namespace ui {

namespace {

bool is(const QStyleOption* option, QStyle::StateFlag flag)
{
    return option->state & flag;
}

bool hovered(const QStyleOption* option)
{
    return is(option, QStyle::State_MouseOver) && is(option, QStyle::State_Enabled);
}

// Focus that the keyboard brought, or may use next: a click needs no ring.
bool ringed(const QStyleOption* option)
{
    return is(option, QStyle::State_HasFocus) && is(option, QStyle::State_KeyboardFocusChange);
}

bool isPrimary(const QStyleOption* option, const QWidget* widget)
{
    if (!is(option, QStyle::State_Enabled))
        return false;
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    return (button && button->features & QStyleOptionButton::DefaultButton)
        || (widget && widget->property("primary").toBool());
}

bool isSegment(const QWidget* widget)
{
    return qobject_cast<const QAbstractButton*>(widget) && widget->objectName() == "segment";
}

// Whether another segment touches that side.
bool hasNeighbour(const QWidget* widget, bool left)
{
    const QRect own = widget->geometry();
    const auto touches = [&](const QWidget* other) {
        const QRect there = other->geometry();
        return isSegment(other) && other != widget && !other->isHidden()
            && (left ? std::abs(there.right() + 1 - own.left()) : std::abs(own.right() + 1 - there.left())) <= 1
            && there.top() < own.bottom() && own.top() < there.bottom();
    };
    const auto siblings = widget->parentWidget()
        ? widget->parentWidget()->findChildren<QAbstractButton*>("segment", Qt::FindDirectChildrenOnly)
        : QList<QAbstractButton*>();
    return std::any_of(siblings.begin(), siblings.end(), touches);
}

QColor groundOf(const QStyleOption* option)
{
    if (!is(option, QStyle::State_Enabled))
        return colours().surface;
    return is(option, QStyle::State_Sunken) ? colours().line : hovered(option) ? colours().hover : colours().raised;
}

Box boxOf(const QStyleOption* option)
{
    const bool ring = ringed(option);
    return {.fill = groundOf(option), .border = ring ? colours().accent : colours().line, .ring = ring};
}

} // namespace

void drawPushButton(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    Box box = boxOf(option);
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    if (isPrimary(option, widget)) {
        // Darker under the pointer in the light, lighter in the dark: the text on it only gains.
        const int percent = is(option, QStyle::State_Sunken) ? 120 : hovered(option) ? 110 : 100;
        box.fill = isDark() ? colours().accent.lighter(percent) : colours().accent.darker(percent);
        box.border = ringed(option) ? colours().text : box.fill;
    } else if (is(option, QStyle::State_On)) {
        box.fill = colours().chosen;
        if (!box.ring)
            box.border = colours().accent;
    } else if (button && button->features & QStyleOptionButton::Flat && !hovered(option)
        && !is(option, QStyle::State_Sunken)) {
        box.fill = QColor();
        if (!box.ring)
            box.border = QColor();
    }
    drawBox(painter, option->rect, box);
}

void drawToolButton(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    const bool segment = isSegment(widget);
    const bool checked = is(option, QStyle::State_On);
    if (isPrimary(option, widget))
        return drawPushButton(option, painter, widget);
    Box box = boxOf(option);
    if (checked) {
        box.fill = is(option, QStyle::State_Enabled) ? colours().chosen : colours().hover;
        if (!box.ring && !segment)
            box.border = is(option, QStyle::State_Enabled) ? colours().accent : colours().line;
    } else if (is(option, QStyle::State_AutoRaise) && !segment && !qobject_cast<QToolBar*>(widget->parentWidget())
        && !hovered(option) && !is(option, QStyle::State_Sunken)) {
        if (box.ring)
            drawBox(painter, option->rect, {.border = box.border, .ring = true});
        return; // flat until it is pointed at
    }
    QRectF rect = option->rect;
    if (segment) {
        box.roundLeft = !hasNeighbour(widget, true);
        box.roundRight = !hasNeighbour(widget, false);
        if (!box.roundRight && !box.ring)
            rect.adjust(0, 0, 1, 0); // the line between two is the left one of the right button
    }
    drawBox(painter, rect, box);
}

QColor buttonText(const QStyleOption* option, const QWidget* widget)
{
    if (!is(option, QStyle::State_Enabled))
        return colours().faint;
    if (isPrimary(option, widget))
        return colours().onAccent;
    return is(option, QStyle::State_On) ? colours().accent : option->palette.color(QPalette::ButtonText);
}

void drawCheckBox(const QStyleOption* option, QPainter* painter)
{
    const bool enabled = is(option, QStyle::State_Enabled);
    const bool marked = is(option, QStyle::State_On) || is(option, QStyle::State_NoChange);
    const double size = std::min({option->rect.width(), option->rect.height(), 2 * kSpace});
    QRectF rect(0, 0, size, size);
    rect.moveCenter(QRectF(option->rect).center());
    Box box {.fill = groundOf(option), .border = enabled ? colours().edge : colours().line, .radius = 4};
    if (marked)
        box.fill = box.border = enabled ? colours().accent : colours().line;
    if (ringed(option)) {
        box.ring = true;
        box.border = marked ? colours().text : colours().accent;
    } else if (hovered(option) && !marked)
        box.border = colours().accent;
    drawBox(painter, rect, box);
    if (marked)
        drawGlyph(painter, is(option, QStyle::State_NoChange) ? Glyph::Dash : Glyph::Check, rect.adjusted(2, 2, -2, -2),
            enabled ? colours().onAccent : colours().faint);
}

void drawRadioButton(const QStyleOption* option, QPainter* painter)
{
    const bool enabled = is(option, QStyle::State_Enabled);
    const bool on = is(option, QStyle::State_On);
    const bool ring = ringed(option);
    const QRectF rect = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor mark = enabled ? colours().accent : colours().faint;
    const QColor edge = on || hovered(option) || ring ? mark : enabled ? colours().edge : colours().line;
    drawBox(painter, rect, {.fill = groundOf(option), .border = edge, .ring = ring, .radius = rect.width() / 2});
    if (on)
        drawBox(painter, rect.adjusted(4, 4, -4, -4), {.fill = mark, .radius = rect.width() / 2 - 4});
}

void drawField(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    const QWidget* parent = widget ? widget->parentWidget() : nullptr;
    if (qobject_cast<const QComboBox*>(parent) || qobject_cast<const QAbstractSpinBox*>(parent))
        return; // its box is the field
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    if (frame && frame->lineWidth <= 0)
        return painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
    const bool enabled = is(option, QStyle::State_Enabled);
    // One types into it: the focus shows however it came.
    const bool focus = is(option, QStyle::State_HasFocus);
    drawBox(painter, option->rect,
        {.fill = enabled ? option->palette.color(QPalette::Base) : colours().ground,
            .border = focus ? colours().accent : hovered(option) ? colours().edge : colours().line,
            .ring = focus});
}

QColor frameColour(const QStyleOption* option, const QWidget* widget)
{
    return is(option, QStyle::State_HasFocus) && qobject_cast<const QAbstractScrollArea*>(widget) ? colours().accent
                                                                                                : colours().line;
}

void drawItemGround(const QStyleOption* option, QPainter* painter, const QWidget* widget)
{
    const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
    if (item && item->backgroundBrush.style() != Qt::NoBrush)
        painter->fillRect(option->rect, item->backgroundBrush);
    const bool selected = is(option, QStyle::State_Selected);
    if (!selected && !hovered(option))
        return;
    const bool alone = qobject_cast<const QListView*>(widget);
    drawBox(painter, option->rect,
        {.fill = !selected ? colours().hover
                : is(option, QStyle::State_Enabled) ? colours().chosen
                                                    : colours().raised,
            .radius = alone ? 4.0 : 0.0});
}

bool drawsOwnRing(const QWidget* widget)
{
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget)
        || qobject_cast<const QAbstractSpinBox*>(widget);
}

void drawDockTitle(const QStyleOptionDockWidget* option, QPainter* painter, const QRect& text)
{
    painter->save();
    painter->fillRect(option->rect, colours().surface);
    QFont font = painter->font();
    font.setPointSizeF(font.pointSizeF() * 0.88);
    font.setWeight(QFont::DemiBold);
    font.setLetterSpacing(QFont::PercentageSpacing, 106);
    painter->setFont(font);
    painter->setPen(colours().quiet);
    const QString title = QFontMetrics(font).elidedText(option->title.toUpper(), Qt::ElideRight, text.width());
    painter->drawText(text.adjusted(option->rect.left() + kPanelEdge - text.left(), 0, 0, 0),
        Qt::AlignVCenter | Qt::AlignLeft, title);
    painter->restore();
}

void drawComboBox(const QStyleOptionComboBox* option, QPainter* painter, const QRect& arrow, const QWidget*)
{
    Box box = boxOf(option);
    if (option->editable) {
        box.fill = is(option, QStyle::State_Enabled) ? colours().surface : colours().ground;
        if (is(option, QStyle::State_HasFocus)) {
            box.ring = true;
            box.border = colours().accent;
        }
    }
    drawBox(painter, option->rect, box);
    drawGlyph(painter, Glyph::Down, QRectF(arrow.center().x() - 7, option->rect.center().y() - 5, 12, 12),
        is(option, QStyle::State_Enabled) ? colours().quiet : colours().faint);
}

void drawSpinBox(const QStyleOptionSpinBox* option, QPainter* painter, const QRect& up, const QRect& down)
{
    const bool enabled = is(option, QStyle::State_Enabled);
    const bool focus = is(option, QStyle::State_HasFocus);
    drawBox(painter, option->rect,
        {.fill = enabled ? colours().surface : colours().ground,
            .border = focus ? colours().accent : hovered(option) ? colours().edge : colours().line,
            .ring = focus});
    if (option->buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    const auto step = [&](QStyle::SubControl part, Glyph glyph, const QRect& rect, bool can) {
        const bool active = option->activeSubControls == part && hovered(option) && can;
        QRectF place(0, 0, 10, 10);
        place.moveCenter(QRectF(rect).center() + QPointF(-1, glyph == Glyph::Up ? 1 : -1));
        const QColor colour = active ? colours().accent : colours().quiet;
        drawGlyph(painter, glyph, place, enabled && can ? colour : colours().faint);
    };
    step(QStyle::SC_SpinBoxUp, Glyph::Up, up, option->stepEnabled & QAbstractSpinBox::StepUpEnabled);
    step(QStyle::SC_SpinBoxDown, Glyph::Down, down, option->stepEnabled & QAbstractSpinBox::StepDownEnabled);
}

void drawSlider(const QStyleOptionSlider* option, QPainter* painter, const QRect& handle)
{
    const bool enabled = is(option, QStyle::State_Enabled);
    const bool across = option->orientation == Qt::Horizontal;
    const QRectF all = option->rect;
    const QPointF middle = QRectF(handle).center();
    const double thick = kSpace / 2.0;
    const QRectF groove = across ? QRectF(all.left() + 1, middle.y() - thick / 2, all.width() - 2, thick)
                                 : QRectF(middle.x() - thick / 2, all.top() + 1, thick, all.height() - 2);
    // From the end with the smallest value, which may be the right or the lower one.
    QRectF filled = groove;
    if (across)
        option->upsideDown ? filled.setLeft(middle.x()) : filled.setRight(middle.x());
    else
        option->upsideDown ? filled.setTop(middle.y()) : filled.setBottom(middle.y());
    drawBox(painter, groove, {.fill = colours().line, .radius = thick / 2});
    if (enabled)
        drawBox(painter, filled, {.fill = colours().accent, .radius = thick / 2});
    QRectF knob(0, 0, 14, 14);
    knob.moveCenter(middle);
    if (ringed(option))
        drawBox(painter, knob.adjusted(-1, -1, 1, 1), {.border = colours().text, .ring = true, .radius = 8});
    const QColor fill = !enabled ? colours().faint : colours().accent;
    drawBox(painter, ringed(option) ? knob.adjusted(2, 2, -2, -2) : knob,
        {.fill = fill, .border = hovered(option) ? colours().text : colours().surface, .ring = true, .radius = 7});
}

} // namespace ui
