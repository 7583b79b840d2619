#include "ui/panels/layers_panel.h"

#include "ui/theme.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

constexpr int kLeastCell = 16, kMostCell = 40;
constexpr int kPictureRole = Qt::UserRole;

class Delegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        painter->save();
        painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
        const int side = std::min(option.rect.width(), option.rect.height()) - 4;
        QRect place(0, 0, side, side);
        place.moveCenter(option.rect.center());
        painter->drawImage(place, index.data(kPictureRole).value<QImage>());
        if (option.state.testFlag(QStyle::State_MouseOver) || option.state.testFlag(QStyle::State_Selected)) {
            painter->setPen(QPen(
                option.palette.color(QPalette::Highlight), option.state.testFlag(QStyle::State_Selected) ? 2 : 1.5));
            painter->drawRect(place.adjusted(-1, -1, 0, 0));
        }
        painter->restore();
    }
};

} // namespace

void LayersModel::setMaps(LayerMapsPtr maps)
{
    beginResetModel();
    m_maps = std::move(maps);
    endResetModel();
}

void LayersModel::setLook(app::views::ColourMap colours, app::views::MapScale scale)
{
    if (m_small.setLook(colours, scale) && rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int LayersModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_maps ? 0 : int(m_maps->layers);
}

int LayersModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_maps ? 0 : int(m_maps->heads);
}

QVariant LayersModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !m_maps)
        return {};
    const float entropy = m_maps->entropy[size_t(index.row() * m_maps->heads + index.column())];
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole || role == Qt::DisplayRole) {
        const QString text = tr("Latent layer %1, head %2: a latent reads about %3 others")
                                 .arg(index.row())
                                 .arg(index.column())
                                 .arg(std::exp(double(entropy)), 0, 'f', 1);
        return role == Qt::DisplayRole ? text.section(':', 0, 0) : text;
    }
    if (role != kPictureRole)
        return {};
    return m_small.picture(m_maps->mapOf(index.row(), index.column()), m_maps->side, m_maps->side);
}

QVariant LayersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role == Qt::DisplayRole)
        return QString::number(section);
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole)
        return orientation == Qt::Horizontal ? tr("head %1").arg(section) : tr("layer %1").arg(section);
    return {};
}

LayersPanel::LayersPanel(PanelContext context, QWidget* parent)
    : Panel(context, parent), m_model(new LayersModel(this)), m_table(new QTableView), m_about(new QLabel)
{
    m_about->setObjectName("quiet");
    m_table->setModel(m_model);
    m_table->setItemDelegate(new Delegate(m_table));
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setMouseTracking(true);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    for (QHeaderView* header : {m_table->horizontalHeader(), m_table->verticalHeader()}) {
        header->setMinimumSectionSize(kLeastCell);
        header->setDefaultAlignment(Qt::AlignCenter);
        header->setSectionResizeMode(QHeaderView::Fixed);
    }
    m_about->setWordWrap(true);
    m_table->setAccessibleName(tr("Small maps of the latent layers' heads"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->setSpacing(kSpace);
    layout->addWidget(m_about);
    layout->addWidget(m_table, 1);
    connect(m_table, &QAbstractItemView::clicked, this, &LayersPanel::choose);
    connect(m_table, &QAbstractItemView::activated, this, &LayersPanel::choose);
    connect(&m_document, &Document::layerMapsChanged, this, [this] {
        m_model->setMaps(m_document.layerMaps());
        fitCells();
        showChosen();
    });
    connect(&m_document, &Document::opened, this, [this] {
        m_model->setMaps({});
        showChosen();
    });
    connect(&m_document.selection(), &Selection::viewChanged, this, [this] {
        const Look& look = m_document.selection().view().look;
        m_model->setLook(look.colours, look.scale);
        showChosen();
    });
    showChosen();
}

void LayersPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    fitCells();
}

// All heads beside each other, and all layers below each other where they can still be told apart.
void LayersPanel::fitCells()
{
    const int layers = std::max(1, m_model->rowCount()), heads = std::max(1, m_model->columnCount());
    layout()->activate();
    const QSize room = m_table->size()
        - QSize(
            m_table->verticalHeader()->sizeHint().width() + 2, m_table->horizontalHeader()->sizeHint().height() + 2);
    constexpr int kPlain = 24;
    const int cell
        = std::clamp(std::min(room.width() / heads, std::max(kPlain, room.height() / layers)), kLeastCell, kMostCell);
    m_table->horizontalHeader()->setDefaultSectionSize(cell);
    m_table->verticalHeader()->setDefaultSectionSize(cell);
}

void LayersPanel::seen(bool seen)
{
    m_document.wantLayerMaps(seen);
}

// A click on what is chosen goes back to all layers.
void LayersPanel::choose(const QModelIndex& index)
{
    View view = m_document.selection().view();
    const bool again = view.question.through == Through::OneLayer && view.question.layer == index.row()
        && view.question.layerHead == index.column();
    view.question.through = again ? Through::Rollout : Through::OneLayer;
    view.question.layer = index.row();
    view.question.layerHead = index.column();
    if (fromOf(view.question.direction) == Part::Latents || toOf(view.question.direction) == Part::Latents) {
        view.question.direction = Direction::OutputToInputs;
        view.question.elements.clear();
    }
    m_document.selection().change(view, tr("choosing a head"));
}

void LayersPanel::showChosen()
{
    const MapQuestion& question = m_document.selection().view().question;
    if (m_model->rowCount() == 0) {
        m_about->setText(tr("The latent layers' attention appears with the answer."));
        return;
    }
    if (question.through == Through::OneLayer && question.layer < m_model->rowCount()) {
        m_table->setCurrentIndex(m_model->index(int(question.layer), int(question.layerHead.value_or(0))));
        m_about->setText(tr("The map goes through layer %1%2 alone · click again for all layers")
                             .arg(question.layer)
                             .arg(question.layerHead ? tr(", head %1").arg(*question.layerHead) : QString()));
    } else {
        m_table->clearSelection();
        m_about->setText(tr("%1 latent layers down, %2 heads across · in each, rows read columns · click one to see "
                            "the answer through it alone")
                             .arg(m_model->rowCount())
                             .arg(m_model->columnCount()));
    }
}

} // namespace ui
