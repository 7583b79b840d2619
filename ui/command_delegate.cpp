#include "ui/command_delegate.h"

#include "ui/command_model.h"
#include "ui/key_caps.h"
#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QListView>
#include <QPainter>
#include <QTextLayout>

namespace ui {

namespace {

constexpr int kGutter = 4 * kSpace; // before the text: the mark of what is on

QFont small(QFont font)
{
    font.setPointSizeF(font.pointSizeF() * 0.88);
    return font;
}

// Returns the width that the text took.
int drawText(QPainter* painter, const QRect& rect, const QString& text, const QList<int>& letters, const QColor& colour,
    const QColor& mark)
{
    const QString shown = painter->fontMetrics().elidedText(text, Qt::ElideRight, rect.width());
    QTextLayout layout(shown, painter->font());
    QList<QTextLayout::FormatRange> formats;
    for (const int letter : letters)
        if (letter < shown.size()) {
            QTextCharFormat format;
            format.setForeground(mark);
            format.setFontWeight(QFont::DemiBold);
            formats << QTextLayout::FormatRange {letter, 1, format};
        }
    layout.setFormats(formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    layout.endLayout();
    if (!line.isValid())
        return 0;
    painter->setPen(colour);
    layout.draw(painter, QPointF(rect.left(), rect.top() + (rect.height() - line.height()) / 2));
    return int(std::ceil(line.naturalTextWidth()));
}

} // namespace

CommandDelegate::CommandDelegate(const CommandFilter* filter, QListView* list)
    : QStyledItemDelegate(list), m_filter(filter), m_list(list)
{
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {0, option.fontMetrics.height() + QFontMetrics(small(option.font)).height() + 2 * kSpace};
}

void CommandDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool enabled = index.data(CommandModel::Enabled).toBool();
    const bool current = index == m_list->currentIndex();
    painter->save();
    if (current || option.state & QStyle::State_MouseOver)
        drawBox(painter, option.rect,
            {.fill = current && enabled ? colours().chosen : current ? colours().hover : colours().raised});
    const QColor text = enabled ? colours().text : colours().faint;
    const QColor quiet = enabled ? colours().quiet : colours().faint;
    QRect rect = option.rect.adjusted(0, 0, -kSpace - kSpace / 2, 0);
    painter->setFont(option.font);
    const auto keys = index.data(CommandModel::Keys).toStringList();
    drawKeyCaps(painter, rect, keys, true, enabled);
    if (index.data(CommandModel::Checked).toBool())
        drawGlyph(painter, Glyph::Check, QRectF(rect.left() + kSpace, rect.center().y() - 5.5, 12, 12),
            enabled ? colours().accent : colours().faint);
    rect.adjust(kGutter, 0, -keyCapsSize(keys, option.font).width() - 2 * kSpace, 0);

    const QString tip = index.data(CommandModel::Tip).toString();
    const int lineHeight = option.fontMetrics.height();
    const int smallHeight = QFontMetrics(small(option.font)).height();
    QRect line = rect;
    if (!tip.isEmpty()) {
        line.setTop(rect.top() + (rect.height() - lineHeight - smallHeight) / 2);
        line.setHeight(lineHeight);
        painter->setFont(small(option.font));
        drawText(painter, QRect(line.left(), line.bottom() + 1, rect.width(), smallHeight), tip, {}, quiet, quiet);
        painter->setFont(option.font);
    }
    line.setLeft(line.left()
        + drawText(painter, line, index.data().toString(), m_filter->letters(index), text,
            enabled ? colours().accent : colours().faint)
        + kSpace + kSpace / 2);
    painter->setFont(small(option.font));
    if (line.width() > 2 * kSpace)
        drawText(painter, line.translated(0, 1), index.data(CommandModel::Category).toString(), {}, quiet, quiet);
    painter->restore();
}

} // namespace ui
