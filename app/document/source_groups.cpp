#include "app/document/source_groups.h"

#include "app/document/clip_parts.h"
#include "app/media/image_reader.h"
#include "app/media/natural_order.h"

#include <QString>
#include <algorithm>
#include <set>

namespace app::document {

namespace fs = std::filesystem;

namespace {

// By extension. A format more: one line. `None` with a sentence is what is known and cannot be opened.
struct Format {
    const char* extension;
    SourceTask task;
};
constexpr Format kFormats[] = {{".png", SourceTask::Image}, {".jpg", SourceTask::Image}, {".jpeg", SourceTask::Image},
    {".bmp", SourceTask::Image}, {".ppm", SourceTask::Image}, {".pgm", SourceTask::Image}, {".pnm", SourceTask::Image},
    {".tga", SourceTask::Image}, {".txt", SourceTask::Text}, {".text", SourceTask::Text}, {".md", SourceTask::Text},
    {".pscope", SourceTask::Session}, {".flo", SourceTask::GroundTruth}, {".npy", SourceTask::GroundTruth},
    {".pfm", SourceTask::GroundTruth}, {".exr", SourceTask::GroundTruth}, {".mp4", SourceTask::Video},
    {".mkv", SourceTask::Video}, {".mov", SourceTask::Video}, {".avi", SourceTask::Video}, {".webm", SourceTask::Video},
    {".mpg", SourceTask::Video}, {".mpeg", SourceTask::Video}, {".ts", SourceTask::Video}, {".m4v", SourceTask::Video},
    {".mxf", SourceTask::Video}, {".ogv", SourceTask::Video}, {".wmv", SourceTask::Video}, {".flv", SourceTask::Video},
    {".gif", SourceTask::Video}};

struct Found {
    SourceItem item;
    app::media::ImageHead head; // of a picture
    bool flowPicture = false; // KITTI's way to store a flow field: three channels of 16 bits
};

void fail(SourceItem& item, const std::string& note)
{
    item.task = SourceTask::None;
    item.state = ItemState::Failed;
    item.note = note;
}

std::string unknownKind(const fs::path& path)
{
    return path.string()
        + " is of a kind that cannot be opened here: pictures are PNG, JPEG, PNM, BMP or TGA, videos MP4, MKV, "
          "MOV, AVI, WebM and others, texts .txt or .md, sessions .pscope";
}

std::string truthAlone(const fs::path& path)
{
    return path.string() + " is a flow field: open two frames first, then drop it as their ground truth";
}

Found look(const fs::path& path)
{
    Found found{.item = {.files = {path}, .task = taskByName(path), .title = path.filename().string()}};
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        fail(found.item, "there is no file " + path.string());
    else if (!fs::is_regular_file(path, ignored))
        fail(found.item, path.string() + " is not a file");
    else if (found.item.task == SourceTask::None)
        fail(found.item, unknownKind(path));
    if (found.item.task != SourceTask::Image)
        return found;
    const auto head = media::readImageHead(path);
    if (!head.ok()) {
        fail(found.item, head.error().message);
        return found;
    }
    found.head = head.value();
    found.flowPicture = found.head.sixteenBits && found.head.channels == 3;
    return found;
}

void addFolder(std::vector<Found>& all, const fs::path& folder)
{
    std::error_code failed, ignored;
    const std::vector<fs::path> files = filesIn(folder, failed);
    SourceItem wrong{.files = {folder}, .title = folder.filename().string()};
    if (failed)
        fail(wrong, "cannot read the folder " + folder.string() + ": " + failed.message());
    else if (fs::exists(folder / "config.json", ignored))
        fail(wrong, folder.string() + " is a model's folder: add it to the models");
    else if (files.empty())
        fail(wrong, "the folder " + folder.string() + " holds no picture, video, text or session");
    if (wrong.state == ItemState::Failed) {
        all.push_back({std::move(wrong)});
        return;
    }
    const size_t first = all.size();
    for (size_t i = 0; i < std::min(files.size(), kMostOfAFolder); ++i)
        all.push_back(look(files[i]));
    if (files.size() > kMostOfAFolder && all[first].item.note.empty())
        all[first].item.note = "the first " + std::to_string(kMostOfAFolder) + " of the " + std::to_string(files.size())
            + " files in " + folder.string();
}

std::vector<Found> expand(const std::vector<fs::path>& paths)
{
    std::vector<Found> all;
    std::error_code failed, ignored;
    for (const fs::path& given : paths) {
        fs::path path = fs::absolute(given, failed).lexically_normal();
        if (!path.has_filename() && path != path.root_path()) // a folder with a slash at its end
            path = path.parent_path();
        if (fs::is_directory(path, ignored))
            addFolder(all, path);
        else
            all.push_back(look(path));
    }
    return all;
}

bool ofOneSize(const std::vector<Found*>& pictures)
{
    return std::all_of(pictures.begin(), pictures.end(), [&](const Found* picture) {
        return picture->head.width == pictures[0]->head.width && picture->head.height == pictures[0]->head.height;
    });
}

// Names that differ in one number only, the last in them.
bool numbered(const std::vector<Found*>& pictures)
{
    std::set<std::string> around, numbers;
    for (const Found* picture : pictures) {
        const std::string name = picture->item.files[0].filename().string();
        const size_t last = name.find_last_of("0123456789", name.rfind('.'));
        if (last == std::string::npos)
            return false;
        const size_t before = name.find_last_not_of("0123456789", last);
        const size_t first = before == std::string::npos ? 0 : before + 1;
        around.insert(name.substr(0, first) + "#" + name.substr(last + 1));
        numbers.insert(name.substr(first, last + 1 - first));
    }
    return around.size() == 1 && numbers.size() == pictures.size();
}

// A folder of numbered frames and nothing else.
bool isVideo(std::vector<Found>& all)
{
    std::vector<Found*> pictures;
    for (Found& found : all) {
        if (found.item.task != SourceTask::Image)
            return false;
        pictures.push_back(&found);
    }
    return pictures.size() >= 3 && ofOneSize(pictures) && numbered(pictures);
}

} // namespace

std::vector<fs::path> filesIn(const fs::path& folder, std::error_code& failed)
{
    std::error_code ignored;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (taskByName(entry->path()) != SourceTask::None && entry->is_regular_file(ignored))
            files.push_back(entry->path());
    media::sortNaturally(files);
    return files;
}

std::string namePatterns(bool videosOnly)
{
    std::string all;
    for (const Format& format : kFormats)
        if (!videosOnly || format.task == SourceTask::Video)
            all += (all.empty() ? "*" : " *") + std::string(format.extension);
    return all;
}

SourceTask taskByName(const fs::path& path)
{
    const QString extension = QString::fromStdString(path.extension().string()).toLower();
    for (const Format& format : kFormats)
        if (extension == format.extension)
            return format.task;
    return SourceTask::None;
}

std::vector<SourceItem> groupDrop(const std::vector<fs::path>& paths, bool flowOpen)
{
    std::vector<Found> all = expand(paths);
    if (std::error_code ignored; paths.size() == 1 && fs::is_directory(paths[0], ignored) && isVideo(all)) {
        const fs::path folder = all[0].item.files[0].parent_path();
        return {{.files = {folder},
            .task = isClipFolder(folder) ? SourceTask::Clip : SourceTask::Video,
            .title = folder.filename().string()}};
    }
    const auto picturesOf = [&all](bool withFlow) {
        std::vector<Found*> pictures;
        for (Found& found : all)
            if (found.item.task == SourceTask::Image && (withFlow || !found.flowPicture))
                pictures.push_back(&found);
        return pictures;
    };
    // 16-bit pictures are a flow field where there are two frames for it, and pictures elsewhere.
    const std::vector<Found*> plain = picturesOf(false);
    if (flowOpen || (plain.size() == 2 && ofOneSize(plain)))
        for (Found& found : all)
            if (found.flowPicture)
                found.item.task = SourceTask::GroundTruth;
    const std::vector<Found*> pictures = picturesOf(true);
    const bool pair = pictures.size() == 2 && ofOneSize(pictures);
    if (pair) {
        SourceItem &first = pictures[0]->item, &second = pictures[1]->item;
        first.task = SourceTask::Flow;
        first.title += " → " + second.title;
        first.files.push_back(second.files[0]);
        second.files.clear();
    } else if (pictures.size() > 2 && ofOneSize(pictures) && numbered(pictures)) {
        for (Found* picture : pictures)
            if (picture->item.note.empty())
                picture->item.note = "one of " + std::to_string(pictures.size())
                    + " numbered frames of one size: open two of them for the motion between them";
    }
    std::vector<SourceItem> items;
    for (Found& found : all) {
        if (found.item.files.empty())
            continue;
        if (found.item.task == SourceTask::GroundTruth && !flowOpen && !pair)
            fail(found.item, truthAlone(found.item.files[0]));
        items.push_back(std::move(found.item));
    }
    return items;
}

std::string dropSentence(const std::vector<fs::path>& paths, bool flowOpen)
{
    if (paths.empty())
        return "Nothing that is a file";
    size_t usable = 0, pictures = 0;
    for (const fs::path& path : paths) {
        usable += taskByName(path) != SourceTask::None || path.extension().empty();
        pictures += taskByName(path) == SourceTask::Image;
    }
    if (usable == 0)
        return paths.size() == 1 ? unknownKind(paths[0]) : "None of these can be opened";
    if (paths.size() == 2 && pictures == 2)
        return "Two pictures: the motion from the first to the second, if they are of one size";
    if (paths.size() > 1)
        return std::to_string(usable) + (usable == 1 ? " item" : " items, one after another")
            + (usable < paths.size() ? ", and " + std::to_string(paths.size() - usable) + " that cannot be opened"
                                     : "");
    switch (taskByName(paths[0])) {
    case SourceTask::Image:
        return "A picture: what is in it";
    case SourceTask::Video:
        return "A video: the motion from frame to frame";
    case SourceTask::Text:
        return "A text";
    case SourceTask::Session:
        return "A session: what was open, and how it was looked at";
    case SourceTask::GroundTruth:
        return flowOpen ? "A flow field: the ground truth of the two frames" : truthAlone(paths[0]);
    case SourceTask::Flow:
    case SourceTask::Clip:
    case SourceTask::None:
        break;
    }
    return "A folder: numbered pictures of one size as a video, else what can be opened, one after another";
}

} // namespace app::document
