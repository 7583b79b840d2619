#include "app/document/source_queue.h"

#include "app/document/background.h"

namespace app::document {

SourceQueue::SourceQueue(Document& document, QObject* parent) : QObject(parent), m_document(document)
{
    connect(&document, &Document::answered, this, [this] {
        if (m_current < 0 || m_document.files() != filesOf(m_list.item(m_current)))
            return;
        const auto& analysis = m_document.analysis();
        if (!analysis->before) // a test of the answer is not the answer
            m_kept[m_document.files()] = {m_document.question(), analysis};
        finish(ItemState::Done);
    });
    connect(
        &document, &Document::refused, this, [this](const QString& sentence) { finish(ItemState::Failed, sentence); });
    connect(&document, &Document::failed, this, [this](const QString& sentence) {
        if (m_current >= 0 && m_document.files() == filesOf(m_list.item(m_current))) // else of what was open before
            finish(ItemState::Failed, sentence);
    });
    connect(&document, &Document::stopped, this, [this] {
        if (!m_runs)
            return;
        m_runs = false;
        m_list.setState(m_current, ItemState::Failed, tr("stopped").toStdString());
        m_list.cancelAll(); // who stops one of many means all
    });
}

QStringList SourceQueue::filesOf(const SourceItem& item)
{
    QStringList files;
    for (const auto& file : item.files)
        files << QString::fromStdString(file.string());
    return files;
}

void SourceQueue::add(const QStringList& paths, const std::optional<View>& view, const Place& place)
{
    look({paths, false, view, place});
}

void SourceQueue::addEach(const QStringList& paths)
{
    look({paths, true, {}, {}});
}

void SourceQueue::look(Drop drop)
{
    m_drops.push_back(std::move(drop));
    if (m_drops.size() == 1)
        lookAtFirst();
}

void SourceQueue::lookAtFirst()
{
    const bool flowOpen = m_document.analysis() && m_document.analysis()->scene == Scene::Frames;
    inBackground(
        this,
        [drop = m_drops.front(), flowOpen] {
            std::vector<SourceItem> items;
            std::vector<std::filesystem::path> paths;
            for (const QString& path : drop.paths)
                paths.emplace_back(path.toStdString());
            if (!drop.each)
                return groupDrop(paths, flowOpen);
            for (const auto& path : paths)
                for (SourceItem& item : groupDrop({path}))
                    items.push_back(std::move(item));
            return items;
        },
        [this, number = ++m_looks](std::vector<SourceItem> items) {
            if (number != m_looks)
                return;
            const Drop drop = m_drops.front();
            if (drop.each)
                takeEach(std::move(items));
            else
                take(std::move(items), drop);
            if (number != m_looks) // stopped by who was told
                return;
            m_drops.pop_front();
            if (!m_drops.empty())
                lookAtFirst();
        });
}

void SourceQueue::stop()
{
    m_drops.clear();
    ++m_looks;
    m_document.stop();
}

void SourceQueue::takeEach(std::vector<SourceItem> items)
{
    if (items.empty())
        return;
    giveUpCurrent();
    const int first = m_list.rowCount();
    m_list.add(std::move(items));
    begin(first); // the others follow
}

void SourceQueue::take(std::vector<SourceItem> items, const Drop& drop)
{
    const int first = m_list.rowCount(), count = int(items.size());
    m_list.add(std::move(items));
    int runnable = 0, broken = 0, only = -1;
    QString wrong;
    for (int row = first; row < first + count; ++row) {
        const SourceItem& item = m_list.item(row);
        const QStringList files = filesOf(item);
        switch (item.task) {
        case SourceTask::None:
            ++broken;
            wrong = QString::fromStdString(item.note);
            break;
        case SourceTask::Session:
            m_list.setState(row, ItemState::Done);
            emit sessionDropped(files.first());
            return; // a session says itself what is open
        case SourceTask::GroundTruth:
            m_list.setState(row, ItemState::Done);
            emit truthDropped(files.first());
            break;
        default:
            ++runnable;
            only = row;
        }
    }
    if (!wrong.isEmpty()) {
        emit refused(count > 1 ? tr("%1 of %2 cannot be opened: %3").arg(broken).arg(count).arg(wrong) : wrong);
        if (count == 1) {
            m_list.removeRows(first, 1); // the sentence is enough
            return;
        }
    }
    if (runnable == 1 && count == 1) { // what is dropped alone is meant now
        giveUpCurrent();
        begin(only, drop.place);
        if (drop.view)
            m_document.setView(*drop.view);
    } else if (!m_runs) {
        advance();
    }
}

void SourceQueue::giveUpCurrent()
{
    if (m_runs && m_current >= 0)
        m_list.setState(m_current, ItemState::Failed, tr("another one was opened").toStdString());
}

void SourceQueue::begin(int row, const Place& place)
{
    m_current = row;
    m_runs = true;
    m_list.setState(row, ItemState::Running);
    emit currentChanged(row);
    m_document.open(filesOf(m_list.item(row)), place);
}

void SourceQueue::advance()
{
    if (const int next = m_list.startNext(); next >= 0)
        begin(next);
}

void SourceQueue::finish(ItemState state, const QString& note)
{
    if (!m_runs || m_current < 0)
        return;
    m_runs = false;
    m_list.setState(m_current, state, note.toStdString());
    if (state == ItemState::Failed)
        emit refused(note);
    advance();
}

void SourceQueue::show(int row)
{
    if (row < 0 || row >= m_list.rowCount() || (row == m_current && m_runs))
        return;
    const SourceItem& item = m_list.item(row);
    if (item.task == SourceTask::None || item.task == SourceTask::Session || item.task == SourceTask::GroundTruth)
        return;
    if (m_runs && m_current >= 0)
        m_list.setState(m_current, ItemState::Waiting);
    const auto kept = m_kept.find(filesOf(item));
    if (kept == m_kept.end())
        return begin(row);
    m_current = row;
    m_runs = false;
    emit currentChanged(row);
    m_document.reopen(kept->second.question, kept->first, kept->second.analysis);
    if (m_list.count(ItemState::Waiting) > 0)
        m_list.cancelAll(); // who looks at one is not moved on to another
}

void SourceQueue::clear()
{
    m_drops.clear();
    ++m_looks;
    m_list.clear();
    m_kept.clear();
    m_current = -1;
    m_runs = false;
    emit currentChanged(-1);
}

} // namespace app::document
