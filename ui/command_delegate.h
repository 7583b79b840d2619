// One row of the palette: text with its matched letters, category, tooltip below, keys at the right. Interface thread.
#pragma once

#include <QStyledItemDelegate>

class QListView;

namespace ui {

class CommandFilter;

class CommandDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    CommandDelegate(const CommandFilter* filter, QListView* list);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const CommandFilter* m_filter;
    QListView* m_list;
};

} // namespace ui
