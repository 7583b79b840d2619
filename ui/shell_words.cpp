#include "ui/shell_words.h"

#include <QDir>
#include <QRegularExpression>

namespace ui {

namespace {

QString quoted(QString word)
{
    return "'" + word.replace("'", "'\\''") + "'";
}

} // namespace

QString quotedFile(QString file)
{
    if (const QString near = QDir::current().relativeFilePath(file); !near.startsWith(".."))
        file = near;
    return quoted(file);
}

QString commandLine(const std::vector<std::string>& arguments)
{
    static const QRegularExpression plain("^[A-Za-z0-9_./:=,+-]+$");
    QString line = "pscope";
    for (const std::string& argument : arguments) {
        const QString word = QString::fromStdString(argument);
        line += " " + (plain.match(word).hasMatch() ? word : quoted(word));
    }
    return line;
}

} // namespace ui
