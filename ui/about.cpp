#include "ui/about.h"

#include "ui/program_icon.h"
#include "ui/theme.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace ui {

namespace {

constexpr const char* kTitle = QT_TRANSLATE_NOOP("About", "About PerceiverScope");
constexpr const char* kWhatItIs
    = QT_TRANSLATE_NOOP("About", "Runs Perceiver IO models on your own device and shows what they look at.");
constexpr const char* kLicence = QT_TRANSLATE_NOOP("About", "Apache License 2.0.");
constexpr const char* kThanks = QT_TRANSLATE_NOOP("About", "It stands on these libraries, with thanks:");

struct Library {
    const char *name, *licence;
};
constexpr Library kLibraries[] = {
    {"Qt", "LGPL"},
    {"Vulkan loader", "Apache 2.0"},
    {"VkFFT", "MIT"},
    {"stb", "public domain"},
    {"OpenEXR", "BSD"},
    {"JSON for Modern C++", "MIT"},
    {"CLI11", "BSD"},
    {"libzip", "BSD"},
    {"libexif", "LGPL"},
    {"libsndfile", "LGPL"},
    {"FFmpeg’s libswresample", "LGPL"},
};

QString say(const char* text)
{
    return QCoreApplication::translate("About", text);
}

} // namespace

void showAbout(QWidget* parent)
{
    auto* box = new QMessageBox(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(say(kTitle));
    box->setIconPixmap(programIcon().pixmap(QSize(8 * kSpace, 8 * kSpace), box->devicePixelRatioF()));
    box->setTextFormat(Qt::RichText);
    box->setTextInteractionFlags(Qt::TextBrowserInteraction);
    box->setText(QString("<p style='font-size: large'><b>PerceiverScope</b> %1</p><p>%2</p>")
                     .arg(QCoreApplication::applicationVersion().toHtmlEscaped(), say(kWhatItIs)));
    QString rows;
    for (const Library& library : kLibraries)
        rows += QString("<tr><td>%1</td><td style='padding-left: 16px; color: %3'>%2</td></tr>")
                    .arg(QString(library.name), QString(library.licence), colours().quiet.name());
    box->setInformativeText(QString("<p>%1</p><p>%2</p><table cellspacing='0'>%3</table>")
                                .arg(say(kLicence), say(kThanks), rows));
    box->setStandardButtons(QMessageBox::Close);
    box->open();
}

} // namespace ui
