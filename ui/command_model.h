// The window's actions as a list, and the part of it that fits what was typed, best first. Both follow their actions:
// one that is changed, hidden or deleted is so here. Interface thread.
#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>

class QAction;

namespace ui {

class CommandModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        Category = Qt::UserRole,
        Tip,
        Keys, // QStringList
        Enabled, // bool. Not a flag: what cannot be done now is still found and read
        Checked, // bool
        LastUsed, // int: 0 for the last one, rows in the given order after all that were ever used
    };
    explicit CommandModel(const QList<QAction*>& actions, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QAction* action(int row) const { return m_actions[row]; }

    // Remembered by category and text while the program runs, for palettes that come later.
    static void remember(const QAction& action);
    static void forgetAll();

private:
    void watch(QAction* action);

    QList<QAction*> m_actions;
};

class CommandFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit CommandFilter(CommandModel* model, QObject* parent = nullptr);
    void setQuery(const QString& query);
    // Letters of the row's text that the query matched.
    QList<int> letters(const QModelIndex& index) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    // None where a word fits nothing; else what ranks: the worst word first, then all of them.
    std::optional<int> cost(int row) const;

    QStringList m_words;
};

} // namespace ui
