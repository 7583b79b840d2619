// Files to a question: a picture, two frames of one size, a pair of a video, a clip with sound, or a text. Any thread
// but the interface's, which must not wait.
#pragma once

#include "app/document/analysis.h"
#include "app/document/video_reader.h"

#include <QStringList>

namespace app::document {

constexpr int64_t kMostTextBytes = 1 << 20;

// As what something is opened, and where in it one begins. Usual: a folder of numbered pictures with a sound is a clip,
// other folders of them and videos are for their motion.
struct Place {
    enum class As { Usual, Motion, Clip };
    As as = As::Usual;
    int64_t frame = 0; // of a video: the first of two
    double seconds = 0; // of a clip: where it begins; of a video where no frame is named: about there
};

struct Opened {
    Question question;
    std::shared_ptr<VideoReader> video; // null where it is none
};

// clipModel: the model that will answer about a clip, whose length and size it takes. Errors are sentences for the
// user: what cannot be opened, why, and what would be.
engine::Result<Opened> readSource(const QStringList& files, const Place& place = {}, const std::string& clipModel = {});

// A pair of a video as it is asked about.
Question questionOf(const VideoPair& pair);

} // namespace app::document
