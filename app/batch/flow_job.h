// One video's motion into a folder, pair after pair, such that it can be stopped at any moment and goes on later to the
// same bytes: each pair is a file of its own, written whole, then a line in motion.csv. A job.json says what the folder
// was made from (contents, model, parameters). From those files, once all are there, a video can be drawn. One thread.
#pragma once

#include "app/formats/motion_statistics.h"
#include "app/media/frame_source.h"

#include <functional>
#include <nlohmann/json.hpp>

namespace app::batch {

struct FlowParameters {
    int64_t first = 0; // frames before it are left out
    int64_t step = 1; // from frame n to n + step, for every step-th n from the first one on
    bool warm = false; // each pair begins with the motion of the one before
    bool backward = false; // also from the later frame to the earlier
    std::string format = ".flo"; // of the files
};

// What identifies a job's outcome: two with the same value give the same bytes.
nlohmann::json jobOf(const nlohmann::json& input, const nlohmann::json& model, const FlowParameters& parameters);

struct FlowProgress {
    int64_t done = 0, pairs = 0; // of this video; done: also by earlier runs
    int64_t computed = 0; // by this run
};

class FlowJob {
public:
    // Motion from the first to the second frame; start is that of the pair before, or empty.
    using Estimate = std::function<engine::Result<engine::FlowField>(
        const engine::Image& first, const engine::Image& second, const engine::FlowField& start)>;
    // Told after each pair, and after each frame that is only read over; false stops, with Cancelled.
    using Told = std::function<bool(const FlowProgress&)>;

    // The folder is made, or belongs to the same job and is gone on with. InputOutput when it belongs to another.
    static engine::Result<FlowJob> open(
        const std::filesystem::path& folder, const nlohmann::json& job, const FlowParameters& parameters);
    // BadData, NoInput of the source, InputOutput, what estimate gives. What was done stays.
    engine::Result<void> run(media::FrameSource& source, const Estimate& estimate, const Told& told);
    int64_t done() const { return m_done; }
    bool finished() const { return m_finished; } // all pairs are there
    std::filesystem::path fileOf(int64_t pair, bool backward = false) const; // pair: from 0
    std::filesystem::path tablePath() const; // motion.csv
    // Whether a folder was made from this; and whether it was made by any job, so that it may go: with no files of
    // anybody else's in it.
    static bool belongs(const std::filesystem::path& folder, const nlohmann::json& job);
    static bool isOurs(const std::filesystem::path& folder);

private:
    FlowJob(std::filesystem::path folder, nlohmann::json job, FlowParameters parameters);
    engine::Result<void> findDone();

    std::filesystem::path m_folder;
    nlohmann::json m_job;
    FlowParameters m_parameters;
    int64_t m_done = 0; // pairs whose files and line are there
    bool m_finished = false;
};

} // namespace app::batch
