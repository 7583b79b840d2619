// perceiverscope: the window.
#include "ui/main_window.h"

#include <QApplication>
#include <QCommandLineParser>

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName("PerceiverScope");
    QApplication::setApplicationVersion(PERCEIVERSCOPE_VERSION);
    QCommandLineParser parser;
    parser.setApplicationDescription("Runs Perceiver IO and shows what it looks at.");
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument("files", "A picture, or two frames", "[files…]");
    parser.process(application);
    ui::MainWindow window;
    if (!parser.positionalArguments().isEmpty())
        window.open(parser.positionalArguments());
    window.show();
    return QApplication::exec();
}
