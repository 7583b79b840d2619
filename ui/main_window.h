// The window: the start page, and what was opened in large. Interface thread.
#pragma once

#include <QMainWindow>

class QLabel;
class QStackedWidget;

namespace ui {

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow();
    // One picture or two frames; says in the status line what it is, or why it cannot be opened.
    void open(const QStringList& files);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void showPictures();

    QStackedWidget* m_pages;
    QLabel* m_picture;
    QList<QImage> m_images;
};

} // namespace ui
