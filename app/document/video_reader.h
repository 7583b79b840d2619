// A video as pairs of frames, for the motion between them, that follow each other or are some apart: any pair by its
// number, exact to the frame, a few decoded frames kept. A small copy of each frame, to find cuts, is made on the way.
// One thread at a time, never the interface's.
#pragma once

#include "app/formats/cuts.h"
#include "app/media/frame_source.h"

#include <deque>
#include <functional>

namespace app::document {

struct VideoPair {
    int64_t number = 0; // of its first frame, and of the pair; the video's first is 0
    double seconds = 0, nextSeconds = 0; // when its frames are shown
    std::shared_ptr<const engine::Image> first, second;
};

// What was learned of frames while they were decoded.
struct FrameFact {
    int64_t number = 0;
    double seconds = 0; // exact
    std::shared_ptr<const formats::SmallGrey> small;
};

class VideoReader {
public:
    // NoInput, BadData as openFrames; BadData with fewer than two frames.
    static engine::Result<std::shared_ptr<VideoReader>> open(const std::filesystem::path& path);
    explicit VideoReader(std::unique_ptr<media::FrameSource> source, int64_t frames);

    const media::SourceInfo& info() const { return m_source->info(); }
    int64_t frames() const { return m_frames; }
    // From frame `number` to the frame `step` behind it. stop: asked between frames; the answer is then Cancelled.
    // BadData where a frame cannot be decoded.
    using Stop = std::function<bool()>;
    engine::Result<VideoPair> pair(int64_t number, const Stop& stop = {}, int64_t step = 1);
    std::vector<FrameFact> takeFacts(); // since it was called last

private:
    struct Kept {
        int64_t number;
        double seconds;
        std::shared_ptr<const engine::Image> picture;
    };

    engine::Result<Kept> frame(int64_t number, const Stop& stop);
    void keep(media::VideoFrame frame);
    const Kept* kept(int64_t number) const;

    std::unique_ptr<media::FrameSource> m_source;
    int64_t m_frames;
    size_t m_mostKept;
    std::deque<Kept> m_kept; // the oldest in front
    int64_t m_next = 0; // that the source gives next; -1: not known
    std::vector<FrameFact> m_facts;
};

} // namespace app::document
