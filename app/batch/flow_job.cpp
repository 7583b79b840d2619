#include "app/batch/flow_job.h"

#include "app/batch/frames_ahead.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_files.h"

#include <QFile>
#include <QRegularExpression>
#include <cinttypes>

namespace app::batch {

using engine::Error;
using engine::ErrorKind;
using engine::FlowField;
using engine::Result;
using nlohmann::json;

namespace {

constexpr const char* kJob = "job.json";
constexpr const char* kTable = "motion.csv";
constexpr const char* kWhat = "PerceiverScope flow 1";

std::optional<json> readJob(const std::filesystem::path& folder)
{
    const auto bytes = formats::readFile(folder / kJob);
    if (!bytes.ok())
        return {};
    json found = json::parse(bytes.value(), nullptr, false);
    return found.is_object() ? std::optional(found) : std::nullopt;
}

Result<void> writeJob(const std::filesystem::path& folder, const json& job)
{
    return formats::writeText(folder / kJob, job.dump(1) + "\n");
}

// How many pairs a folder of this job has in all, once they are known; none where it belongs to another.
std::optional<int64_t> pairsOf(json found, const json& job)
{
    const int64_t pairs = found.value("pairs", json(-1)).is_number_integer() ? found.value("pairs", int64_t(-1)) : -1;
    found.erase("pairs");
    return found == job ? std::optional(pairs) : std::nullopt;
}

} // namespace

json jobOf(const json& input, const json& model, const FlowParameters& parameters)
{
    json job{{"what", kWhat}, {"input", input}, {"model", model}, {"step", parameters.step}, {"warm", parameters.warm},
        {"backward", parameters.backward}, {"format", parameters.format}};
    if (parameters.first > 0)
        job["first"] = parameters.first;
    return job;
}

FlowJob::FlowJob(std::filesystem::path folder, json job, FlowParameters parameters)
    : m_folder(std::move(folder)), m_job(std::move(job)), m_parameters(std::move(parameters))
{
}

Result<FlowJob> FlowJob::open(const std::filesystem::path& folder, const json& job, const FlowParameters& parameters)
{
    std::error_code failed;
    std::optional<int64_t> pairs;
    if (std::filesystem::exists(folder, failed)) {
        const auto found = readJob(folder);
        if (found)
            pairs = pairsOf(*found, job);
        const bool empty = std::filesystem::is_directory(folder, failed) && std::filesystem::is_empty(folder, failed);
        if (!empty && !pairs)
            return Error{ErrorKind::InputOutput,
                folder.string() + " is there already"
                    + (found ? " and belongs to other frames, another model or other parameters" : "")
                    + ": say --overwrite, or choose another name"};
    } else if (!std::filesystem::create_directories(folder, failed) || failed) {
        return Error{ErrorKind::InputOutput, "cannot make the folder " + folder.string() + ": " + failed.message()};
    }
    FlowJob made(folder, job, parameters);
    TRY(made.findDone());
    made.m_finished = pairs && *pairs >= 0 && *pairs == made.m_done;
    if (!made.m_finished)
        TRY(writeJob(folder, job));
    return made;
}

std::filesystem::path FlowJob::fileOf(int64_t pair, bool backward) const
{
    char name[48];
    std::snprintf(name, sizeof name, "%06" PRId64 "%s", m_parameters.first + pair * m_parameters.step + 1,
        backward ? ".back" : "");
    return m_folder / (name + m_parameters.format);
}

std::filesystem::path FlowJob::tablePath() const
{
    return m_folder / kTable;
}

bool FlowJob::belongs(const std::filesystem::path& folder, const json& job)
{
    const auto found = readJob(folder);
    return found && pairsOf(*found, job);
}

bool FlowJob::isOurs(const std::filesystem::path& folder)
{
    // What was being written when a run was killed has six letters behind its name.
    static const QRegularExpression made(
        "^(job\\.json|motion\\.csv|\\d{6,7}(\\.back)?(\\.st)?\\.(flo|png|npy|pfm|exr))(\\.\\w{6})?$");
    std::error_code failed;
    const auto found = readJob(folder);
    if (!found || found->value("what", json()) != kWhat)
        return false;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        if (!made.match(QString::fromStdString(entry->path().filename().string())).hasMatch())
            return false;
    }
    return !failed;
}

