// Files to a question: a picture, two frames of one size, the first pair of a video, or a text. Any thread but the
// interface's, which must not wait.
#pragma once

#include "app/document/analysis.h"
#include "app/document/video_reader.h"

#include <QStringList>

namespace app::document {

constexpr int64_t kMostTextBytes = 1 << 20;

struct Opened {
    Question question;
    std::shared_ptr<VideoReader> video; // null where it is none
};

// frame: of a video, where to begin. Errors are sentences for the user: what cannot be opened, why, and what would be.
engine::Result<Opened> readSource(const QStringList& files, int64_t frame = 0);

// A pair of a video as it is asked about.
Question questionOf(const VideoPair& pair);

} // namespace app::document
