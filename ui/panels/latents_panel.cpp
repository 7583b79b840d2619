#include "ui/panels/latents_panel.h"

#include "app/document/shown_map.h"
#include "ui/panels/map_delegate.h"
#include "ui/panels/scatter_plot.h"
#include "ui/panels/view_switch.h"
#include "ui/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace ui {

using namespace app::document;

namespace {

// Sorts by one column whichever the view shows; order by similarity is by the first component, which neighbours share.
class LatentsProxy : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    int column = LatentsModel::ShareColumn; // -1: by similarity
    bool ascending = false;
    bool byHeader = false; // the table's own order

protected:
    bool lessThan(const QModelIndex& a, const QModelIndex& b) const override
    {
        if (byHeader)
            return QSortFilterProxyModel::lessThan(a, b);
        const auto value = [this](const QModelIndex& i) {
            return column < 0 ? i.siblingAtColumn(0).data(LatentsModel::ComponentsRole).toPointF().x()
                              : i.siblingAtColumn(column).data(LatentsModel::SortRole).toDouble();
        };
        const double x = value(a), y = value(b);
        if (x == y)
            return a.row() < b.row();
        return ascending ? x < y : x > y;
    }
};

struct Order {
    const char* name;
    int column;
    bool ascending;
};
constexpr Order kOrders[] = {
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by share"), LatentsModel::ShareColumn, false},
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by weight in the map"), LatentsModel::Weight, false},
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by entropy, narrow first"), LatentsModel::Entropy, true},
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by place, left to right"), LatentsModel::X, true},
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by place, top to bottom"), LatentsModel::Y, true},
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by similarity"), -1, true},
    {QT_TRANSLATE_NOOP("ui::LatentsPanel", "by number"), LatentsModel::Number, true},
};

} // namespace

