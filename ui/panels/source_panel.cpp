#include "ui/panels/source_panel.h"

#include "ui/theme.h"

#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace ui {

using namespace app::document;

namespace {

// Name and state, and what was wrong.
class Delegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        return {100, 2 * option.fontMetrics.height() + kSpace};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyleOptionViewItem plain = option;
        initStyleOption(&plain, index);
        plain.text.clear();
        option.widget->style()->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);
        const auto state = ItemState(index.data(SourceList::StateRole).toInt());
        const QString note = index.data(SourceList::NoteRole).toString();
        const QString words = state == ItemState::Waiting ? SourcePanel::tr("waits")
            : state == ItemState::Running                 ? SourcePanel::tr("runs…")
            : state == ItemState::Done                    ? SourcePanel::tr("answered")
                                                          : SourcePanel::tr("not answered");
        painter->save();
        const QRect text = option.rect.adjusted(kSpace, kSpace / 2, -kSpace, -kSpace / 2);
        const QRect upper(text.topLeft(), QSize(text.width(), text.height() / 2)),
            lower = upper.translated(0, upper.height());
        painter->setPen(option.palette.color(QPalette::Text)); // what is chosen shows by its ground, a quiet one
        painter->drawText(upper, Qt::AlignVCenter,
            option.fontMetrics.elidedText(index.data().toString(), Qt::ElideMiddle, upper.width()));
        if (!option.state.testFlag(QStyle::State_Selected))
            painter->setPen(option.palette.color(QPalette::PlaceholderText));
        painter->drawText(lower, Qt::AlignVCenter,
            option.fontMetrics.elidedText(
                note.isEmpty() ? words : QString("%1: %2").arg(words, note), Qt::ElideRight, lower.width()));
        painter->restore();
    }
};

} // namespace

SourcePanel::SourcePanel(SourceQueue& queue, QWidget* parent)
    : QWidget(parent), m_queue(queue), m_list(new QListView), m_count(new QLabel)
{
    m_count->setObjectName("quiet");
    m_list->setModel(&queue.list());
    m_list->setItemDelegate(new Delegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("What was opened"));
    auto* clear = new QPushButton(tr("Clear the list"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->setSpacing(kSpace);
    layout->addWidget(m_count);
    layout->addWidget(m_list, 1);
    layout->addWidget(clear);
    connect(clear, &QPushButton::clicked, &queue, &SourceQueue::clear);
    for (const auto& signal : {&QAbstractItemView::clicked, &QAbstractItemView::activated})
        connect(m_list, signal, this, [this](const QModelIndex& index) { m_queue.show(index.row()); });
    connect(&queue, &SourceQueue::currentChanged, this,
        [this](int row) { m_list->setCurrentIndex(m_queue.list().index(row)); });
    for (const auto& signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&queue.list(), signal, this, &SourcePanel::showCount);
    connect(&queue.list(), &QAbstractItemModel::dataChanged, this, &SourcePanel::showCount);
    connect(&queue.list(), &QAbstractItemModel::modelReset, this, &SourcePanel::showCount);
    showCount();
}

void SourcePanel::showCount()
{
    const int all = m_queue.list().rowCount();
    m_count->setText(all == 0 ? tr("Nothing was opened yet.")
                              : tr("%1 of %2 answered").arg(m_queue.list().count(ItemState::Done)).arg(all));
}

} // namespace ui
