// What was dropped, answered one after another: the list and the document joined. A single thing is opened at once;
// of many, the next begins when the one before is answered or has failed. What was answered can be looked at again
// without asking. Interface thread.
#pragma once

#include "app/document/document.h"
#include "app/document/source_list.h"

namespace app::document {

class SourceQueue : public QObject {
    Q_OBJECT

public:
    explicit SourceQueue(Document& document, QObject* parent = nullptr);

    // Appends what the paths mean and begins. Sessions and ground truths are given away by signals.
    void add(const QStringList& paths);
    void addEach(const QStringList& paths); // every path for itself, also where two would be frames
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

    void advance();
    void begin(int row);
    void giveUpCurrent(); // for another one that is begun
    void finish(ItemState state, const QString& note = {});
    static QStringList filesOf(const SourceItem& item);

    Document& m_document;
    SourceList m_list;
    std::map<QStringList, Kept> m_kept; // by files
    int m_current = -1;
    bool m_runs = false; // the current row
};

} // namespace app::document