// Whole lines of the table whose files are there; a line that was cut is taken away.
Result<void> FlowJob::findDone()
{
    QFile table(QFile::decodeName(tablePath().string().c_str()));
    if (!table.exists()) {
        m_done = 0;
        return formats::writeText(tablePath(), formats::motionHeading());
    }
    if (!table.open(QIODevice::ReadWrite))
        return Error{ErrorKind::InputOutput, "cannot read " + tablePath().string()};
    const QByteArray text = table.readAll();
    qsizetype end = text.indexOf('\n') + 1;
    std::error_code ignored;
    for (m_done = 0;; ++m_done) {
        const qsizetype next = text.indexOf('\n', end);
        if (end == 0 || next < 0 || !std::filesystem::exists(fileOf(m_done), ignored)
            || (m_parameters.backward && !std::filesystem::exists(fileOf(m_done, true), ignored)))
            break;
        end = next + 1;
    }
    if (end == 0) { // not even a heading
        table.close();
        return formats::writeText(tablePath(), formats::motionHeading());
    }
    if (end != text.size() && !table.resize(end))
        return Error{ErrorKind::InputOutput, "cannot write " + tablePath().string()};
    return {};
}

Result<void> FlowJob::run(media::FrameSource& source, const Estimate& estimate, const Told& told)
{
    if (m_finished)
        return {};
    TRY_ASSIGN(const int64_t frames, source.count());
    const int64_t skipped = m_parameters.first, step = m_parameters.step;
    FlowProgress progress{.done = m_done, .pairs = std::max<int64_t>(0, (frames - 1 - skipped) / step)};
    if (progress.pairs == 0)
        return Error{ErrorKind::BadData,
            source.info().name + " has " + std::to_string(frames) + (frames == 1 ? " frame" : " frames")
                + ": motion takes two" + (step > 1 ? ", " + std::to_string(step) + " apart" : "")
                + (skipped > 0 ? ", from frame " + std::to_string(skipped + 1) + " on" : "")};
    const auto stopped = [this] {
        return Error{ErrorKind::Cancelled, "stopped after " + std::to_string(m_done) + " pairs: run it again to go on"};
    };
    // Read in order, also what was done: numbers and times come out as in a run that was never stopped.
    bool halted = false;
    FramesAhead ahead(source, skipped, step, [&] { return !(halted = halted || !told(progress)); });
    std::optional<media::VideoFrame> first;
    FlowField before;
    if (m_done > 0 && m_parameters.warm) {
        TRY_ASSIGN(before, formats::readFlow(fileOf(m_done - 1)));
    }
    int64_t pair = 0;
    for (;;) {
        TRY_ASSIGN(std::optional<media::VideoFrame> frame, ahead.next());
        if (!frame && !halted)
            break;
        if (halted || (pair < m_done && !told(progress)))
            return stopped();
        if (!first) {
            first = std::move(frame);
            continue;
        }
        if (pair >= m_done) {
            TRY_ASSIGN(
                FlowField flow, estimate(first->picture, frame->picture, m_parameters.warm ? before : FlowField()));
            TRY(formats::writeFlow(fileOf(pair), flow));
            if (m_parameters.backward) {
                TRY_ASSIGN(const FlowField back, estimate(frame->picture, first->picture, {}));
                TRY(formats::writeFlow(fileOf(pair, true), back));
            }
            formats::MotionStatistics statistics = formats::motionStatistics(flow);
            statistics.difference = ahead.difference();
            statistics.cut = ahead.cut();
            TRY(formats::appendText(tablePath(), formats::motionLine(first->number + 1, first->seconds, statistics)));
            if (m_parameters.warm) { // as a run that goes on later would read it
                TRY_ASSIGN(before, formats::readFlow(fileOf(pair)));
            }
            progress.done = ++m_done;
            ++progress.computed;
            if (!told(progress))
                return stopped();
        }
        first = std::move(frame);
        ++pair;
    }
    json whole = m_job;
    whole["pairs"] = pair;
    TRY(writeJob(m_folder, whole));
    m_finished = true;
    return {};
}

} // namespace app::batch
