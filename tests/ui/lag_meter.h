// An application that knows how long the interface was not there for anybody: the longest time that one event took, from
// its delivery until control came back, with its kind and its receiver. A dialog's own loop inside an event is not
// counted as that event's time; what happens in that loop is. Interface thread.
#pragma once

#include <QApplication>
#include <QString>

class LagMeter : public QApplication {
public:
    using QApplication::QApplication;

    void reset() { m_longest = {}; }
    double longestMilliseconds() const { return m_longest.milliseconds; }
    QString longestEvent() const { return m_longest.what; } // "UpdateRequest for ui::MainWindow"
    bool notify(QObject* receiver, QEvent* event) override;

private:
    struct Block {
        double milliseconds = 0;
        QString what;
    };
    Block m_longest;
    int m_depth = 0; // of events in each other, since the innermost loop began
    int m_loop = 0; // that loop's level
    bool m_waited = false; // a loop began inside the event
};
