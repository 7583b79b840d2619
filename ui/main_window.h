// The window: the start page; what was opened in large, with the answer beside it. Interface thread.
#pragma once

#include "app/document/engine_thread.h"

#include <QImage>
#include <QMainWindow>

class QAction;
class QLabel;
class QPlainTextEdit;
class QStackedWidget;

namespace ui {

class AnswerPanel;
class PictureView;
class StartPage;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow();
    // A picture, two frames of one size, or a text: shown at once, and asked of the starter model that answers it. The
    // status line says what it is, or why it cannot be opened.
    void open(const QStringList& files);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void chooseFiles();
    void showStart();
    void say(const QString& sentence);
    void openText(const QString& file);
    void openPictures(const QStringList& files);
    void ask(app::document::Question question);
    void askText(); // the text as it stands in the window
    void stop();
    void showAnswer(const std::shared_ptr<const app::document::Analysis>& answer);
    void showAttention();

    QStackedWidget* m_pages;
    StartPage* m_start;
    PictureView* m_pictures;
    QPlainTextEdit* m_text;
    AnswerPanel* m_answer;
    QLabel* m_status;
    QAction* m_run;
    QAction* m_attention;
    QList<QImage> m_opened;
    std::shared_ptr<const app::document::Analysis> m_found; // none while a question runs
    bool m_runs = false;
    app::document::EngineThread m_engine;
};

} // namespace ui
