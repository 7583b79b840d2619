// What was dropped, answered one after another: the list and the document joined. What a drop means is found beside
// this thread, drop after drop, for that reads files. A single thing is opened at once; of many, the next begins when
// the one before is answered or has failed. What was answered can be looked at again without asking. Interface thread.
#pragma once

#include "app/document/document.h"
#include "app/document/source_list.h"

#include <deque>

namespace app::document {

class SourceQueue : public QObject {
    Q_OBJECT

public:
    explicit SourceQueue(Document& document, QObject* parent = nullptr);

    // Appends what the paths mean and begins. Sessions and ground truths are given away by signals. view, place: of a
    // session, for what it opens.
    void add(const QStringList& paths, const std::optional<View>& view = {}, const Place& place = {});
    void addEach(const QStringList& paths); // every path for itself, also where two would be frames
    bool looks() const { return !m_drops.empty(); } // at what was dropped, before it is in the list
    void stop(); // what is looked at, read or run is not opened, nor what waits
    void show(int row); // what it found, or asks for it
    void clear(); // forgets all; what runs is left alone
    SourceList& list() { return m_list; }
    int current() const { return m_current; } // the row that is shown; -1: none

signals:
    void refused(const QString& sentence); // why one thing of several, or the only one, cannot be opened
    void sessionDropped(const QString& file);
    void truthDropped(const QString& file);
    void currentChanged(int row);

private:
    struct Kept {
        Question question;
        AnalysisPtr analysis;
    };

    struct Drop {
        QStringList paths;
        bool each = false;
        std::optional<View> view;
        Place place;
    };

    void look(Drop drop);
    void lookAtFirst();
    void take(std::vector<SourceItem> items, const Drop& drop);
    void takeEach(std::vector<SourceItem> items);
    void advance();
    void begin(int row, const Place& place = {});
    void giveUpCurrent(); // for another one that is begun
    void finish(ItemState state, const QString& note = {});
    static QStringList filesOf(const SourceItem& item);

    Document& m_document;
    SourceList m_list;
    std::deque<Drop> m_drops; // not yet in the list; the first is looked at
    uint64_t m_looks = 0; // the newest counts
    std::map<QStringList, Kept> m_kept; // by files
    int m_current = -1;
    bool m_runs = false; // the current row
};

} // namespace app::document
