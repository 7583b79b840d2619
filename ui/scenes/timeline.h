// Beneath a video's frames: to the frame before, play, to the next; the strip of its motion; where one is. Playing asks
// about pair after pair, none left out, the next when the one before is drawn. Hidden where no video is open. Interface
// thread.
#pragma once

#include "app/document/document.h"

#include <QElapsedTimer>
#include <QWidget>
#include <deque>

class QAction;
class QLabel;

namespace ui {

class TimelineStrip;
class Transport;

class Timeline : public QWidget {
    Q_OBJECT

public:
    explicit Timeline(app::document::Document& document, QWidget* parent = nullptr);

    void setActions(QAction* back, QAction* play, QAction* forward); // what the buttons do
    bool playing() const { return m_playing; }
    void setPlaying(bool playing); // at the end: from the beginning
    void step(int64_t pairs); // from where one is, or is on the way to; playing ends
    void show(int64_t pair); // likewise
    TimelineStrip* strip() const { return m_strip; }
    double pairsPerSecond() const; // while playing, of the last ones; 0: not known

public slots:
    void advance(); // what was asked for last is drawn

signals:
    void playingChanged(bool playing);

private:
    void showVideo(); // another one, or none
    void showPlace();
    void endPlaying();

    app::document::Document& m_document;
    TimelineStrip* m_strip;
    Transport* m_transport;
    QLabel *m_time, *m_rate, *m_frame;
    int64_t m_target = 0; // the pair that is shown, or that was asked for last
    bool m_playing = false;
    bool m_rough = false; // what is shown, or will be, was found with fewer passes
    QElapsedTimer m_clock;
    std::deque<qint64> m_drawn; // milliseconds
};

} // namespace ui
