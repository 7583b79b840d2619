// All keys and gestures of the window on one sheet: F1. Searchable; text() is the same to print or to paste. Deletes
// itself after closing. Interface thread.
//
//     auto* sheet = new ShortcutSheet(actions, {{tr("shift-click"), tr("adds to the selection")}}, this);
//     sheet->open();
#pragma once

#include <QDialog>

class QAction;
class QLabel;
class QLineEdit;
class QScrollArea;

namespace ui {

struct Gesture {
    QString keys; // "hover", "shift-click", "middle drag": a cap for each part between "-" or "+"
    QString what; // it does
};

class SheetSection;

class ShortcutSheet : public QDialog {
    Q_OBJECT

public:
    // Actions without a shortcut are left out. Categories stand in the order in which they first come.
    ShortcutSheet(const QList<QAction*>& actions, const QList<Gesture>& gestures, QWidget* parent);

    // Everything, whatever is searched for: a heading a category, a line a shortcut.
    QString text() const;

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();
    void search(const QString& query);
    void arrange(); // the sections in as many columns as there is room for

    QList<SheetSection*> m_sections;
    QLineEdit* m_line;
    QLabel* m_nothing;
    QScrollArea* m_scroll;
    QWidget* m_content;
    int m_columns = 0;
};

} // namespace ui
