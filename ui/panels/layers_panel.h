// A small map for every head of every latent layer: which latent (row) reads which (column). Pointing at one shows what
// the answer looks at through that head alone; a click keeps it. Interface thread.
#pragma once

#include "ui/panels/panel.h"
#include "ui/panels/small_map.h"

#include <QAbstractTableModel>

class QLabel;
class QTableView;

namespace ui {

// Rows are layers, columns heads.
class LayersModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setMaps(app::document::LayerMapsPtr maps);
    void setLook(app::views::ColourMap colours, app::views::MapScale scale);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    app::document::LayerMapsPtr m_maps;
    SmallMap m_small;
};

class LayersPanel : public Panel {
    Q_OBJECT

public:
    explicit LayersPanel(PanelContext context, QWidget* parent = nullptr);
    LayersModel& model() { return *m_model; }

private:
    void seen(bool seen) override;
    void resizeEvent(QResizeEvent* event) override;
    void fitCells();
    void choose(const QModelIndex& index);
    void showChosen();

    LayersModel* m_model;
    QTableView* m_table;
    QLabel* m_about;
};

} // namespace ui
