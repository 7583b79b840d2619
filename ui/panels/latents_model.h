// The latents as rows of an item model: number, share, entropy, place, spread, and their weight in the map that is shown;
// a small picture of where each looks. Interface thread.
#pragma once

#include "app/document/attention_map.h"
#include "app/document/look.h"
#include "ui/panels/small_map.h"

#include <QAbstractTableModel>
#include <QImage>

namespace ui {

class LatentsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Number, Weight, ShareColumn, Entropy, X, Y, Spread, Columns };
    enum Role { SortRole = Qt::UserRole, PictureRole, ColourRole, ComponentsRole, BarRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setMaps(app::document::LatentMapsPtr maps);
    void setWeights(std::vector<float> weights); // of a map over the latents; empty: none is shown
    void setLook(app::views::ColourMap colours, app::views::MapScale scale);
    const app::document::LatentMapsPtr& maps() const { return m_maps; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString sentence(int latent) const;

    app::document::LatentMapsPtr m_maps;
    std::vector<float> m_weights;
    float m_largest = 0; // of them
    SmallMap m_small;
};

} // namespace ui
