// Above the status line while a video's motion is exported: how far it is, how fast, how long yet, and Cancel. Hidden
// otherwise. Interface thread.
#pragma once

#include "app/batch/export_session.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace ui {

class ExportBar : public QWidget {
    Q_OBJECT

public:
    explicit ExportBar(app::batch::ExportSession& session, QWidget* parent = nullptr);

private:
    void showProgress();

    app::batch::ExportSession& m_session;
    QLabel *m_words, *m_rate;
    QProgressBar* m_bar;
    QPushButton* m_cancel;
};

// "12 s", "3 min", "1.5 h": for people, rounded.
QString durationText(double seconds);

} // namespace ui
