// The shown map as numbers, largest first: what a picture shows, for reading and for screen readers. Interface thread.
#pragma once

#include "app/document/shown_map.h"
#include "ui/panels/panel.h"

#include <QAbstractTableModel>

class QLabel;
class QTableView;

namespace ui {

// Rows are the map's places in the order of their weights.
class MapTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Rank, Place, Weight, Share, Columns };

    explicit MapTableModel(app::document::Document& document, QObject* parent = nullptr);
    void setMap(app::document::ShownMap map);
    uint32_t elementOf(int row) const { return m_order[size_t(row)]; }
    const app::document::ShownMap& map() const { return m_map; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    app::document::Document& m_document;
    app::document::ShownMap m_map;
    std::vector<uint32_t> m_order;
    double m_sum = 0;
};

class TablePanel : public Panel {
    Q_OBJECT

public:
    explicit TablePanel(PanelContext context, QWidget* parent = nullptr);
    MapTableModel& model() { return *m_model; }

private:
    void seen(bool seen) override;
    void showMap();

    MapTableModel* m_model;
    QTableView* m_table;
    QLabel* m_about;
};

} // namespace ui