LatentsPanel::LatentsPanel(PanelContext context, QWidget* parent)
    : Panel(context, parent)
    , m_model(new LatentsModel(this))
    , m_proxy(new LatentsProxy(this))
    , m_views(new QStackedWidget)
    , m_maps(new QListView)
    , m_scatter(new ScatterPlot(*m_model))
    , m_table(new QTableView)
    , m_order(new QComboBox)
    , m_search(new QLineEdit)
    , m_about(new QLabel)
    , m_controls(new QBoxLayout(QBoxLayout::TopToBottom))
{
    m_proxy->setSourceModel(m_model);
    m_proxy->setSortRole(LatentsModel::SortRole);
    m_proxy->setDynamicSortFilter(true);
    m_proxy->setFilterKeyColumn(LatentsModel::Number);

    m_about->setObjectName("quiet");
    for (const Order& order : kOrders)
        m_order->addItem(tr(order.name));
    m_order->setAccessibleName(tr("Order of the latents"));
    m_search->setPlaceholderText(tr("Number…"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Find a latent by its number"));
    m_search->setMaximumWidth(96);

    m_maps->setModel(m_proxy);
    m_maps->setViewMode(QListView::IconMode);
    m_maps->setResizeMode(QListView::Adjust);
    m_maps->setMovement(QListView::Static);
    m_maps->setUniformItemSizes(true);
    m_maps->setSpacing(2);
    m_maps->setMouseTracking(true);
    m_maps->setFrameShape(QFrame::NoFrame);
    m_maps->setItemDelegate(new MapDelegate(m_maps));
    m_maps->setAccessibleName(tr("Small maps of the latents"));
    m_table->setModel(m_proxy);
    m_table->setSortingEnabled(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setMouseTracking(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(24);
    m_table->horizontalHeader()->setDefaultSectionSize(64);
    m_table->setShowGrid(false);
    m_table->setAccessibleName(tr("Table of the latents"));
    for (QWidget* view : std::initializer_list<QWidget*>{m_maps, m_scatter, m_table})
        m_views->addWidget(view);

    QHBoxLayout* head = viewSwitch({tr("Maps"), tr("Scatter"), tr("Table")}, *m_views);
    head->addSpacing(kSpace);
    head->addStretch();
    head->addWidget(m_search);
    m_controls->setSpacing(kSpace);
    m_controls->addLayout(head);
    m_controls->addWidget(m_order);
    m_controls->addWidget(m_about);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->setSpacing(kSpace);
    layout->addLayout(m_controls);
    layout->addWidget(m_views, 1);

    connect(m_order, &QComboBox::currentIndexChanged, this, &LatentsPanel::sort);
    connect(m_search, &QLineEdit::textChanged, m_proxy, [this](const QString& text) {
        m_proxy->setFilterRegularExpression(text.isEmpty() ? QString() : "^" + QRegularExpression::escape(text));
    });
    connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        static_cast<LatentsProxy*>(m_proxy)->byHeader = true;
        m_proxy->sort(section, m_table->horizontalHeader()->sortIndicatorOrder());
    });
    for (QAbstractItemView* view :
        {static_cast<QAbstractItemView*>(m_maps), static_cast<QAbstractItemView*>(m_table)}) {
        connect(view, &QAbstractItemView::entered, this, &LatentsPanel::point);
        connect(view, &QAbstractItemView::viewportEntered, this, [this] { m_document.selection().leave(); });
        connect(view, &QAbstractItemView::clicked, this, &LatentsPanel::lock);
        connect(view, &QAbstractItemView::activated, this, &LatentsPanel::lock);
        connect(
            view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this, view](const QModelIndex& now) {
                if (view->hasFocus() && now.isValid())
                    point(now); // by keyboard
            });
        view->viewport()->installEventFilter(this);
    }
    connect(m_scatter, &ScatterPlot::pointed, this, [this](int row) {
        if (row >= 0)
            m_document.selection().point(Part::Latents, {uint32_t(row)});
        else
            m_document.selection().leave();
    });
    connect(m_scatter, &ScatterPlot::clicked, this,
        [this](int row) { m_document.selection().lock(Part::Latents, {uint32_t(row)}, false); });
    connect(&m_document, &Document::latentMapsChanged, this, [this] {
        m_model->setMaps(m_document.latentMaps());
        showMap();
        sort();
    });
    connect(&m_document, &Document::opened, this, [this] {
        m_model->setMaps({});
        showMap();
    });
    connect(&m_document, &Document::mapChanged, this, &LatentsPanel::showMap);
    connect(&m_document.selection(), &Selection::viewChanged, this, [this] {
        const Look& look = m_document.selection().view().look;
        m_model->setLook(look.colours, look.scale);
    });
    sort();
    showMap();
}

bool LatentsPanel::eventFilter(QObject* object, QEvent* event)
{
    if (event->type() == QEvent::Leave)
        m_document.selection().leave();
    return Panel::eventFilter(object, event);
}

QSize LatentsPanel::minimumSizeHint() const
{
    int width = 0;
    for (int i = 0; i < m_controls->count(); ++i)
        width = std::max(width, m_controls->itemAt(i)->minimumSize().width());
    return {width + 2 * kPanelEdge, Panel::minimumSizeHint().height()};
}

void LatentsPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    const bool wide = width() >= 80 * kSpace;
    m_controls->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_controls->setStretchFactor(m_about, wide);
}

void LatentsPanel::seen(bool seen)
{
    m_document.wantLatentMaps(seen);
}

void LatentsPanel::sort()
{
    auto* proxy = static_cast<LatentsProxy*>(m_proxy);
    const Order& order = kOrders[std::max(0, m_order->currentIndex())];
    proxy->column = order.column;
    proxy->ascending = order.ascending;
    proxy->byHeader = false;
    proxy->invalidate();
    proxy->sort(0, Qt::AscendingOrder);
}

void LatentsPanel::point(const QModelIndex& index)
{
    m_document.selection().point(Part::Latents, {uint32_t(m_proxy->mapToSource(index).row())});
}

void LatentsPanel::lock(const QModelIndex& index)
{
    const bool add = QApplication::keyboardModifiers().testFlag(Qt::ShiftModifier);
    m_document.selection().lock(Part::Latents, {uint32_t(m_proxy->mapToSource(index).row())}, add);
}

void LatentsPanel::showMap()
{
    const ShownMap map = shownMap(m_document);
    const bool over = !map.empty() && map.over == Part::Latents;
    m_model->setWeights(over ? map.weights.values : std::vector<float>());
    const int count = m_model->rowCount();
    if (count == 0)
        m_about->setText(
            m_document.isOpen() ? tr("Where each latent looks appears with the answer.") : tr("Nothing is open."));
    else if (over)
        m_about->setText(tr("%1: the bars").arg(map.title));
    else if (const auto& analysis = m_document.analysis(); analysis && analysis->scene == Scene::Frames)
        m_about->setText(tr("%1 latents, in the tile asked about last").arg(count));
    else
        m_about->setText(tr("%1 latents · point at one, click keeps it").arg(count));
}

} // namespace ui
