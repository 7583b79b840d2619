#include "tests/ui/journey.h"

#include "ui/panels/panel.h"
#include "ui/start_page.h"
#include "ui/theme.h"

#include <QAbstractButton>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QStandardPaths>
#include <QTimer>
#include <QUrl>
#include <QWindow>
#include <QtTest>
#include <random>

namespace journey {

using namespace app::document;

namespace {

std::unique_ptr<ui::MainWindow> shownWindow(const QString& settings)
{
    auto window = std::make_unique<ui::MainWindow>(settings);
    window->show();
    window->activateWindow();
    return QTest::qWaitForWindowExposed(window.get()) && QTest::qWaitForWindowActive(window.get()) ? std::move(window)
                                                                                                  : nullptr;
}

} // namespace

Journey::Journey() : m_window(shownWindow(file("settings.ini"))) { }

Journey::~Journey() = default;

bool Journey::reopen()
{
    const bool closed = m_window->close();
    m_window.reset();
    m_window = shownWindow(file("settings.ini"));
    return closed && m_window;
}

QString Journey::write(const QString& name, const QByteArray& bytes) const
{
    QFile out(file(name));
    return out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() ? file(name) : QString();
}

QString Journey::save(const QString& name, const QImage& picture) const
{
    return picture.save(file(name)) ? file(name) : QString();
}

bool Journey::drop(const QStringList& files, QString* promise)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& each : files)
        urls << QUrl::fromLocalFile(each);
    data.setUrls(urls);
    const QPoint where(m_window->width() / 2, m_window->height() / 2);
    QDragEnterEvent enter(where, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QCoreApplication::sendEvent(m_window.get(), &enter);
    if (!enter.isAccepted())
        return false;
    if (promise)
        *promise = m_window->currentScene()
            ? status()
            : m_window->findChild<ui::StartPage*>()->findChild<QLabel*>("headline")->text();
    QDropEvent dropped(where, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_window.get(), &dropped);
    return true;
}

bool Journey::until(const std::function<bool()>& what, int milliseconds)
{
    return QTest::qWaitFor(what, milliseconds);
}

bool Journey::answered()
{
    return until([this] {
        return !m_window->sources().looks() && !document().reads() && document().isOpen() && document().analysis()
            && !document().runs();
    });
}

void Journey::point(QWidget* widget, QPoint place)
{
    QTest::mouseMove(m_window->windowHandle(), widget->mapTo(m_window.get(), place));
}

void Journey::click(QWidget* widget, QPoint place, Qt::KeyboardModifiers modifiers)
{
    point(widget, place);
    QTest::mouseClick(m_window->windowHandle(), Qt::LeftButton, modifiers, widget->mapTo(m_window.get(), place));
}

void Journey::drag(QWidget* widget, QPoint from, QPoint to)
{
    QWindow* window = m_window->windowHandle();
    const QPoint first = widget->mapTo(m_window.get(), from), last = widget->mapTo(m_window.get(), to);
    QTest::mouseMove(window, first);
    QTest::mousePress(window, Qt::LeftButton, Qt::NoModifier, first);
    QTest::mouseMove(window, (first + last) / 2);
    QTest::mouseMove(window, last);
    QTest::mouseRelease(window, Qt::LeftButton, Qt::NoModifier, last);
}

void Journey::press(Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    // A dialog that has just gone leaves no window active where there is no window manager.
    if (!QApplication::activeModalWidget() && !m_window->isActiveWindow()) {
        m_window->activateWindow();
        QTest::qWait(0);
    }
    QTest::keyClick(m_window->windowHandle(), key, modifiers);
}

MapPtr Journey::mapAfter(const std::function<void()>& what)
{
    const MapPtr before = document().map();
    what();
    const bool came = until([&] { return document().map() && document().map() != before; }, 15'000);
    return came ? document().map() : nullptr;
}

void Journey::nextFileDialog(const QString& name)
{
    QTimer::singleShot(0, m_window.get(), [this, name] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (!dialog)
            return nextFileDialog(name); // it is not there yet
        auto* line = dialog->findChild<QLineEdit*>("fileNameEdit");
        line->setText(name);
        QTest::keyClick(line, Qt::Key_Return);
    });
}

QString Journey::words(const QString& panel) const
{
    QStringList words;
    const QWidget* whole = m_window->panel(panel);
    for (const QLabel* label : whole->findChildren<QLabel*>())
        if (!label->isHidden())
            words << label->text();
    for (const QAbstractButton* button : whole->findChildren<QAbstractButton*>())
        if (!button->isHidden())
            words << button->text();
    return words.join('\n');
}

bool Journey::says(const QString& panel, const QString& word)
{
    const bool found = until([&] { return words(panel).contains(word); }, 5000);
    if (!found)
        qWarning("no “%s” in: %s", qPrintable(word), qPrintable(words(panel)));
    return found;
}

QString Journey::status() const
{
    return shown("status");
}

QString Journey::shown(const QString& label) const
{
    const auto* found = m_window->findChild<QLabel*>(label);
    return found ? found->text() : QString();
}

void Journey::tellLag(const char* journey)
{
    auto* meter = static_cast<LagMeter*>(qApp);
    qInfo("longest block %.0f ms in journey %s (%s)", meter->longestMilliseconds(), journey,
        qPrintable(meter->longestEvent()));
    meter->reset();
}

QImage noise(QSize size, int moved)
{
    const int width = size.width() + 64;
    std::mt19937 random(1);
    std::vector<float> coarse(size_t(width / 4 + 2) * size_t(size.height() / 4 + 2));
    for (float& value : coarse)
        value = float(random() % 256);
    const auto at = [&](int x, int y) { return coarse[size_t(y) * size_t(width / 4 + 2) + size_t(x)]; };
    QImage picture(size, QImage::Format_RGB888);
    for (int y = 0; y < size.height(); ++y)
        for (int x = 0; x < size.width(); ++x) {
            const int sx = x + 32 - moved;
            const float u = float(sx % 4) / 4, v = float(y % 4) / 4;
            const float upper = at(sx / 4, y / 4) * (1 - u) + at(sx / 4 + 1, y / 4) * u;
            const float lower = at(sx / 4, y / 4 + 1) * (1 - u) + at(sx / 4 + 1, y / 4 + 1) * u;
            const int grey = int(upper * (1 - v) + lower * v);
            picture.setPixel(x, y, qRgb(grey, grey, grey));
        }
    return picture;
}

int run(int argc, char** argv, QObject& test)
{
    QStandardPaths::setTestModeEnabled(true);
    LagMeter application(argc, argv);
    QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    ui::applyTheme();
    return QTest::qExec(&test, argc, argv);
}

} // namespace journey
