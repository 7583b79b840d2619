// Everything that can be done, found by a few letters: Ctrl+Shift+P. While nothing is typed, what was used last stands
// first. What cannot be done now is grey and does nothing. Deletes itself after closing. Interface thread.
//
//     auto* palette = new CommandPalette(actions, this);
//     palette->open();
#pragma once

#include <QDialog>

class QAction;
class QLabel;
class QLineEdit;
class QListView;

namespace ui {

class CommandFilter;
class CommandModel;

class CommandPalette : public QDialog {
    Q_OBJECT

public:
    // The actions stay their owner's, and may change or go while this is open. Each one's property "category" is shown.
    CommandPalette(const QList<QAction*>& actions, QWidget* parent);

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override; // keys of the search line
    void paintEvent(QPaintEvent*) override;
    void showEvent(QShowEvent* event) override;

private:
    void search(const QString& query);
    void step(int rows, bool around);
    void choose(int row); // the current one, and in sight
    void run(const QModelIndex& index);
    void fit(); // as high as the rows found, up to its part of the window
    QRect windowBelow() const;

    CommandModel* m_model;
    CommandFilter* m_filter;
    QLineEdit* m_line;
    QListView* m_list;
    QLabel* m_nothing;
};

} // namespace ui
