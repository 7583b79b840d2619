#include "ui/panels/latents_model.h"

#include "app/document/shown_map.h"

#include <QColor>
#include <QPointF>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

void LatentsModel::setMaps(LatentMapsPtr maps)
{
    const int before = rowCount(), after = maps ? int(maps->latents.size()) : 0;
    if (before == after) { // the same latents look elsewhere: what is selected stays
        m_maps = std::move(maps);
        if (after > 0)
            emit dataChanged(index(0, 0), index(after - 1, Columns - 1));
        return;
    }
    beginResetModel();
    m_maps = std::move(maps);
    m_weights.clear();
    endResetModel();
}

void LatentsModel::setWeights(std::vector<float> weights)
{
    if (int(weights.size()) != rowCount())
        weights.clear();
    if (weights == m_weights)
        return;
    m_weights = std::move(weights);
    m_largest = m_weights.empty() ? 0 : *std::max_element(m_weights.begin(), m_weights.end());
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
}

void LatentsModel::setLook(app::views::ColourMap colours, app::views::MapScale scale)
{
    if (m_small.setLook(colours, scale) && rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, 0));
}

int LatentsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_maps ? 0 : int(m_maps->latents.size());
}

int LatentsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(Columns);
}

QString LatentsModel::sentence(int latent) const
{
    const LatentFigures& figures = m_maps->latents[size_t(latent)];
    QString text = tr("Latent %1: gets %2 % of the outputs' attention; looks at about %3 places.")
                       .arg(latent)
                       .arg(double(figures.share) * 100, 0, 'g', 3)
                       .arg(std::exp(double(figures.entropy)), 0, 'f', 0);
    if (!m_weights.empty())
        text += tr(" Its weight in this map is %1.").arg(weightText(double(m_weights[size_t(latent)])));
    return text;
}

QVariant LatentsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const size_t latent = size_t(index.row());
    const LatentFigures& figures = m_maps->latents[latent];
    const auto value = [&]() -> double {
        switch (Column(index.column())) {
        case Number:
            return double(index.row());
        case Weight:
            return m_weights.empty() ? 0 : double(m_weights[latent]);
        case ShareColumn:
            return double(figures.share);
        case Entropy:
            return double(figures.entropy);
        case X:
            return double(figures.x);
        case Y:
            return double(figures.y);
        case Spread:
            return double(figures.spread);
        case Columns:
            break;
        }
        return 0;
    };
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Number)
            return QString::number(index.row());
        if (index.column() == Weight)
            return m_weights.empty() ? QString("–") : weightText(value());
        return index.column() == ShareColumn ? weightText(value()) : QString::number(value(), 'f', 3);
    case SortRole:
        return value();
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return sentence(index.row());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignRight | Qt::AlignVCenter);
    case PictureRole:
        return m_small.picture(m_maps->mapOf(latent), m_maps->rows, m_maps->columns);
    case ColourRole:
        return QColor::fromRgbF(figures.colour[0], figures.colour[1], figures.colour[2]);
    case ComponentsRole:
        return QPointF(double(figures.colour[0]), double(figures.colour[1]));
    case BarRole: // 0 … 1 of the largest weight
        return m_weights.empty() || m_largest <= 0 ? QVariant() : QVariant(double(m_weights[latent] / m_largest));
    default:
        return {};
    }
}

QVariant LatentsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= Columns)
        return {};
    static const std::array<std::pair<const char*, const char*>, Columns> kHeads{{
        {QT_TR_NOOP("Latent"), QT_TR_NOOP("Its number, from 0")},
        {QT_TR_NOOP("Weight"), QT_TR_NOOP("In the map that is shown, where that lies on the latents")},
        {QT_TR_NOOP("Share"), QT_TR_NOOP("How much of the outputs' attention it gets; all sum to 1")},
        {QT_TR_NOOP("Entropy"), QT_TR_NOOP("Of its row over the inputs, in nats: low is narrow, high is wide")},
        {QT_TR_NOOP("x"), QT_TR_NOOP("Where it looks on average, 0 left to 1 right")},
        {QT_TR_NOOP("y"), QT_TR_NOOP("Where it looks on average, 0 top to 1 bottom")},
        {QT_TR_NOOP("Spread"), QT_TR_NOOP("Standard deviation of where it looks, 1 is the picture's side")},
    }};
    if (role == Qt::DisplayRole)
        return tr(kHeads[size_t(section)].first);
    if (role == Qt::ToolTipRole)
        return tr(kHeads[size_t(section)].second);
    return {};
}

} // namespace ui
