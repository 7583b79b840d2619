// What was dropped and is answered one after another: each item with its state. Interface thread.
#pragma once

#include "app/document/source_groups.h"

#include <QAbstractListModel>

namespace app::document {

class SourceList : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        TaskRole = Qt::UserRole, // int: SourceTask
        StateRole, // int: ItemState
        NoteRole, // QString: what was wrong, or a remark
        FilesRole // QStringList
    };

    explicit SourceList(QObject* parent = nullptr);

    void add(std::vector<SourceItem> items); // appends what groupDrop made of a drop
    const SourceItem& item(int row) const { return m_items[size_t(row)]; } // row below rowCount()
    int count(ItemState state) const;

    // The first that waits becomes Running; what waits before it and has vanished since becomes Failed and says so.
    // -1 when none is left.
    int startNext();
    // An empty note leaves the old one where the state is not Failed.
    void setState(int row, ItemState state, const std::string& note = {});
    // A failed item waits again, unless nothing can be done with it.
    void retry(int row);
    // What waits or runs waits no longer: Failed with "cancelled".
    void cancelAll();
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool removeRows(int row, int count, const QModelIndex& parent = {}) override;
    QHash<int, QByteArray> roleNames() const override;

private:
    std::vector<SourceItem> m_items;
};

} // namespace app::document
