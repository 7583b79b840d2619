// Where the time of a run went: every named pass with a bar, and what no pass names; by time or in order of first use,
// as bars or as a table. Ctrl+C copies the selected rows, or all. It takes plain values and knows no document.
// Interface thread.
#pragma once

#include "app/document/analysis.h"

#include <QWidget>

class QAbstractItemView;
class QComboBox;
class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace ui {

class TimingsModel;

class TimingsPanel : public QWidget {
    Q_OBJECT

public:
    explicit TimingsPanel(QWidget* parent = nullptr);

    // seconds: of the whole run, as a person waited for it.
    void showTimings(const std::vector<engine::ops::PassTime>& passes, double seconds, const QString& device);
    void showNothing();
    QString csv() const; // as it is shown; see TimingsModel::csv
    TimingsModel& model() { return *m_model; }
    QSize sizeHint() const override { return {360, 480}; }

signals:
    void csvAsked(); // "Save as CSV…": the window asks where

private:
    void copy();
    void setFilled(bool filled);

    TimingsModel* m_model;
    QLabel *m_whole, *m_device, *m_sum, *m_nothing;
    QComboBox* m_order;
    QStackedWidget* m_views;
    QListView* m_bars;
    QTableView* m_table;
    QPushButton* m_save;
    QWidget* m_filled;
};

} // namespace ui
