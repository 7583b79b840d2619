// What a drop of files means: a picture, two frames, a video, a text, a session, a ground truth, or many of them, each
// an item of its own. Only headers of pictures are read. Plain functions and plain values; any thread, and beside the
// interface's where files are looked at.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace app::document {

enum class SourceTask {
    None, // nothing can be done with it; the note says why
    Image,
    Flow, // two frames of one size
    Video, // a file that FFmpeg reads, or a folder of numbered pictures of one size
    Clip, // a folder of numbered pictures of one size and a sound
    Text,
    Session, // a .pscope file
    GroundTruth // a flow field for the two frames that are open, or that came with it
};

enum class ItemState { Waiting, Running, Done, Failed };

struct SourceItem {
    std::vector<std::filesystem::path> files; // absolute; two for Flow
    SourceTask task = SourceTask::None;
    std::string title; // "a.png", "a.png → b.png"
    ItemState state = ItemState::Waiting; // Failed from the start where the task is None
    std::string note; // what was wrong, or a remark; may be empty
};

// What a file is by its extension alone; None for one that cannot be opened.
SourceTask taskByName(const std::filesystem::path& path);
// "*.png *.jpg …": the names of what can be opened, for a dialog's filter.
std::string namePatterns(bool videosOnly = false);

constexpr size_t kMostOfAFolder = 200;

// What can be opened in a folder, by the names, 2 before 10; none of its own folders.
std::vector<std::filesystem::path> filesIn(const std::filesystem::path& folder, std::error_code& failed);

// Exactly two pictures of one size are one item, in the order given; all else is an item a file, in the order given. A
// folder that is dropped alone and holds three or more pictures of one size, whose names differ in their number only,
// and nothing else that can be opened, is a video, and with a sound beside at least 16 of
// them a clip. Any other gives the files in it
// that can be opened, 2 before 10, at most kMostOfAFolder, none of its own folders. A flow field (.flo, .npy, .pfm,
// .exr, 16-bit RGB .png) is a ground truth where two frames are there: open already
// (`flowOpen`), or in the same drop.
std::vector<SourceItem> groupDrop(const std::vector<std::filesystem::path>& paths, bool flowOpen = false);

// What a drop would most likely do, by the names alone, for the drop target: nothing is read while files are dragged.
std::string dropSentence(const std::vector<std::filesystem::path>& paths, bool flowOpen = false);

} // namespace app::document
