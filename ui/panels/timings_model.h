// The passes of a run as rows of an item model: name, milliseconds, share of the whole, GFLOP, GFLOP/s, uses; in the
// last row what no pass names (loading, transfers, waiting), where there is such. Column Name's accessible text is the
// whole row as a sentence, its tooltip says what the pass does. Interface thread.
#pragma once

#include "app/document/analysis.h"

#include <QAbstractTableModel>

namespace ui {

class TimingsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Milliseconds, Share, Gflop, GflopPerSecond, Uses, Columns };
    enum Role {
        ValueRole
        = Qt::UserRole, // the number that is written: milliseconds, 0 … 1, GFLOP …; invalid where there is none
        RestRole, // whether it is the row of what no pass names
    };
    enum class Order { ByTime, ByFirstUse };

    using QAbstractTableModel::QAbstractTableModel;

    // seconds: of the whole run; less than the passes' sum is taken as that sum.
    void setPasses(std::vector<engine::ops::PassTime> passes, double seconds);
    void setOrder(Order order);
    const engine::ops::PassTime& sum() const { return m_sum; } // of the named passes
    double wholeSeconds() const { return m_whole; }
    // Rows of `rows` (all of them when empty) as comma-separated values, RFC 4180: a heading, then pass, seconds, share
    // of the whole (0 … 1), GFLOP, GFLOP/s, uses; the numbers in full, empty where there is none.
    QString csv(const QList<int>& rows = {}) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        engine::ops::PassTime pass;
        size_t place = 0; // in the order of first use; the rest is last
        bool rest = false;
    };

    QVariant value(const Row& row, int column) const;
    QString text(const Row& row, int column) const;
    QString nameOf(const Row& row) const;
    QString sentence(const Row& row) const;
    void sortRows();

    std::vector<Row> m_rows;
    engine::ops::PassTime m_sum;
    double m_whole = 0;
    Order m_order = Order::ByTime;
};

} // namespace ui
