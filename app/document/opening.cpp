#include "app/document/opening.h"

#include "app/document/source_groups.h"
#include "app/media/image_reader.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

namespace app::document {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Opening", text);
}

Error refusal(ErrorKind kind, const QString& sentence)
{
    return {kind, sentence.toStdString()};
}

Result<Question> readText(const QString& name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return refusal(ErrorKind::NoInput, translated("%1 cannot be read: %2").arg(name, file.errorString()));
    if (file.size() > kMostTextBytes)
        return refusal(ErrorKind::BadData,
            translated("%1 has %2 MB: a text may have one; the models read 2,046 bytes at most")
                .arg(name)
                .arg(double(file.size()) * 1e-6, 0, 'f', 1));
    return Question{.text = file.readAll().toStdString()};
}

Result<Question> readPictures(const QStringList& files)
{
    Question question;
    for (const QString& file : files) {
        if (QFileInfo(file).isDir())
            return refusal(ErrorKind::Usage, translated("%1 is a folder: open the pictures in it").arg(file));
        TRY_ASSIGN(engine::Image image, media::readImage(file.toStdString()));
        question.pictures.push_back(std::make_shared<const engine::Image>(std::move(image)));
    }
    const engine::Image &first = *question.pictures.front(), &last = *question.pictures.back();
    if (first.width != last.width || first.height != last.height)
        return refusal(ErrorKind::BadData,
            translated("The first picture is %1 × %2, the second %3 × %4: frames have one size")
                .arg(first.width)
                .arg(first.height)
                .arg(last.width)
                .arg(last.height));
    return question;
}

} // namespace

Result<Question> readQuestion(const QStringList& files)
{
    if (files.size() == 1 && taskByName(files.first().toStdString()) == SourceTask::Text)
        return readText(files.first());
    if (files.size() == 1 || files.size() == 2)
        return readPictures(files);
    return refusal(ErrorKind::Usage,
        translated("One picture, two frames or one text at a time, please: these are %1 files").arg(files.size()));
}

} // namespace app::document
