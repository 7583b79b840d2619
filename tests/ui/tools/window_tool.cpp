// window_tool shots FOLDER: pictures of every scene, dark and light, at one and at two pixels a point.
// window_tool video FOLDER FILE: the same of a video.
// window_tool figures: how fast the window is, measured on this machine, a line a figure.
#include "tests/ui/lag_meter.h"
#include "tests/ui/tools/figures.h"
#include "tests/ui/tools/shots.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTextStream>

int main(int argc, char** argv)
{
    tools::startClock();
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    LagMeter application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.value(1) == "shots" && words.size() >= 3) {
        const QString scale = words.value(3);
        if (!scale.isEmpty())
            return tools::shoot(words[2], scale) ? 0 : 1;
        for (const QString each : {"1", "2"}) { // a scale is for a whole process
            QProcess child;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("QT_SCALE_FACTOR", each);
            child.setProcessEnvironment(environment);
            child.setProcessChannelMode(QProcess::ForwardedChannels);
            child.start(QCoreApplication::applicationFilePath(), {"shots", words[2], each});
            if (!child.waitForFinished(-1) || child.exitCode() != 0)
                return 1;
        }
        return 0;
    }
    if (words.value(1) == "video" && words.size() >= 4)
        return tools::shootVideo(words[2], words[3]) ? 0 : 1;
    if (words.value(1) == "figures")
        return tools::tellFigures(words.value(2), words.value(3)) ? 0 : 1;
    QTextStream(stderr) << "window_tool shots FOLDER\nwindow_tool video FOLDER FILE\nwindow_tool figures "
                           "[start|hover|pan|memory]\nwindow_tool figures full FOLDER\n";
    return 2;
}
