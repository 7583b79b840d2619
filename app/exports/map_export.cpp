#include "app/exports/map_export.h"

#include "app/exports/page.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_files.h"

#include <QBuffer>
#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgGenerator>
#include <QTemporaryDir>
#include <charconv>
#include <cmath>

namespace app::exports {

using engine::Error;
using engine::ErrorKind;
using engine::Result;
using formats::Bytes;

namespace {

constexpr int kPdfDots = 1200; // an inch: how exactly letters are placed

Result<QImage> painted(const Page& page)
{
    const QSizeF size = QSizeF(page.size()) * page.resolution();
    QImage image(int(std::ceil(size.width())), int(std::ceil(size.height())), QImage::Format_RGB32);
    if (image.isNull())
        return Error{ErrorKind::InputOutput, "the picture is too large to export: choose .csv or .npy"};
    QPainter painter(&image);
    painter.scale(image.width() / double(page.size().width()), image.height() / double(page.size().height()));
    page.paint(painter);
    if (!page.title().isEmpty())
        image.setText("Title", page.title());
    return image;
}

Result<Bytes> encodePng(const ShownMap& shown)
{
    TRY_ASSIGN(const Page page, Page::create(shown));
    TRY_ASSIGN(const QImage image, painted(page));
    QBuffer buffer;
    if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        return Error{ErrorKind::InputOutput, "the picture cannot be written as PNG"};
    return Bytes(buffer.data().begin(), buffer.data().end());
}

// What Qt 6.4 does not do: escape a title; name a size that is a whole number of pixels, so that no half-covered row is
// left at the border; say which kind of font to take where this one is missing. Letters that are drawn hold no quotes,
// those are escaped, so that none of these can be met in a caption.
QString corrected(QString svg, const Page& page)
{
    svg.replace("<title>page</title>", "<title>" + page.title().toHtmlEscaped() + "</title>");
    static const QRegularExpression size("width=\"[0-9.]+mm\" height=\"[0-9.]+mm\"");
    svg.replace(size, QString("width=\"%1\" height=\"%2\"").arg(page.size().width()).arg(page.size().height()));
    static const QRegularExpression family("font-family=\"([^\"]*)\"");
    return svg.replace(family, "font-family=\"\\1, sans-serif\"");
}

Result<Bytes> encodeSvg(const ShownMap& shown)
{
    TRY_ASSIGN(const Page page, Page::create(shown));
    QBuffer buffer;
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(page.size());
    svg.setViewBox(QRect(QPoint(), page.size()));
    svg.setTitle("page"); // the caption comes later
    QPainter painter;
    if (!painter.begin(&svg))
        return Error{ErrorKind::InputOutput, "the page cannot be written as SVG"};
    page.paint(painter);
    painter.end();
    const QByteArray text = corrected(QString::fromUtf8(buffer.data()), page).toUtf8();
    return Bytes(text.begin(), text.end());
}

Result<Bytes> encodePdf(const ShownMap& shown)
{
    TRY_ASSIGN(const Page page, Page::create(shown));
    QBuffer buffer;
    if (!buffer.open(QIODevice::WriteOnly))
        return Error{ErrorKind::InputOutput, "the page cannot be written as PDF"};
    QPdfWriter pdf(&buffer);
    pdf.setTitle(page.title());
    pdf.setCreator("PerceiverScope");
    pdf.setResolution(kPdfDots);
    pdf.setPageSize(QPageSize(QSizeF(page.size()), QPageSize::Point, {}, QPageSize::ExactMatch));
    pdf.setPageMargins({0, 0, 0, 0});
    QPainter painter;
    if (!painter.begin(&pdf))
        return Error{ErrorKind::InputOutput, "the page cannot be written as PDF"};
    painter.scale(kPdfDots / 72.0, kPdfDots / 72.0); // a page unit is a point
    page.paint(painter);
    painter.end();
    return Bytes(buffer.data().begin(), buffer.data().end());
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
    {".png", true, encodePng},
    {".svg", true, encodeSvg},
    {".pdf", true, encodePdf},
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
    const Result<QImage> image = painted(page.value());
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
