// The shelf as an item model for a list or a combo box: what fits the open question comes first and can be chosen, the
// others follow, disabled, with the reason in their WrongRole and tool tip. Interface thread.
#pragma once

#include "app/document/model_shelf.h"

#include <QAbstractListModel>

namespace app::document {

class ModelShelfModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole, // QString
        CanRole, // QString: the sentences, one a line
        SizeRole, // QString: "406,896 parameters, 1.6 MB"; empty when unknown
        WrongRole, // QString: why it cannot be chosen now; empty when it can
        CardRole, // QString, Markdown
        StarterRole // bool
    };

    explicit ModelShelfModel(QObject* parent = nullptr);

    void setShelf(ModelShelf shelf); // resets the model
    void setAsked(Asked asked); // moves rows; who holds a QPersistentModelIndex keeps its model
    const ModelShelf& shelf() const { return m_shelf; }
    Asked asked() const { return m_asked; }

    int rowOf(const QString& id) const; // -1 when it is not there
    const ModelEntry* entry(int row) const; // null outside
    // The row to choose: of `id` when that can answer, else the first that can, else -1.
    int bestRow(const QString& id) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QHash<int, QByteArray> roleNames() const override;

private:
    std::vector<const ModelEntry*> sorted() const;
    QString wrongWith(const ModelEntry& entry) const;

    ModelShelf m_shelf;
    Asked m_asked = Asked::Nothing;
    std::vector<const ModelEntry*> m_rows; // into the shelf
};

} // namespace app::document
