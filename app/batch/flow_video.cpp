#include "app/batch/flow_video.h"

#include "app/formats/atomic_file.h"
#include "app/formats/atomic_folder.h"
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/media/video_writer.h"

#include <algorithm>

namespace app::batch {

using engine::Error;
using engine::ErrorKind;
using engine::Image;
using engine::Result;

namespace {

Error stopped()
{
    return {ErrorKind::Cancelled, "stopped while drawing: run it again to go on"};
}

// Pictures into a video or into a folder.
class Drawing {
public:
    Drawing(std::filesystem::path output, std::string comment, media::Ratio timeBase)
        : m_output(std::move(output)), m_comment(std::move(comment)), m_timeBase(timeBase)
    {
    }

    Result<void> add(const Image& picture, int64_t ticks)
    {
        if (m_output.extension().empty())
            return addFile(picture);
        if (!m_video) {
            TRY_ASSIGN(m_video,
                media::VideoWriter::create(m_output,
                    {.width = picture.width, .height = picture.height, .timeBase = m_timeBase, .comment = m_comment}));
        }
        return m_video->add(picture, ticks);
    }

    Result<void> finish() { return m_video ? m_video->finish() : m_folder ? m_folder->commit() : Result<void>(); }

private:
    Result<void> addFile(const Image& picture)
    {
        if (!m_folder) {
            TRY_ASSIGN(auto made, formats::AtomicFolder::create(m_output));
            m_folder.emplace(std::move(made));
            TRY(formats::writeText(m_folder->path() / "job.json", m_comment));
        }
        char name[32];
        std::snprintf(name, sizeof name, "%06d.png", ++m_count);
        return formats::writeFile(m_folder->path() / name, formats::encodePng(picture));
    }

    std::filesystem::path m_output;
    std::string m_comment;
    media::Ratio m_timeBase;
    std::unique_ptr<media::VideoWriter> m_video;
    std::optional<formats::AtomicFolder> m_folder;
    int m_count = 0;
};

} // namespace

Result<void> drawFlow(const FlowJob& job, const FlowParameters& parameters, media::FrameSource& source,
    const std::filesystem::path& output, const FlowVideoOptions& options, const FlowJob::Told& told)
{
    TRY_ASSIGN(const std::vector<uint8_t> table, formats::readFile(job.tablePath()));
    const float scale
        = options.scale > 0 ? options.scale : formats::scaleOfTable(std::string(table.begin(), table.end()));
    Drawing drawing(output, options.comment, source.info().timeBase);
    FlowProgress progress{.pairs = job.done()};
    int64_t place = 0, begin = 0; // of frames; ticks of the first one
    for (int64_t pair = 0; pair < job.done();) {
        TRY_ASSIGN(std::optional<media::VideoFrame> frame, source.next());
        if (!frame)
            return Error{ErrorKind::BadData, source.info().name + " ends sooner than when its motion was found"};
        const int64_t from = place++ - parameters.first;
        if (from < 0 || from % parameters.step != 0) {
            if (!told(progress))
                return stopped();
            continue;
        }
        if (from == 0)
            begin = frame->ticks;
        Image picture = std::move(frame->picture);
        if (options.show != FlowShow::Original) {
            TRY_ASSIGN(const engine::FlowField flow, formats::readFlow(job.fileOf(pair)));
            Image colours = formats::flowToColour(flow, scale);
            picture = options.show == FlowShow::Side ? formats::beside(picture, colours) : std::move(colours);
        }
        TRY(drawing.add(picture, frame->ticks - begin));
        progress.done = progress.computed = ++pair;
        if (!told(progress))
            return stopped();
    }
    return drawing.finish();
}

Result<void> writeVectors(
    const FlowJob& job, const std::filesystem::path& output, const std::string& description, const FlowJob::Told& told)
{
    TRY_ASSIGN(formats::AtomicFolder folder, formats::AtomicFolder::create(output));
    TRY(formats::writeText(folder.path() / "job.json", description));
    TRY_ASSIGN(const std::vector<uint8_t> table, formats::readFile(job.tablePath()));
    TRY(formats::writeFile(folder.path() / "motion.csv", table));
    FlowProgress progress{.pairs = job.done()};
    std::optional<engine::FlowField> back; // of the pair before: from this frame
    for (int64_t frame = 0; frame <= job.done(); ++frame) {
        std::optional<engine::FlowField> on;
        if (frame < job.done()) {
            TRY_ASSIGN(on, formats::readFlow(job.fileOf(frame)));
        }
        TRY_ASSIGN(const formats::Bytes bytes, formats::encodeVectors(on ? &*on : nullptr, back ? &*back : nullptr));
        TRY(formats::writeFile(folder.path() / (job.fileOf(frame).stem().string() + ".exr"), bytes));
        if (frame == job.done())
            break;
        TRY_ASSIGN(back, formats::readFlow(job.fileOf(frame, true)));
        progress.done = progress.computed = frame + 1;
        if (!told(progress))
            return stopped();
    }
    return folder.commit();
}

} // namespace app::batch
