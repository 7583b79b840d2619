#include "app/exports/page.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QPainter>
#include <QTextLayout>
#include <algorithm>
#include <cmath>

namespace app::exports {

namespace {

constexpr double kLongestSide = 760, kLeastWidth = 420;
constexpr double kMargin = 24, kGap = 16, kSmallGap = 6, kBarHeight = 10, kTick = 4;
constexpr int kSmall = 12, kLarge = 14;
constexpr float kTicks[] = {0, 0.25f, 0.5f, 0.75f, 1};

// Three digits: "0.213", "2.13e-5"; one style for all numbers below a scale whose top is `high`.
QString number(float weight, float high)
{
    if (weight == 0)
        return "0";
    QString text = QString::number(double(weight), high < 0.01f ? 'e' : 'g', high < 0.01f ? 2 : 3);
    text.replace("e-0", "e-").replace("e+0", "e+").replace('-', QChar(0x2212));
    return text;
}

QString scaleWords(const ShownMap& shown)
{
    QStringList words;
    if (!shown.unit.isEmpty())
        words << shown.unit;
    if (shown.scale.curve == views::MapScale::Curve::Logarithmic)
        words << "logarithmic scale";
    if (shown.scale.curve == views::MapScale::Curve::Root)
        words << "square-root scale";
    if (shown.scale.discard > 0)
        words << QString("the smallest %1 % are not shown")
                     .arg(QString::number(double(shown.scale.discard) * 100, 'g', 3));
    return words.join(QString(" %1 ").arg(QChar(0xb7)));
}

// Valid in XML 1.0: a byte that a model guessed may be anything.
QString cleaned(const QString& text)
{
    QString clean;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool pair = c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (pair) {
            clean += c;
            clean += text[++i];
        } else if (c.isSurrogate() || c.unicode() >= 0xfffe || (c.unicode() < 0x20 && c != '\n' && c != '\t')) {
            clean += QChar(QChar::ReplacementCharacter);
        } else {
            clean += c == '\t' ? QChar(' ') : c;
        }
    }
    return clean;
}

} // namespace

engine::Result<Page> Page::create(const ShownMap& shown)
{
    using engine::Error;
    using engine::ErrorKind;
    if (!qobject_cast<QGuiApplication*>(QCoreApplication::instance()))
        return Error{ErrorKind::Internal, "a page with letters needs a program with fonts"};
    if (shown.instead.isNull() && shown.ground.isNull() && shown.map.size() == 0)
        return Error{ErrorKind::Usage, "there is nothing to export yet: run a model first"};
    Page page(shown);
    if (page.m_part.image.isNull())
        return Error{ErrorKind::InputOutput, "the picture is too large to export: choose .csv or .npy"};
    return page;
}

Page::Page(const ShownMap& shown)
    : m_part(picturePart(shown, paperOf(shown.darkPaper).ground))
    , m_caption(cleaned(shown.caption).trimmed())
    , m_dark(shown.darkPaper)
{
    const QSizeF pixels = m_part.image.size();
    m_resolution = std::max(1.0, std::max(pixels.width(), pixels.height()) / kLongestSide);
    m_picture = QRectF(QPointF(kMargin, kMargin), pixels / m_resolution);
    m_width = std::max(m_picture.width(), kLeastWidth);
    double y = m_picture.bottom();
    if (shown.instead.isNull() && shown.map.size() > 0)
        y = layOutScale(shown, y + kGap);
    if (!m_caption.isEmpty())
        y = layOutCaption(y + kGap);
    m_size = QSize(int(std::ceil(m_width + 2 * kMargin)), int(std::ceil(y + kMargin)));
}

void Page::addLine(QString text, double x, double top, int font, bool quiet)
{
    m_lines.push_back({{x, top + QFontMetricsF(sheetFont(font)).ascent()}, std::move(text), font, quiet});
}

