#include "ui/style.h"

#include "ui/style_controls.h"
#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QPushButton>
#include <QStyleOption>

namespace ui {

namespace {

QColor signColour(const QStyleOption* option)
{
    return option->state & QStyle::State_Enabled ? colours().quiet : colours().faint;
}

bool arrowIsBeside(const QStyleOptionToolButton& button) // a press on it opens a menu, one on the text does not
{
    return button.features & QStyleOptionToolButton::MenuButtonPopup;
}

bool arrowIsWithin(const QStyleOptionToolButton& button)
{
    return (button.features & QStyleOptionToolButton::HasMenu) && !arrowIsBeside(button);
}

} // namespace

Style::Style() : QProxyStyle("Fusion") { }

void Style::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
        return drawPushButton(option, painter, widget);
    case PE_PanelButtonTool:
        return drawToolButton(option, painter, widget);
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        return drawCheckBox(option, painter);
    case PE_IndicatorRadioButton:
        return drawRadioButton(option, painter);
    case PE_IndicatorMenuCheckMark:
        if (option->state & State_On)
            drawGlyph(painter, Glyph::Check, option->rect, colours().accent);
        return;
    case PE_IndicatorArrowUp:
        return drawGlyph(painter, Glyph::Up, option->rect, signColour(option));
    case PE_IndicatorArrowDown:
        return drawGlyph(painter, Glyph::Down, option->rect, signColour(option));
    case PE_IndicatorArrowLeft:
        return drawGlyph(painter, Glyph::Left, option->rect, signColour(option));
    case PE_IndicatorArrowRight:
        return drawGlyph(painter, Glyph::Right, option->rect, signColour(option));
    case PE_IndicatorHeaderArrow:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
            drawGlyph(painter, header->sortIndicator == QStyleOptionHeader::SortUp ? Glyph::Up : Glyph::Down,
                header->rect, colours().accent);
        return;
    case PE_PanelLineEdit:
        return drawField(option, painter, widget);
    case PE_FrameLineEdit:
        return; // drawField() has drawn it
    case PE_Frame:
        return drawBox(painter, option->rect, {.border = frameColour(option, widget), .radius = 0});
    case PE_PanelItemViewItem:
        return drawItemGround(option, painter, widget);
    case PE_FrameFocusRect:
        // Buttons, boxes and fields draw their own ring.
        if ((option->state & State_KeyboardFocusChange) && !drawsOwnRing(widget))
            drawBox(painter, option->rect, {.border = colours().accent, .radius = 4});
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(
    ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    switch (element) {
    case CE_DockWidgetTitle:
        if (const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(option))
            return drawDockTitle(dock, painter, subElementRect(SE_DockWidgetTitleBarText, option, widget));
        break;
    case CE_ItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            QStyleOptionViewItem plain = *item; // what is chosen shows by its ground
            for (const auto group : {QPalette::Active, QPalette::Inactive})
                plain.palette.setColor(group, QPalette::HighlightedText, plain.palette.color(group, QPalette::Text));
            return QProxyStyle::drawControl(element, &plain, painter, widget);
        }
        break;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            QStyleOptionButton own = *button;
            own.palette.setColor(QPalette::ButtonText, buttonText(option, widget));
            return QProxyStyle::drawControl(element, &own, painter, widget);
        }
        break;
    case CE_ToolButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            QStyleOptionToolButton own = *button;
            own.palette.setColor(QPalette::ButtonText, buttonText(option, widget));
            own.state &= ~(State_Sunken | State_On); // its text does not move
            if (option->state & State_On)
                own.state |= State_On;
            return QProxyStyle::drawControl(element, &own, painter, widget);
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    switch (control) {
    case CC_ComboBox:
        if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option))
            return drawComboBox(
                box, painter, proxy()->subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget), widget);
        break;
    case CC_SpinBox:
        if (const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option))
            return drawSpinBox(box, painter, proxy()->subControlRect(CC_SpinBox, option, SC_SpinBoxUp, widget),
                proxy()->subControlRect(CC_SpinBox, option, SC_SpinBoxDown, widget));
        break;
    case CC_Slider:
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option))
            return drawSlider(slider, painter, proxy()->subControlRect(CC_Slider, option, SC_SliderHandle, widget));
        break;
    case CC_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            drawToolButton(option, painter, widget);
            QStyleOptionToolButton label = *button;
            label.rect = proxy()->subControlRect(CC_ToolButton, option, SC_ToolButton, widget);
            if (arrowIsWithin(*button))
                label.rect.adjust(0, 0, -2 * kSpace, 0);
            proxy()->drawControl(CE_ToolButtonLabel, &label, painter, widget);
            if (arrowIsWithin(*button) || arrowIsBeside(*button))
                drawGlyph(painter, Glyph::Down,
                    QRectF(option->rect.right() - 2 * kSpace - 1, option->rect.center().y() - 5, 12, 12),
                    signColour(option));
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QSize Style::sizeFromContents(
    ContentsType type, const QStyleOption* option, const QSize& size, const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button && !button->text.isEmpty() && button->toolButtonStyle != Qt::ToolButtonIconOnly)
            return {size.width() + (arrowIsWithin(*button) ? 3 : 2) * kSpace,
                std::max(size.height() + kSpace - 2, 3 * kSpace + 2)};
        return result;
    case CT_PushButton:
        return {std::max(result.width(), size.width() + 4 * kSpace), std::max(result.height(), 4 * kSpace - 2)};
    case CT_ComboBox:
        return {result.width() + kSpace, std::max(result.height(), 4 * kSpace - 2)};
    case CT_LineEdit:
        return {result.width(), std::max(result.height(), 4 * kSpace - 2)};
    case CT_ItemViewItem:
        return {result.width(), std::max(result.height(), 3 * kSpace)};
    default:
        return result;
    }
}

