#include "tests/house/house_rules.h"

#include <QFile>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <algorithm>

namespace house {

namespace {

struct Arrow {
    const char* folder;
    std::vector<const char*> knows; // beside itself
};

// The first folder that a path begins with counts.
const std::vector<Arrow> kArrows = {
    {"engine/base/", {}},
    {"engine/ops/", {"engine/base/"}},
    {"engine/weights/", {"engine/base/"}},
    {"engine/preprocess/", {"engine/base/"}},
    {"engine/vulkan/", {"engine/ops/", "engine/base/", "shaders/"}},
    {"engine/cpu/", {"engine/ops/", "engine/base/"}},
    {"engine/devices/", {"engine/vulkan/", "engine/cpu/", "engine/ops/", "engine/base/"}},
    {"engine/perceiver/", {"engine/ops/", "engine/weights/", "engine/preprocess/", "engine/base/"}},
    {"engine/tasks/", {"engine/perceiver/", "engine/preprocess/", "engine/ops/", "engine/weights/", "engine/base/"}},
    {"engine/", {"engine/"}}, // the façade
    {"app/", {"engine/engine.h", "engine/base/"}},
    {"ui/", {"app/", "engine/base/"}},
    {"shaders/", {}},
};

const Arrow* arrowOf(const QString& path)
{
    for (const Arrow& arrow : kArrows)
        if (path.startsWith(arrow.folder))
            return &arrow;
    return nullptr;
}

bool may(const Arrow& arrow, const QString& include)
{
    if (include.startsWith(arrow.folder))
        return true;
    return std::any_of(
        arrow.knows.begin(), arrow.knows.end(), [&](const char* known) { return include.startsWith(known); });
}

bool isQt(const QString& include)
{
    static const QRegularExpression pattern("^(Q[A-Z]|Qt|qt?[a-z]*\\.h$)");
    return pattern.match(include).hasMatch();
}

bool isWidgets(const QString& include)
{
    if (include.startsWith("QtWidgets"))
        return true;
    const QString header = include.section('/', -1);
    return QFile::exists(QLibraryInfo::path(QLibraryInfo::HeadersPath) + "/QtWidgets/" + header);
}

// What is wrong with one #include, or nothing.
QString wrongWith(const QString& path, const QString& include, bool quoted)
{
    const bool inEngine = path.startsWith("engine/");
    if (isQt(include))
        return inEngine                                     ? "the engine knows no Qt"
            : path.startsWith("app/") && isWidgets(include) ? "app has no widgets"
                                                            : "";
    if ((include.startsWith("vulkan/") || include.startsWith("vk_")) && !path.startsWith("engine/vulkan/"))
        return "only engine/vulkan knows Vulkan";
    const Arrow* from = arrowOf(path);
    if (!from)
        return "";
    if (!arrowOf(include))
        return quoted && !include.endsWith(".moc") ? "our own headers are named from the project's folder" : "";
    return may(*from, include) ? "" : QString("%1 does not know it").arg(QString(from->folder).chopped(1));
}

bool saysWhatItIs(const QString& path, const QStringList& lines)
{
    if (path.endsWith(".h"))
        return lines.first().startsWith("// ");
    for (const QString& line : lines) { // of a kernel: before its first declaration
        if (line.startsWith("// "))
            return true;
        if (line.startsWith("layout") || line.startsWith("void"))
            return false;
    }
    return false;
}

} // namespace

QStringList violations(const QString& path, const QString& text)
{
    static const QRegularExpression pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    QStringList found;
    QStringList lines = text.split('\n');
    if (lines.last().isEmpty())
        lines.removeLast();
    if (path.endsWith(".h") || path.endsWith(".cpp"))
        for (const QString& line : lines)
            if (const auto match = pattern.match(line); match.hasMatch())
                if (const QString wrong = wrongWith(path, match.captured(2), match.captured(1) == "\"");
                    !wrong.isEmpty())
                    found << QString("%1 includes %2: %3").arg(path, match.captured(2), wrong);
    if (lines.size() > kLongestFile)
        found << QString("%1 has %2 lines: is there a second idea inside?").arg(path).arg(lines.size());
    if ((path.endsWith(".h") || path.endsWith(".comp")) && (lines.isEmpty() || !saysWhatItIs(path, lines)))
        found << QString("%1 does not say at its head what it is").arg(path);
    return found;
}

} // namespace house
