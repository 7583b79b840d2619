// All latents: as small maps of where they look, as points of a scatter plot of their principal components, or as a
// table; sorted and searched. Pointing at one shows its map in large, a click keeps it. Interface thread.
#pragma once

#include "ui/panels/latents_model.h"
#include "ui/panels/panel.h"

class QBoxLayout;
class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace ui {

class ScatterPlot;

class LatentsPanel : public Panel {
    Q_OBJECT

public:
    explicit LatentsPanel(PanelContext context, QWidget* parent = nullptr);
    LatentsModel& model() { return *m_model; }

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void seen(bool seen) override;
    void resizeEvent(QResizeEvent* event) override;
    QSize minimumSizeHint() const override; // with the controls one above the other
    void showMap();
    void sort();
    void point(const QModelIndex& proxyIndex);
    void lock(const QModelIndex& proxyIndex);

    LatentsModel* m_model;
    QSortFilterProxyModel* m_proxy;
    QStackedWidget* m_views;
    QListView* m_maps;
    ScatterPlot* m_scatter;
    QTableView* m_table;
    QComboBox* m_order;
    QLineEdit* m_search;
    QLabel* m_about;
    QBoxLayout* m_controls; // in a row where there is room for it, for what is wide is seldom high
};

} // namespace ui
