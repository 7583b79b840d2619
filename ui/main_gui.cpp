// perceiverscope: the window.
#include "app/document/settings.h"
#include "app/media/camera.h"
#include "ui/main_window.h"
#include "ui/program_icon.h"
#include "ui/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <algorithm>
#include <memory>

int main(int argc, char** argv)
{
    // Help and version need no display.
    const bool asks = std::any_of(argv + 1, argv + argc, [](const QByteArray& argument) {
        return argument == "-h" || argument == "--help" || argument == "-v" || argument == "--version";
    });
    const auto application
        = asks ? std::make_unique<QCoreApplication>(argc, argv) : std::make_unique<QApplication>(argc, argv);
    QCoreApplication::setApplicationName("PerceiverScope");
    QCoreApplication::setApplicationVersion(PERCEIVERSCOPE_VERSION);
    QCommandLineParser parser;
    parser.setApplicationDescription("Runs Perceiver IO and shows what it looks at. Without a window: pscope --help");
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument("files", "Pictures, two frames of one size, videos, texts, a session, or 'camera'", "[files…]");
    parser.process(*application);

    ui::introduceToDesktop();
    ui::applyTheme(ui::Theme(app::document::Settings().theme()));
    ui::MainWindow window;
    const QStringList named = parser.positionalArguments();
    const auto camera = named.size() == 1 ? app::media::cameraNamed(named.first().toStdString()) : std::nullopt;
    if (camera)
        window.openCamera(QString::fromStdString(*camera));
    else if (!named.isEmpty())
        window.open(named);
    window.show();
    return QApplication::exec();
}
