#include "ui/program_icon.h"

#include <QGuiApplication>

namespace ui {

namespace {

constexpr const char* kDesktopFile = "org.perceiverscope.PerceiverScope";

} // namespace

QIcon programIcon()
{
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256})
        icon.addFile(QString(":/program_icon/%1x%1/apps/%2.png").arg(size).arg(kDesktopFile), QSize(size, size));
    return icon;
}

void introduceToDesktop()
{
    QGuiApplication::setDesktopFileName(kDesktopFile);
    QGuiApplication::setWindowIcon(programIcon());
}

} // namespace ui
