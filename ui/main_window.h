// The window: the start page, and what was opened in large. Interface thread.
#pragma once

#include <QMainWindow>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;

namespace ui {

class PictureView;
class StartPage;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow();
    // A picture, two frames of one size, or a text. The status line says what it is and which command answers it, or
    // why it cannot be opened.
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

    QStackedWidget* m_pages;
    StartPage* m_start;
    PictureView* m_pictures;
    QPlainTextEdit* m_text;
    QLabel* m_status;
};

} // namespace ui
