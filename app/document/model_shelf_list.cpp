#include "app/document/model_shelf_list.h"

#include "app/commands/model_summary.h"

#include <QStringList>
#include <algorithm>

namespace app::document {

ModelShelfModel::ModelShelfModel(QObject* parent) : QAbstractListModel(parent) { }

void ModelShelfModel::setShelf(ModelShelf shelf)
{
    beginResetModel();
    m_shelf = std::move(shelf);
    m_rows = sorted();
    endResetModel();
}

void ModelShelfModel::setAsked(Asked asked)
{
    if (asked == m_asked)
        return;
    emit layoutAboutToBeChanged();
    const auto before = m_rows;
    m_asked = asked;
    m_rows = sorted();
    const QModelIndexList old = persistentIndexList();
    for (const QModelIndex& from : old) {
        const auto to = std::find(m_rows.begin(), m_rows.end(), before[size_t(from.row())]);
        changePersistentIndex(from, index(int(to - m_rows.begin())));
    }
    emit layoutChanged();
    if (!m_rows.empty()) // what can be chosen, and why not
        emit dataChanged(index(0), index(int(m_rows.size()) - 1));
}

std::vector<const ModelEntry*> ModelShelfModel::sorted() const
{
    std::vector<const ModelEntry*> rows;
    for (const ModelEntry& entry : m_shelf.entries())
        rows.push_back(&entry);
    std::stable_sort(rows.begin(), rows.end(),
        [this](const ModelEntry* a, const ModelEntry* b) { return rank(*a, m_asked) < rank(*b, m_asked); });
    return rows;
}

QString ModelShelfModel::wrongWith(const ModelEntry& entry) const
{
    if (!entry.usable())
        return QString::fromStdString(entry.wrong);
    if (answers(entry.kind, m_asked))
        return {};
    const auto open = [this] {
        switch (m_asked) {
        case Asked::Picture:
            return tr("a picture is open");
        case Asked::Frames:
            return tr("two frames are open");
        case Asked::MaskedText:
            return tr("a text with [MASK] is open");
        case Asked::Text:
            return tr("a text without [MASK] is open");
        case Asked::Clip:
            return tr("a clip is open");
        case Asked::Nothing:
            break;
        }
        return tr("nothing is open");
    };
    return m_asked == Asked::Nothing ? tr("This model answers %1").arg(takes(entry.kind))
                                     : tr("This model answers %1; %2").arg(takes(entry.kind), open());
}

int ModelShelfModel::rowOf(const QString& id) const
{
    const std::string wanted = id.toStdString();
    const auto found
        = std::find_if(m_rows.begin(), m_rows.end(), [&](const ModelEntry* entry) { return entry->id == wanted; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

const ModelEntry* ModelShelfModel::entry(int row) const
{
    return row >= 0 && size_t(row) < m_rows.size() ? m_rows[size_t(row)] : nullptr;
}

int ModelShelfModel::bestRow(const QString& id) const
{
    if (const ModelEntry* chosen = entry(rowOf(id)); chosen && rank(*chosen, m_asked) < 2)
        return rowOf(id);
    return !m_rows.empty() && rank(*m_rows.front(), m_asked) < 2 ? 0 : -1;
}

int ModelShelfModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant ModelShelfModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const ModelEntry& entry = *m_rows[size_t(index.row())];
    QStringList can;
    for (const std::string& sentence : entry.can)
        can << QString::fromStdString(sentence);
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(entry.title);
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole: {
        QStringList lines = can;
        lines << data(index, SizeRole).toString() << wrongWith(entry);
        lines.removeAll(QString());
        return lines.join('\n');
    }
    case IdRole:
        return QString::fromStdString(entry.id);
    case CanRole:
        return can.join('\n');
    case SizeRole:
        return entry.usable() ? QString::fromStdString(commands::sizeText(entry.parameters, entry.bytes)) : QString();
    case WrongRole:
        return wrongWith(entry);
    case CardRole:
        return QString::fromStdString(entry.card);
    case StarterRole:
        return entry.starter;
    default:
        return {};
    }
}

Qt::ItemFlags ModelShelfModel::flags(const QModelIndex& index) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return Qt::NoItemFlags;
    const Qt::ItemFlags can = Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    return rank(*m_rows[size_t(index.row())], m_asked) < 2 ? can : Qt::ItemNeverHasChildren;
}

QHash<int, QByteArray> ModelShelfModel::roleNames() const
{
    return {{Qt::DisplayRole, "title"}, {IdRole, "id"}, {CanRole, "can"}, {SizeRole, "size"}, {WrongRole, "wrong"},
        {CardRole, "card"}, {StarterRole, "starter"}};
}

} // namespace app::document
