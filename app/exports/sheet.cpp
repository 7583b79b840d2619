#include "app/exports/sheet.h"

#include <QBuffer>
#include <QFont>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgGenerator>
#include <cmath>

namespace app::exports {

using engine::Error;
using engine::ErrorKind;
using engine::Result;
using Bytes = std::vector<uint8_t>;

namespace {

constexpr int kPdfDots = 1200; // an inch: how exactly letters are placed

// What Qt 6.4 does not do: escape a title; name a size that is a whole number of pixels, so that no half-covered row is
// left at the border; say which kind of font to take where this one is missing. Letters that are drawn hold no quotes,
// those are escaped, so that none of these can be met in a caption.
QString corrected(QString svg, const Sheet& sheet)
{
    svg.replace("<title>page</title>", "<title>" + sheet.title.toHtmlEscaped() + "</title>");
    static const QRegularExpression size("width=\"[0-9.]+mm\" height=\"[0-9.]+mm\"");
    svg.replace(size, QString("width=\"%1\" height=\"%2\"").arg(sheet.size.width()).arg(sheet.size.height()));
    static const QRegularExpression family("font-family=\"([^\"]*)\"");
    return svg.replace(family, "font-family=\"\\1, sans-serif\"");
}

} // namespace

Result<QImage> sheetPicture(const Sheet& sheet)
{
    const QSizeF size = QSizeF(sheet.size) * sheet.resolution;
    QImage image(int(std::ceil(size.width())), int(std::ceil(size.height())), QImage::Format_RGB32);
    if (image.isNull())
        return Error{ErrorKind::InputOutput, "the picture is too large to export: choose .csv or .npy"};
    QPainter painter(&image);
    painter.scale(image.width() / double(sheet.size.width()), image.height() / double(sheet.size.height()));
    sheet.paint(painter);
    if (!sheet.title.isEmpty())
        image.setText("Title", sheet.title);
    return image;
}

Result<Bytes> sheetAsPng(const Sheet& sheet)
{
    TRY_ASSIGN(const QImage image, sheetPicture(sheet));
    QBuffer buffer;
    if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        return Error{ErrorKind::InputOutput, "the picture cannot be written as PNG"};
    return Bytes(buffer.data().begin(), buffer.data().end());
}

Result<Bytes> sheetAsSvg(const Sheet& sheet)
{
    QBuffer buffer;
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(sheet.size);
    svg.setViewBox(QRect(QPoint(), sheet.size));
    svg.setTitle("page"); // the caption comes later
    QPainter painter;
    if (!painter.begin(&svg))
        return Error{ErrorKind::InputOutput, "the page cannot be written as SVG"};
    sheet.paint(painter);
    painter.end();
    const QByteArray text = corrected(QString::fromUtf8(buffer.data()), sheet).toUtf8();
    return Bytes(text.begin(), text.end());
}

Result<Bytes> sheetAsPdf(const Sheet& sheet)
{
    QBuffer buffer;
    if (!buffer.open(QIODevice::WriteOnly))
        return Error{ErrorKind::InputOutput, "the page cannot be written as PDF"};
    QPdfWriter pdf(&buffer);
    pdf.setTitle(sheet.title);
    pdf.setCreator("PerceiverScope");
    pdf.setResolution(kPdfDots);
    pdf.setPageSize(QPageSize(QSizeF(sheet.size), QPageSize::Point, {}, QPageSize::ExactMatch));
    pdf.setPageMargins({0, 0, 0, 0});
    QPainter painter;
    if (!painter.begin(&pdf))
        return Error{ErrorKind::InputOutput, "the page cannot be written as PDF"};
    painter.scale(kPdfDots / 72.0, kPdfDots / 72.0); // a unit is a point
    sheet.paint(painter);
    painter.end();
    return Bytes(buffer.data().begin(), buffer.data().end());
}

Paper paperOf(bool dark)
{
    return dark ? Paper{"#17191e", "#323844", "#e6e9ee", "#8f98a6", "#5bb8f5"}
                : Paper{"#ffffff", "#d5dae1", "#1c2128", "#5d6773", "#12609e"};
}

QFont sheetFont(int size)
{
    QFont font = QGuiApplication::font();
    font.setPixelSize(size);
    font.setHintingPreference(QFont::PreferNoHinting); // the sheet is scaled
    return font;
}

} // namespace app::exports