double Page::layOutScale(const ShownMap& shown, double y)
{
    const QFontMetricsF metrics(sheetFont(kSmall));
    if (const QString words = cleaned(scaleWords(shown)); !words.isEmpty()) {
        addLine(metrics.elidedText(words, Qt::ElideRight, m_width), kMargin, y, kSmall, true);
        y += metrics.height() + kSmallGap;
    }
    m_bar = QRectF(kMargin, y, m_width, kBarHeight);
    const auto anchors = views::anchors(shown.colours);
    for (size_t i = 0; i < anchors.size(); ++i)
        m_stops << QGradientStop(double(i) / double(anchors.size() - 1), QColor(QRgb(anchors[i])));
    y = m_bar.bottom() + kTick + 2;
    const views::MapScale scale = views::scaleFor(shown.colours, shown.scale);
    const views::Range range = views::rangeOf(shown.map.values, scale, shown.top),
                       own = views::rangeOf(shown.map.values, {.symmetric = scale.symmetric});
    for (const float tick : kTicks) {
        QString text = number(views::weightAt(tick, range, scale), range.high);
        if (tick == 0 && !scale.symmetric && scale.curve == views::MapScale::Curve::Logarithmic && range.high > 0)
            text = QChar(0x2264) + number(range.high * std::pow(10.0f, -views::kDecades), range.high);
        if (scale.symmetric && tick > 0.5f && range.high > 0)
            text.prepend('+');
        if (own.high > range.high && (tick == 1 || (scale.symmetric && tick == 0))) // cut off
            text.prepend(QChar(tick == 1 ? 0x2265 : 0x2264));
        if (!(range.high > 0) && tick != (scale.symmetric ? 0.5f : 0.0f))
            continue;
        const double x = m_bar.left() + double(tick) * m_bar.width(), width = metrics.horizontalAdvance(text);
        m_ticks.push_back(x);
        addLine(text, std::clamp(x - width / 2, m_bar.left(), m_bar.right() - width), y, kSmall, true);
    }
    return y + metrics.height();
}

double Page::layOutCaption(double y)
{
    QString text = m_caption;
    QTextLayout layout(text.replace('\n', QChar::LineSeparator), sheetFont(kLarge));
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(wrap);
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(m_width);
        QString words = text.mid(line.textStart(), line.textLength());
        while (!words.isEmpty() && words.back().isSpace())
            words.chop(1);
        addLine(words, kMargin, y, kLarge, false);
        y += line.height() + 2;
    }
    layout.endLayout();
    return y;
}

QString Page::title() const
{
    return m_caption.simplified();
}

Sheet Page::sheet() const
{
    return {m_size, m_resolution, title(), [this](QPainter& painter) { paint(painter); }};
}

void Page::paint(QPainter& painter) const
{
    const Paper paper = paperOf(m_dark);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::LosslessImageRendering);
    painter.fillRect(QRectF(QPointF(), QSizeF(m_size)), paper.ground);
    paintPicture(painter);
    paintScale(painter);
    for (const Line& line : m_lines) {
        painter.setFont(sheetFont(line.font));
        painter.setPen(line.quiet ? paper.quiet : paper.text);
        painter.drawText(line.at, line.text);
    }
}

void Page::paintPicture(QPainter& painter) const
{
    painter.setPen(QPen(paperOf(m_dark).line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(m_picture.adjusted(-0.5, -0.5, 0.5, 0.5));
    if (painter.device()->devType() == QInternal::Image) { // pixel on pixel, not between two
        const QPointF corner = painter.transform().map(m_picture.topLeft());
        painter.save();
        painter.resetTransform();
        painter.drawImage(corner.toPoint(), m_part.image);
        painter.restore();
    } else {
        painter.drawImage(m_picture, m_part.image);
    }
    QTransform toPage = QTransform::fromTranslate(m_picture.x(), m_picture.y());
    toPage.scale(1 / m_resolution, 1 / m_resolution);
    // light on dark, so that they are seen on any picture
    for (const QPen& pen : {QPen(QColor(0, 0, 0, 150), 2.6), QPen(QColor(255, 255, 255, 230), 1.1)}) {
        painter.setPen(pen);
        for (const QPolygonF& line : m_part.contours)
            painter.drawPolyline(toPage.map(line));
        if (!m_part.crop.isEmpty())
            painter.drawRect(toPage.mapRect(m_part.crop));
    }
}

void Page::paintScale(QPainter& painter) const
{
    if (m_bar.isEmpty())
        return;
    QLinearGradient colours(m_bar.topLeft(), m_bar.topRight());
    colours.setStops(m_stops);
    painter.setPen(QPen(paperOf(m_dark).line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(m_bar.adjusted(-0.5, -0.5, 0.5, 0.5));
    painter.fillRect(m_bar, colours);
    painter.setPen(QPen(paperOf(m_dark).quiet, 1));
    for (const double x : m_ticks) {
        const double inside = std::clamp(x, m_bar.left() + 0.5, m_bar.right() - 0.5);
        painter.drawLine(QPointF(inside, m_bar.bottom() + 1), QPointF(inside, m_bar.bottom() + 1 + kTick));
    }
}

} // namespace app::exports
