// What a person does with the window, for tests: a window of one's own with empty settings, files dropped on it by real
// events, the mouse and the keyboard as the platform delivers them, and waiting until something is there. Every function
// that waits says whether it came. Interface thread; the application must be a LagMeter.
#pragma once

#include "tests/ui/lag_meter.h"
#include "ui/main_window.h"

#include <QImage>
#include <QTemporaryDir>
#include <functional>
#include <memory>

namespace journey {

constexpr int kPatience = 120'000; // for a machine that compiles its kernels beside other work

class Journey {
public:
    Journey();
    ~Journey();

    ui::MainWindow& window() { return *m_window; }
    app::document::Document& document() { return m_window->document(); }
    // Another window with the same settings, after the one before was closed as a person closes it.
    bool reopen();

    QString file(const QString& name) const { return m_folder.filePath(name); }
    QString write(const QString& name, const QByteArray& bytes) const; // its path
    QString save(const QString& name, const QImage& picture) const; // likewise

    // A drag over the window and its drop; false when the drag was refused. promise: what the window says meanwhile.
    bool drop(const QStringList& files, QString* promise = nullptr);
    bool answered(); // until what was asked last is answered
    bool until(const std::function<bool()>& what, int milliseconds = kPatience);

    // By the window's own events, so that focus, shortcuts and enter and leave are what a person would have.
    void point(QWidget* widget, QPoint place);
    void click(QWidget* widget, QPoint place, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    void drag(QWidget* widget, QPoint from, QPoint to);
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    // A map whose question is another than now, after what is done; null when none came.
    app::document::MapPtr mapAfter(const std::function<void()>& what);
    // In the file dialog that is open when the event loop runs next: this name, and Return.
    void nextFileDialog(const QString& name);

    QString words(const QString& panel) const; // all labels and buttons of a panel that can be seen
    bool says(const QString& panel, const QString& word); // until it does; some seconds
    QString status() const;
    QString shown(const QString& label) const; // a label of the window by its name
    // "longest block NN ms in journey X", for people; and the meter begins anew.
    static void tellLag(const char* journey);

private:
    QTemporaryDir m_folder;
    std::unique_ptr<ui::MainWindow> m_window;
};

// Grey noise, smooth over some pixels; moved: to the right by so many. The same each time.
QImage noise(QSize size, int moved = 0);
// Of a test's application, instead of QTEST_MAIN.
int run(int argc, char** argv, QObject& test);

} // namespace journey
