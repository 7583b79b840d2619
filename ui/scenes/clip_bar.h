// Beneath a clip: a picture back, play, a picture on; where in the file the clip lies, and another place of it; what is
// heard, how fast, and what comes at the end. Interface thread.
#pragma once

#include "app/document/document.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace ui {

class ClipPlayer;
class Transport;

class ClipBar : public QWidget {
    Q_OBJECT

public:
    enum class Heard { Given, Rebuilt, Nothing };

    ClipBar(app::document::Document& document, ClipPlayer& player, QWidget* parent = nullptr);

    void setActions(QAction* back, QAction* play, QAction* forward); // what the buttons do
    Heard heard() const;
    void setHeard(Heard heard);
    // Another clip of the file, so many further; at its ends nothing. False where there is none.
    bool goOn(int clips);
    QSlider* slider() const { return m_slider; }

signals:
    void heardChanged();

private:
    void showClip();
    void showPlace();

    app::document::Document& m_document;
    ClipPlayer& m_player;
    Transport* m_transport;
    QToolButton *m_before, *m_after;
    QSlider* m_slider; // milliseconds of the file: where the clip begins
    QLabel *m_time, *m_clip;
    QComboBox *m_heard, *m_speed;
    QToolButton* m_loop;
};

} // namespace ui
