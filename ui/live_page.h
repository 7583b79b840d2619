// A camera live: its picture and its motion, how late and how often, frozen at any moment to be asked about, saved and
// recorded. Interface thread.
#pragma once

#include "app/live/live_session.h"
#include "ui/canvas/viewport.h"

#include <QFileSystemWatcher>
#include <QTemporaryDir>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace ui {

class Canvas;

class LivePage : public QWidget {
    Q_OBJECT

public:
    explicit LivePage(QWidget* parent = nullptr);

    // The camera that was chosen last, else the first; choice: what model and device, and a camera if any is named.
    void start(const app::live::LiveChoice& choice);
    void stop();
    app::live::LiveSession& session() { return m_session; }
    Canvas* canvas() const { return m_canvas; }

public slots:
    void freeze(); // frozen() follows, if there is a pair
    void record(); // begins, after asking where; or ends

signals:
    void frozen(const QStringList& frames); // two files of one pair, kept as long as this page
    void said(const QString& sentence);
    void closed(); // by its button

private:
    void fillCameras(); // and the sizes of the chosen one
    void fillSizes(const std::vector<app::media::CameraSize>& sizes);
    void showFound();
    void showFigures();
    void snapshot();

    app::live::LiveSession m_session;
    app::live::LiveChoice m_choice;
    Viewport m_viewport;
    Canvas* m_canvas;
    QComboBox *m_cameras, *m_sizes, *m_hold, *m_view;
    std::vector<app::media::CameraOptions> m_modes; // one for each line of m_sizes
    QPushButton *m_freeze, *m_snapshot, *m_record;
    QLabel *m_message, *m_figures; // the former in place of pictures
    QStackedWidget* m_middle;
    float m_scale = 0; // of the colours; 0: not yet known
    QTemporaryDir m_frozen;
    int m_count = 0;
    bool m_waits = false; // for a camera to be plugged in: there was none
    int m_recordKind = -1; // that was chosen last
    QFileSystemWatcher m_devices;
    QTimer m_settled; // after devices came or went
};

} // namespace ui
