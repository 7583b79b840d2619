#include "tests/ui/tools/figures.h"

#include "tests/ui/journey.h"
#include "ui/canvas/canvas.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/picture_scene.h"
#include "ui/scenes/text_edit.h"
#include "ui/theme.h"

#include <QAction>
#include <QElapsedTimer>
#include <QFile>
#include <QTextStream>
#include <QToolButton>
#include <QtTest>
#include <algorithm>
#include <unistd.h>

namespace tools {

using namespace app::document;
using journey::Journey;

namespace {

QElapsedTimer processClock;
const QString kSamples = PERCEIVERSCOPE_SOURCE_DIR "/assets/samples/";
const QStringList kPicture{kSamples + "chelsea.png"}, kMood{kSamples + "review.txt"}, kGaps{kSamples + "gap.txt"},
    kFrames{kSamples + "rubberwhale1.png", kSamples + "rubberwhale2.png"};

void tell(const QString& name, const QString& figure)
{
    QTextStream(stdout) << name.leftJustified(56) << figure << Qt::endl;
}

QString milliseconds(double value)
{
    return QString::number(value, 'f', 1) + " ms";
}

double residentMegabytes()
{
    QFile file("/proc/self/statm");
    return file.open(QIODevice::ReadOnly)
        ? file.readAll().split(' ').value(1).toDouble() * double(sysconf(_SC_PAGESIZE)) * 1e-6
        : 0;
}

// Waits with a clock that wakes at every event, not every ten milliseconds as qWaitFor does.
bool soon(const std::function<bool()>& what, int patience = 120'000)
{
    QElapsedTimer timer;
    timer.start();
    while (!what()) {
        if (timer.elapsed() > patience)
            return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    return true;
}

bool answered(Journey& j, const QStringList& files)
{
    j.window().open(files);
    return soon([&] { return j.document().files() == files && j.document().analysis() && !j.document().runs(); });
}

// From the moment the mouse moves to the map, and to the end of the paint that shows it.
bool hovers(Journey& j, const QString& name, QWidget* widget, const std::function<QPoint(int)>& place)
{
    std::vector<double> toMap, toPaint;
    j.point(widget, place(0));
    QTest::qWait(1500);
    if (!soon([&] { return j.document().map() != nullptr; })) // the first may be slow: what follows is kept from it
        return false;
    for (int i = 1; i <= 30; ++i) {
        bool came = false;
        const auto connection = QObject::connect(&j.document(), &Document::mapChanged, [&] { came = true; });
        QElapsedTimer timer;
        timer.start();
        j.point(widget, place(i));
        const bool shown = soon([&] { return came; }, 10'000);
        QObject::disconnect(connection);
        if (!shown) {
            tell(name, "no map came");
            return false;
        }
        toMap.push_back(double(timer.nsecsElapsed()) * 1e-6);
        widget->repaint();
        toPaint.push_back(double(timer.nsecsElapsed()) * 1e-6);
        QTest::qWait(20);
    }
    for (auto* values : {&toMap, &toPaint})
        std::sort(values->begin(), values->end());
    tell(name, QString("map %1 (95 %: %2), painted %3 (95 %: %4)")
                   .arg(milliseconds(toMap[15]), milliseconds(toMap[28]), milliseconds(toPaint[15]), milliseconds(toPaint[28])));
    return true;
}

bool hover()
{
    Journey j;
    bool good = answered(j, kPicture);
    auto* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
    const QPoint middle(canvas->width() / 2, canvas->height() / 2);
    j.document().selection().setDirection(Direction::InputToOutputs);
    const auto around = [&](int i) { return middle + QPoint((i % 6) * 30 - 80, (i / 6) * 30 - 80); };
    good &= hovers(j, "hover, picture, input → outputs", canvas, around);
    j.document().selection().setDirection(Direction::InputToLatents);
    good &= hovers(j, "hover, picture, input → latents", canvas, around);
    auto* edit = j.window().findChild<ui::TextEdit*>();
    const auto letter = [&](int i) {
        QTextCursor cursor(edit->document());
        cursor.setPosition(1 + i);
        return edit->cursorRect(cursor).center() + QPoint(3, 0);
    };
    j.document().selection().setDirection(Direction::OutputToInputs);
    good &= answered(j, kGaps);
    good &= hovers(j, "hover, text with hidden bytes, output → inputs", edit->viewport(), letter);
    good &= answered(j, kMood);
    j.document().selection().setDirection(Direction::InputToLatents);
    good &= hovers(j, "hover, text with a mood, input → latents", edit->viewport(), letter);
    good &= answered(j, kFrames);
    j.document().selection().setDirection(Direction::OutputToInputs);
    auto* motion = j.window().findChild<ui::FramesScene*>()->canvas();
    const QPoint centre(motion->width() / 2, motion->height() / 2);
    good &= hovers(j, "hover, frames, output → inputs, within a tile", motion,
        [&](int i) { return centre + QPoint(i % 6 * 4, i / 6 * 4); });
    good &= hovers(j, "hover, frames, output → inputs, over all", motion,
        [&](int i) { return centre + QPoint((i * 7 % 11 - 5) * 20, (i * 5 % 7 - 3) * 20); });
    return good;
}

// Checkpoints of the released sizes, as the reference's case tool names them.
bool full(const QString& folder)
{
    Journey j;
    const std::pair<const char*, const char*> models[]
        = {{"image", "image-fourier"}, {"text", "masked-lm"}, {"flow", "optical-flow"}};
    for (const auto& [task, name] : models)
        j.document().chooseModel(task, (folder + "/" + name).toStdString());
    bool good = true;
    const auto opens = [&](const QString& name, const QStringList& files) {
        QElapsedTimer timer;
        timer.start();
        good &= answered(j, files);
        tell(name + ", opened to answer", milliseconds(double(timer.nsecsElapsed()) * 1e-6));
        j.document().wantLatentMaps(true);
        if (soon([&] { return j.document().latentMaps() != nullptr; }))
            tell(name + ", small maps of all latents", milliseconds(j.document().latentMaps()->seconds * 1e3));
        j.document().wantLatentMaps(false);
    };
    opens("full-size image, Fourier", kPicture);
    auto* canvas = j.window().findChild<ui::PictureScene*>()->canvas();
    const QPoint middle(canvas->width() / 2, canvas->height() / 2);
    const auto around = [&](int i) { return middle + QPoint((i % 6) * 30 - 80, (i / 6) * 30 - 80); };
    for (const auto& [direction, name] : {std::pair(Direction::InputToLatents, "input → latents"),
             std::pair(Direction::InputToOutputs, "input → outputs")}) {
        j.document().selection().setDirection(direction);
        good &= hovers(j, QString("hover, full-size image, %1").arg(name), canvas, around);
    }
    opens("full-size text with hidden bytes", kGaps);
    auto* edit = j.window().findChild<ui::TextEdit*>();
    j.document().selection().setDirection(Direction::OutputToInputs);
    good &= hovers(j, "hover, full-size text, output → inputs", edit->viewport(), [&](int i) {
        QTextCursor cursor(edit->document());
        cursor.setPosition(1 + i);
        return edit->cursorRect(cursor).center() + QPoint(3, 0);
    });
    opens("full-size frames", kFrames);
    auto* motion = j.window().findChild<ui::FramesScene*>()->canvas();
    const QPoint centre(motion->width() / 2, motion->height() / 2);
    for (const auto& [direction, name] : {std::pair(Direction::InputToLatents, "input → latents"),
             std::pair(Direction::OutputToInputs, "output → inputs")}) {
        j.document().selection().setDirection(direction);
        good &= hovers(j, QString("hover, full-size frames, %1, within a tile").arg(name), motion,
            [&](int i) { return centre + QPoint(i % 6 * 4 - 100, i / 6 * 4 - 60); });
    }
    return good;
}

bool starts()
{
    Journey j;
    tell("process start to a shown window", milliseconds(double(processClock.nsecsElapsed()) * 1e-6));
    bool good = true;
    const std::pair<const char*, QStringList> samples[]
        = {{"picture", kPicture}, {"text with hidden bytes", kGaps}, {"text with a mood", kMood}, {"frames", kFrames}};
    for (const auto& [name, files] : samples) {
        QElapsedTimer timer;
        double coarse = 0;
        const auto connection = QObject::connect(&j.document(), &Document::previewed, [&] {
            if (coarse == 0)
                coarse = double(timer.nsecsElapsed()) * 1e-6;
        });
        timer.start();
        good &= answered(j, files);
        tell(QString("%1, opened to answer").arg(name), milliseconds(double(timer.nsecsElapsed()) * 1e-6));
        if (coarse > 0)
            tell(QString("%1, opened to the first coarse motion").arg(name), milliseconds(coarse));
        QObject::disconnect(connection);
    }
    return good;
}

bool pans()
{
    ui::Viewport viewport;
    ui::Canvas canvas(viewport);
    canvas.resize(1200, 760);
    canvas.show();
    if (!QTest::qWaitForWindowExposed(&canvas))
        return false;
    QImage picture = journey::noise({3840, 2160}).convertToFormat(QImage::Format_RGB32);
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x) {
            const int grey = qRed(picture.pixel(x, y));
            picture.setPixel(x, y, qRgb(grey / 2 + x * 127 / 3840, grey, grey / 2 + y * 127 / 2160));
        }
    QElapsedTimer timer;
    timer.start();
    canvas.setPicture(picture);
    canvas.repaint();
    tell("4K picture, first paint", milliseconds(double(timer.nsecsElapsed()) * 1e-6));
    const double fitted = canvas.zoom();
    for (const auto& [name, zoom] : {std::pair("fitted", fitted), std::pair("1:1", 1.0), std::pair("4x", 4.0)}) {
        canvas.zoomTo(zoom, QPointF(600, 380));
        canvas.repaint();
        std::vector<double> frames;
        for (int i = 0; i < 60; ++i) {
            timer.start();
            viewport.set(viewport.magnification(), viewport.middle() + QPointF(0.001, 0.0007));
            canvas.repaint();
            frames.push_back(double(timer.nsecsElapsed()) * 1e-6);
        }
        std::sort(frames.begin(), frames.end());
        tell(QString("4K picture, a frame while panning, %1").arg(name),
            QString("%1 (95 %: %2)").arg(milliseconds(frames[30]), milliseconds(frames[56])));
    }
    return true;
}

// One of what a person does, by number.
bool does(Journey& j, int i)
{
    if (i % 25 == 0) {
        const QStringList files[] = {kPicture, kMood, kGaps};
        return answered(j, files[i / 25 % 3]);
    }
    Selection& selection = j.document().selection();
    switch (i % 5) {
    case 0:
        selection.setDirection(Direction(i % kDirections));
        break;
    case 1:
        selection.setDirection(i % 2 ? Direction::LatentToInputs : Direction::InputToLatents);
        break;
    case 2:
        selection.point(fromOf(selection.view().question.direction), {uint32_t(i % 3 == 0 ? 0 : i % 20)});
        break;
    case 3: {
        const char* panels[] = {"panel layers", "panel map", "panel table", "panel spectrum"};
        j.window().action(panels[i / 5 % 4])->trigger();
        break;
    }
    default:
        selection.leave();
        j.window().action("undo")->trigger();
    }
    QTest::qWait(5);
    return true;
}

bool remains()
{
    Journey j;
    bool good = true;
    for (int i = 0; i < 50; ++i)
        good &= does(j, i);
    QTest::qWait(500);
    const double before = residentMegabytes();
    auto* meter = static_cast<LagMeter*>(qApp);
    meter->reset();
    for (int i = 50; i < 550; ++i)
        good &= does(j, i);
    QTest::qWait(500);
    tell("resident memory before and after 500 operations",
        QString("%1 MB, %2 MB").arg(before, 0, 'f', 1).arg(residentMegabytes(), 0, 'f', 1));
    tell("longest block in them",
        QString("%1 (%2)").arg(milliseconds(meter->longestMilliseconds()), meter->longestEvent()));
    return good;
}

} // namespace

void startClock()
{
    processClock.start();
}

bool tellFigures(const QString& only, const QString& folder)
{
    ui::applyTheme(ui::Theme::Dark);
    if (only == "full")
        return full(folder);
    const std::pair<const char*, bool (*)()> all[]
        = {{"start", starts}, {"hover", hover}, {"pan", pans}, {"memory", remains}};
    bool good = true;
    for (const auto& [name, measure] : all)
        if (only.isEmpty() || only == name)
            good &= measure();
    return good;
}

} // namespace tools
