#include "ui/panels/timings_panel.h"

#include "ui/panels/number_texts.h"
#include "ui/panels/timings_delegate.h"
#include "ui/panels/timings_model.h"
#include "ui/panels/view_switch.h"
#include "ui/theme.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace ui {

namespace {

QLabel* label(const char* name)
{
    auto* made = new QLabel;
    made->setObjectName(name);
    made->setWordWrap(true);
    made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return made;
}

void prepare(QAbstractItemView& view, TimingsModel& model)
{
    view.setModel(&model);
    view.setSelectionMode(QAbstractItemView::ExtendedSelection);
    view.setSelectionBehavior(QAbstractItemView::SelectRows);
    view.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view.setMouseTracking(true);
    view.setFrameShape(QFrame::NoFrame);
    view.setContextMenuPolicy(Qt::ActionsContextMenu);
    view.viewport()->setAutoFillBackground(false);
}

} // namespace

TimingsPanel::TimingsPanel(QWidget* parent)
    : QWidget(parent)
    , m_model(new TimingsModel(this))
    , m_whole(label("headline"))
    , m_device(label("quiet"))
    , m_sum(label("quiet"))
    , m_nothing(label("quiet"))
    , m_order(new QComboBox)
    , m_views(new QStackedWidget)
    , m_bars(new QListView)
    , m_table(new QTableView)
    , m_save(new QPushButton(tr("Save as CSV…")))
    , m_filled(new QWidget)
{
    m_nothing->setText(tr("The times of the passes appear with the answer."));
    m_bars->setObjectName("bars");
    prepare(*m_bars, *m_model);
    m_bars->setItemDelegate(new TimingsDelegate(m_bars));
    m_bars->setResizeMode(QListView::Adjust);
    m_bars->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_bars->setAccessibleName(tr("Time of each pass, as bars"));
    prepare(*m_table, *m_model);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setAccessibleName(tr("Time of each pass, as a table"));
    m_views->addWidget(m_bars);
    m_views->addWidget(m_table);

    auto* copyRows = new QAction(tr("Copy"), this);
    copyRows->setShortcut(QKeySequence::Copy);
    copyRows->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(copyRows, &QAction::triggered, this, &TimingsPanel::copy);
    auto* saveAll = new QAction(m_save->text(), this);
    connect(saveAll, &QAction::triggered, this, &TimingsPanel::csvAsked);
    connect(m_save, &QPushButton::clicked, this, &TimingsPanel::csvAsked);
    addAction(copyRows);
    for (QAbstractItemView* view : {static_cast<QAbstractItemView*>(m_bars), static_cast<QAbstractItemView*>(m_table)})
        view->addActions({copyRows, saveAll});
    m_table->setSelectionModel(m_bars->selectionModel()); // one selection, however it is looked at
    m_save->setToolTip(tr("Every pass with its numbers in full, as a table for other programs.\n"
                          "Ctrl+C copies the selected rows, or all."));

    m_order->addItem(tr("by time"));
    m_order->addItem(tr("in order of first use"));
    m_order->setAccessibleName(tr("Order of the passes"));
    connect(m_order, &QComboBox::currentIndexChanged, this, [this](int order) {
        m_model->setOrder(order == 0 ? TimingsModel::Order::ByTime : TimingsModel::Order::ByFirstUse);
    });

    QHBoxLayout* controls = viewSwitch({tr("Bars"), tr("Table")}, *m_views);
    controls->addSpacing(kSpace);
    controls->addStretch();
    controls->addWidget(m_order);

    auto* filled = new QVBoxLayout(m_filled);
    filled->setContentsMargins(0, 0, 0, 0);
    filled->setSpacing(kSpace);
    filled->addWidget(m_whole);
    filled->addWidget(m_device);
    filled->addLayout(controls);
    filled->addWidget(m_views, 1);
    filled->addWidget(m_sum);
    filled->addWidget(m_save, 0, Qt::AlignLeft);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->addWidget(m_nothing);
    layout->addWidget(m_filled, 1);
    layout->addStretch();
    setFilled(false);
}

void TimingsPanel::setFilled(bool filled)
{
    m_filled->setVisible(filled);
    m_nothing->setVisible(!filled);
}

void TimingsPanel::showTimings(const std::vector<engine::ops::PassTime>& passes, double seconds, const QString& device)
{
    m_model->setPasses(passes, seconds);
    const auto& sum = m_model->sum();
    m_whole->setText(secondsText(m_model->wholeSeconds()));
    m_device->setText(device);
    QString words = tr("Sum of the passes: %1").arg(millisecondsText(sum.seconds));
    if (m_model->wholeSeconds() > 0)
        words += tr(", %1").arg(percentText(sum.seconds / m_model->wholeSeconds()));
    if (sum.flop > 0 && sum.seconds > 0)
        words += tr("\n%1 at %2 a second").arg(flopText(sum.flop), flopText(sum.flop / sum.seconds));
    m_sum->setText(words);
    setFilled(m_model->rowCount() > 0);
}

void TimingsPanel::showNothing()
{
    m_model->setPasses({}, 0);
    setFilled(false);
}

QString TimingsPanel::csv() const
{
    return m_model->csv();
}

void TimingsPanel::copy()
{
    if (m_model->rowCount() == 0)
        return;
    QList<int> rows;
    for (const QModelIndex& index : m_bars->selectionModel()->selectedIndexes())
        rows << index.row();
    const QString text = m_model->csv(rows);
    auto* table = new QMimeData;
    table->setText(text);
    table->setData("text/csv", text.toUtf8());
    QGuiApplication::clipboard()->setMimeData(table);
}

} // namespace ui
