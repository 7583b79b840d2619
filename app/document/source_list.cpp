#include "app/document/source_list.h"

#include <QStringList>
#include <algorithm>

namespace app::document {

namespace fs = std::filesystem;

SourceList::SourceList(QObject* parent) : QAbstractListModel(parent) { }

void SourceList::add(std::vector<SourceItem> items)
{
    if (items.empty())
        return;
    const int first = int(m_items.size());
    beginInsertRows({}, first, first + int(items.size()) - 1);
    std::move(items.begin(), items.end(), std::back_inserter(m_items));
    endInsertRows();
}

int SourceList::count(ItemState state) const
{
    return int(
        std::count_if(m_items.begin(), m_items.end(), [state](const SourceItem& item) { return item.state == state; }));
}

int SourceList::startNext()
{
    for (int row = 0; row < int(m_items.size()); ++row) {
        if (m_items[size_t(row)].state != ItemState::Waiting)
            continue;
        const auto& files = m_items[size_t(row)].files;
        const auto gone = std::find_if(files.begin(), files.end(), [](const fs::path& file) {
            std::error_code ignored;
            return !fs::exists(file, ignored);
        });
        if (gone == files.end()) {
            setState(row, ItemState::Running);
            return row;
        }
        setState(row, ItemState::Failed, gone->string() + " is no longer there");
    }
    return -1;
}

void SourceList::setState(int row, ItemState state, const std::string& note)
{
    if (row < 0 || row >= int(m_items.size()))
        return;
    SourceItem& item = m_items[size_t(row)];
    item.state = state;
    if (!note.empty() || state == ItemState::Failed)
        item.note = note;
    emit dataChanged(index(row), index(row));
}

void SourceList::retry(int row)
{
    if (row < 0 || row >= int(m_items.size()))
        return;
    SourceItem& item = m_items[size_t(row)];
    if (item.state != ItemState::Failed || item.task == SourceTask::None)
        return;
    item.note.clear();
    setState(row, ItemState::Waiting);
}

void SourceList::cancelAll()
{
    for (int row = 0; row < int(m_items.size()); ++row)
        if (item(row).state == ItemState::Waiting || item(row).state == ItemState::Running)
            setState(row, ItemState::Failed, tr("cancelled").toStdString());
}

void SourceList::clear()
{
    beginResetModel();
    m_items.clear();
    endResetModel();
}

int SourceList::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_items.size());
}

QVariant SourceList::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const SourceItem& item = m_items[size_t(index.row())];
    const QString note = QString::fromStdString(item.note);
    QStringList files;
    for (const fs::path& file : item.files)
        files << QString::fromStdString(file.string());
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(item.title);
    case Qt::ToolTipRole:
        return note.isEmpty() ? files.join('\n') : files.join('\n') + "\n" + note;
    case Qt::AccessibleDescriptionRole: {
        const QString states[] = {tr("waiting"), tr("running"), tr("done"), tr("failed")};
        const QString state = states[size_t(item.state)];
        return note.isEmpty() ? state : state + ": " + note;
    }
    case TaskRole:
        return int(item.task);
    case StateRole:
        return int(item.state);
    case NoteRole:
        return note;
    case FilesRole:
        return files;
    default:
        return {};
    }
}

Qt::ItemFlags SourceList::flags(const QModelIndex& index) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return Qt::NoItemFlags;
    return Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
}

bool SourceList::removeRows(int row, int count, const QModelIndex& parent)
{
    if (parent.isValid() || row < 0 || count < 1 || count > int(m_items.size()) - row)
        return false;
    beginRemoveRows({}, row, row + count - 1);
    m_items.erase(m_items.begin() + row, m_items.begin() + row + count);
    endRemoveRows();
    return true;
}

QHash<int, QByteArray> SourceList::roleNames() const
{
    return {
        {Qt::DisplayRole, "title"}, {TaskRole, "task"}, {StateRole, "state"}, {NoteRole, "note"}, {FilesRole, "files"}};
}

} // namespace app::document
