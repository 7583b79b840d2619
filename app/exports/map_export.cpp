#include "app/exports/map_export.h"

#include "app/exports/page.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_files.h"

#include <QFileInfo>
#include <QImage>
#include <QTemporaryDir>
#include <charconv>

namespace app::exports {

using engine::Error;
using engine::ErrorKind;
using engine::Result;
using formats::Bytes;

namespace {

template <Result<Bytes> (*encode)(const Sheet& sheet)> Result<Bytes> encodePage(const ShownMap& shown)
{
    TRY_ASSIGN(const Page page, Page::create(shown));
    return encode(page.sheet());
}

Result<void> needsNumbers(const ShownMap& shown)
{
    if (shown.map.size() == 0 && shown.numbers.size() == 0)
        return Error{ErrorKind::Usage, "this view is a picture without numbers to export: choose .png, .svg or .pdf"};
    return {};
}

void addNumber(std::string& text, float value)
{
    char digits[32];
    text += ',';
    text.append(
        digits, std::to_chars(digits, digits + sizeof digits, double(value), std::chars_format::general, 9).ptr);
}

// Not printf's: that writes a comma in some countries.
Result<Bytes> encodeCsv(const ShownMap& shown)
{
    TRY(needsNumbers(shown));
    const bool own = shown.numbers.size() > 0;
    const std::vector<std::string> names = own ? shown.names : std::vector<std::string>{"weight"};
    const std::vector<float>& values = own ? shown.numbers.values : shown.map.values;
    const size_t columns = size_t(own ? shown.numbers.shape[1] : shown.map.columns());
    std::string text = "row,column";
    for (const std::string& name : names)
        text += ',' + name;
    text += '\n';
    for (size_t i = 0; i < values.size() / names.size(); ++i) {
        text += std::to_string(i / columns) + ',' + std::to_string(i % columns);
        for (size_t k = 0; k < names.size(); ++k)
            addNumber(text, values[i * names.size() + k]);
        text += '\n';
    }
    return Bytes(text.begin(), text.end());
}

Result<Bytes> encodeNpy(const ShownMap& shown)
{
    TRY(needsNumbers(shown));
    if (shown.numbers.size() == 0)
        return formats::encodeNpyArray(shown.map.values, shown.map.shape);
    engine::Shape shape = shown.numbers.shape;
    if (shape.back() == 1)
        shape.pop_back();
    return formats::encodeNpyArray(shown.numbers.values, shape);
}

struct Format {
    const char* extension;
    bool letters;
    Result<Bytes> (*encode)(const ShownMap& shown);
};
constexpr Format kFormats[] = {
    {".png", true, encodePage<sheetAsPng>},
    {".svg", true, encodePage<sheetAsSvg>},
    {".pdf", true, encodePage<sheetAsPdf>},
    {".csv", false, encodeCsv},
    {".npy", false, encodeNpy},
};

const Format* formatOf(const std::filesystem::path& path)
{
    const QString extension = QString::fromStdString(path.extension().string()).toLower();
    for (const Format& format : kFormats)
        if (extension == QLatin1String(format.extension))
            return &format;
    return nullptr;
}

// What every file system takes, and no more than one would want to read.
QString fileName(const QString& wanted)
{
    QString clean;
    for (const QChar c : wanted)
        clean += c.isPrint() && !QStringView(u"/\\:*?\"<>|").contains(c) ? c : QChar('-');
    const QString extension = QString::fromStdString(std::filesystem::path(clean.toStdString()).extension().string());
    QString base = clean.chopped(extension.size()).left(60).trimmed();
    while (base.startsWith('.'))
        base.remove(0, 1);
    return (base.isEmpty() ? "map" : base) + extension;
}

} // namespace

Result<void> checkExportName(const std::filesystem::path& path)
{
    if (formatOf(path))
        return {};
    return Error{
        ErrorKind::Usage, "a map is stored as .png, .svg, .pdf, .csv or .npy; " + path.string() + " is none of these"};
}

bool hasLetters(const std::filesystem::path& path)
{
    const Format* format = formatOf(path);
    return format && format->letters;
}

Result<void> exportMap(const std::filesystem::path& path, const ShownMap& shown)
{
    TRY(checkExportName(path));
    TRY_ASSIGN(const Bytes bytes, formatOf(path)->encode(shown));
    return formats::writeFile(path, bytes);
}

QImage pagePicture(const ShownMap& shown)
{
    const Result<Page> page = Page::create(shown);
    if (!page)
        return {};
    const Result<QImage> image = sheetPicture(page.value().sheet());
    return image ? image.value() : QImage();
}

Result<std::filesystem::path> temporaryExport(const QTemporaryDir& folder, const QString& name, const ShownMap& shown)
{
    const QFileInfo wanted(folder.filePath(fileName(name)));
    QString path = wanted.filePath();
    for (int i = 2; QFileInfo::exists(path); ++i)
        path = QString("%1/%2 %3.%4").arg(wanted.path(), wanted.completeBaseName()).arg(i).arg(wanted.suffix());
    TRY(exportMap(path.toStdString(), shown));
    return std::filesystem::path(path.toStdString());
}

} // namespace app::exports
