#include "app/document/opening.h"

#include "app/document/source_groups.h"
#include "app/media/image_reader.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <algorithm>

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

Result<Opened> readVideo(const QString& file, const Place& place)
{
    TRY_ASSIGN(std::shared_ptr<VideoReader> video, VideoReader::open(file.toStdString()));
    const int64_t frame = place.frame > 0 ? place.frame : int64_t(place.seconds * video->info().rate.value() + 0.5);
    TRY_ASSIGN(const VideoPair pair, video->pair(std::clamp<int64_t>(frame, 0, video->frames() - 2)));
    return Opened{questionOf(pair), std::move(video)};
}

Result<Opened> readClipAt(const QString& file, double seconds, const std::string& model)
{
    TRY_ASSIGN(const engine::tasks::ClipSize size, clipSizeOf(model));
    TRY_ASSIGN(ClipQuestion clip, readClip(file.toStdString(), seconds, size));
    Question question;
    question.clip = std::make_shared<const ClipQuestion>(std::move(clip));
    return Opened{std::move(question), nullptr};
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

Question questionOf(const VideoPair& pair)
{
    Question question;
    question.pictures = {pair.first, pair.second};
    question.frame = pair.number;
    question.seconds = pair.seconds;
    question.nextSeconds = pair.nextSeconds;
    return question;
}

Result<Opened> readSource(const QStringList& files, const Place& place, const std::string& clipModel)
{
    const SourceTask task = files.size() == 1 ? taskByName(files.first().toStdString()) : SourceTask::None;
    if (task == SourceTask::Video || (files.size() == 1 && QFileInfo(files.first()).isDir())) {
        const bool clip = place.as == Place::As::Clip
            || (place.as == Place::As::Usual && isClipFolder(files.first().toStdString()));
        return clip ? readClipAt(files.first(), place.seconds, clipModel) : readVideo(files.first(), place);
    }
    if (task == SourceTask::Text) {
        TRY_ASSIGN(Question question, readText(files.first()));
        return Opened{std::move(question), nullptr};
    }
    if (files.size() == 1 || files.size() == 2) {
        TRY_ASSIGN(Question question, readPictures(files));
        return Opened{std::move(question), nullptr};
    }
    return refusal(ErrorKind::Usage,
        translated("One picture, two frames or one text at a time, please: these are %1 files").arg(files.size()));
}

} // namespace app::document