QRect Style::subControlRect(
    ComplexControl control, const QStyleOptionComplex* option, SubControl part, const QWidget* widget) const
{
    const QRect rect = QProxyStyle::subControlRect(control, option, part, widget);
    if (control == CC_ComboBox && part == SC_ComboBoxEditField)
        return rect.adjusted(kSpace / 2, 0, 0, 0);
    if (control == CC_SpinBox && part == SC_SpinBoxEditField)
        return rect.adjusted(kSpace / 2 - 1, 0, 0, 0);
    return rect;
}

QRect Style::subElementRect(SubElement part, const QStyleOption* option, const QWidget* widget) const
{
    const QRect rect = QProxyStyle::subElementRect(part, option, widget);
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    if (part == SE_LineEditContents && frame && frame->lineWidth > 0 && !drawsOwnRing(widget->parentWidget()))
        return rect.adjusted(kSpace / 2 + 1, 0, -kSpace / 2 - 1, 0);
    return rect;
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 2 * kSpace;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return kSpace;
    case PM_DockWidgetTitleMargin:
        return kSpace - 2;
    case PM_DockWidgetTitleBarButtonMargin:
        return 2;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_FocusFrameHMargin: // beside the text of items
        return kSpace / 2 + 1;
    case PM_SliderThickness:
    case PM_SliderLength:
        return 2 * kSpace;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* returned) const
{
    switch (hint) {
    case SH_ComboBox_Popup: // a list under its box, not a menu over it
    case SH_EtchDisabledText:
    case SH_DialogButtonBox_ButtonsHaveIcons:
        return 0;
    case SH_FormLayoutLabelAlignment:
        return Qt::AlignLeft | Qt::AlignVCenter;
    case SH_Slider_AbsoluteSetButtons: // a click goes where it points
        return Qt::LeftButton;
    case SH_Slider_PageSetButtons:
        return Qt::NoButton;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

QIcon Style::standardIcon(StandardPixmap icon, const QStyleOption* option, const QWidget* widget) const
{
    switch (icon) {
    case SP_TitleBarCloseButton:
    case SP_DockWidgetCloseButton:
    case SP_LineEditClearButton:
        return glyphIcon(Glyph::Cross);
    case SP_TitleBarNormalButton:
        return glyphIcon(Glyph::Float);
    default:
        return QProxyStyle::standardIcon(icon, option, widget);
    }
}

} // namespace ui
