#include "ui/panels/table_panel.h"

#include "ui/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace ui {

using namespace app::document;

MapTableModel::MapTableModel(Document& document, QObject* parent)
    : QAbstractTableModel(parent), m_document(document) { }

void MapTableModel::setMap(ShownMap map)
{
    beginResetModel();
    m_map = std::move(map);
    m_order.clear();
    m_sum = 0;
    const auto& weights = m_map.weights.values;
    for (size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] != 0 || !m_map.part) // of frames, the tile only
            m_order.push_back(uint32_t(i));
        m_sum += double(weights[i]);
    }
    std::stable_sort(m_order.begin(), m_order.end(),
        [&](uint32_t a, uint32_t b) { return std::abs(weights[a]) > std::abs(weights[b]); });
    endResetModel();
}

int MapTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_order.size());
}

int MapTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(Columns);
}

QVariant MapTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const uint32_t element = m_order[size_t(index.row())];
    const double weight = double(m_map.weights.values[element]);
    if (role == Qt::TextAlignmentRole)
        return int((index.column() == Place ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(index.column())) {
    case Rank:
        return index.row() + 1;
    case Place:
        return elementName(m_map.over, element, m_document);
    case Weight:
        return QString::number(weight, 'g', 6);
    case Share:
        return m_sum != 0 && !m_map.scale.symmetric ? tr("%1 %").arg(weight / m_sum * 100, 0, 'f', 2) : QString("–");
    case Columns:
        break;
    }
    return {};
}

QVariant MapTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal)
        return {};
    const QString heads[] = {tr("Rank"), tr("Place"), tr("Weight"), tr("Of the sum")};
    return section < Columns ? heads[section] : QString();
}

TablePanel::TablePanel(PanelContext context, QWidget* parent)
    : Panel(context, parent), m_model(new MapTableModel(m_document, this)), m_table(new QTableView), m_about(new QLabel)
{
    m_about->setObjectName("quiet");
    m_about->setWordWrap(true);
    m_table->setModel(m_model);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(24);
    m_table->horizontalHeader()->setSectionResizeMode(MapTableModel::Place, QHeaderView::Stretch);
    m_table->setAccessibleName(tr("The shown map as numbers"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->setSpacing(kSpace);
    layout->addWidget(m_about);
    layout->addWidget(m_table, 1);
    // A row asks about its place in turn.
    connect(m_table, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        m_document.selection().lock(m_model->map().over, {m_model->elementOf(index.row())},
            QApplication::keyboardModifiers().testFlag(Qt::ShiftModifier));
    });
    connect(&m_document, &Document::mapChanged, this, &TablePanel::showMap);
    connect(&m_document, &Document::opened, this, &TablePanel::showMap);
    connect(&m_document.selection(), &Selection::viewChanged, this, &TablePanel::showMap);
    showMap();
}

void TablePanel::seen(bool seen)
{
    if (seen)
        showMap();
}

void TablePanel::showMap()
{
    if (!isVisible())
        return;
    ShownMap map = shownMap(m_document);
    m_about->setText(map.empty() ? tr("No map is shown.") : map.sentence);
    m_model->setMap(std::move(map));
}

} // namespace ui
