#include "ui/scenes/sound_strip.h"

#include "app/document/shown_map.h"
#include "app/views/colour_map.h"
#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

constexpr float kDecibels = 70; // from the brightest to black
constexpr float kQuiet = 1e-4f; // -40 dB: what is nowhere louder is not made bright
constexpr double kGap = kSpace / 2.0; // between rows
constexpr double kVeil = 0.6; // over what was not looked at
constexpr double kAttentionShare = 0.24; // of the height

// Both spectrograms of a clip on one scale, low frequencies at the bottom.
QImage pictureOf(const engine::HostTensor& power, float most)
{
    const int rows = int(power.rows()), columns = int(power.columns());
    QImage picture(columns, rows, QImage::Format_RGB32);
    const auto& colours = app::views::lookup(app::views::ColourMap::Magma);
    for (int y = 0; y < rows; ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
        for (int x = 0; x < columns; ++x) {
            const float db = 10 * std::log10(std::max(power.at(rows - 1 - y, x) / most, 1e-20f));
            line[x] = colours[size_t(std::clamp(1 + db / kDecibels, 0.0f, 1.0f) * 255)];
        }
    }
    return picture;
}

} // namespace

SoundStrip::SoundStrip(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("The clip's sound, and the attention over time"));
    setToolTip(
        tr("Spectrograms: time to the right, frequencies upwards, bright is loud. Point at the sound to ask what "
           "reads it, at the rebuilt sound to ask where it came from."));
}

void SoundStrip::setClip(const std::shared_ptr<const ClipAnswer>& clip, double seconds, int64_t sampleRate)
{
    m_clip = clip;
    m_seconds = seconds;
    m_rate = sampleRate;
    m_given = m_rebuilt = QImage();
    m_shares.reset();
    m_marks.clear();
    m_cursor.reset();
    if (clip) {
        float most = kQuiet; // of silence the picture is black
        for (const auto* power : {&clip->spectrogram, &clip->rebuiltSpectrogram})
            for (const float value : power->values)
                most = std::max(most, value);
        m_given = pictureOf(clip->spectrogram, most);
        m_rebuilt = pictureOf(clip->rebuiltSpectrogram, most);
    }
    change();
}

void SoundStrip::setAttention(std::optional<MapOverTime> shares, Row on)
{
    m_shares = std::move(shares);
    m_sharesOn = on;
    setAccessibleDescription(m_shares ? tr("Of the attention %1 % lies on the pictures, %2 % on the sound.")
                                            .arg(m_shares->picture * 100, 0, 'f', 1)
                                            .arg(m_shares->sound * 100, 0, 'f', 1)
                                      : QString());
    change();
}

void SoundStrip::setMarks(std::vector<At> marks, double width)
{
    m_marks = std::move(marks);
    m_markWidth = width;
    change();
}

// While it plays this comes every few milliseconds: only the mark moves.
void SoundStrip::setPlace(double share)
{
    const auto around = [this] { return QRect(int(xOf(m_place)) - 4, 0, 8, height()); };
    update(around());
    m_place = share;
    update(around());
}

void SoundStrip::change()
{
    m_painted = {};
    update();
}

void SoundStrip::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    change();
}

void SoundStrip::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    change();
}

void SoundStrip::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    change();
}

void SoundStrip::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    change();
}

QString SoundStrip::valueAt(const At& at) const
{
    if (!m_clip || at.row == Row::Attention)
        return {};
    const engine::HostTensor& power = at.row == Row::Given ? m_clip->spectrogram : m_clip->rebuiltSpectrogram;
    const int64_t row = std::clamp<int64_t>(int64_t(at.height * double(power.rows())), 0, power.rows() - 1),
                  column = std::clamp<int64_t>(int64_t(at.share * double(power.columns())), 0, power.columns() - 1);
    const float value = power.at(row, column);
    const QString level = value > 0 ? tr("%1 dB").arg(10 * std::log10(double(value)), 0, 'f', 0) : tr("silent");
    return tr("%1 s   %2 kHz   %3")
        .arg(at.share * m_seconds, 0, 'f', 3)
        .arg(double(row * m_rate) / double(m_clip->window) / 1000, 0, 'f', 2)
        .arg(QString(level).replace('-', QChar(0x2212)));
}

QFont SoundStrip::small() const
{
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    return font;
}

QRectF SoundStrip::plot() const
{
    const QFontMetrics metrics(small());
    const int gutter = metrics.horizontalAdvance(tr("Reconstruction")) + kSpace;
    return QRectF(rect()).adjusted(kSpace + gutter, kSpace, -kSpace, -metrics.height() - kSpace);
}

QRectF SoundStrip::rowRect(Row row) const
{
    const QRectF all = plot();
    const double attention = std::floor(all.height() * kAttentionShare);
    const double each = std::floor((all.height() - attention - 2 * kGap) / 2);
    switch (row) {
    case Row::Given:
        return {all.left(), all.top(), all.width(), each};
    case Row::Rebuilt:
        return {all.left(), all.top() + each + kGap, all.width(), each};
    case Row::Attention:
        break;
    }
    return {all.left(), all.bottom() - attention, all.width(), attention};
}

double SoundStrip::xOf(double share) const
{
    const QRectF all = plot();
    return all.left() + share * all.width();
}

std::optional<SoundStrip::At> SoundStrip::at(QPointF point) const
{
    const QRectF all = plot();
    const double share = std::clamp((point.x() - all.left()) / all.width(), 0.0, 1.0 - 1e-9);
    for (const Row row : {Row::Given, Row::Rebuilt})
        if (const QRectF area = rowRect(row); area.contains(point))
            return At{row, share, (area.bottom() - point.y()) / area.height()};
    if (point.x() >= all.left() && point.x() <= all.right() && point.y() >= rowRect(Row::Attention).top())
        return At{Row::Attention, share};
    return {};
}

// A veil over the times that were not looked at: what is seen of the sound is what was attended.
void SoundStrip::paintSound(QPainter& painter, Row row, const QImage& picture, const QString& name) const
{
    const QRectF area = rowRect(row);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.fillRect(area, app::views::colourAt(app::views::ColourMap::Magma, 0));
    if (!picture.isNull())
        painter.drawImage(area, picture);
    if (m_shares && m_sharesOn == row && !m_shares->ofStep.empty()) {
        const auto& steps = m_shares->ofStep;
        const double most = *std::max_element(steps.begin(), steps.end());
        for (double x = area.left(); x < area.right(); ++x) {
            const auto step = size_t((x - area.left()) / area.width() * double(steps.size()));
            // The root: few times get most, and the others are to be seen, too.
            const double dark = most > 0 ? 1 - std::sqrt(std::abs(steps[std::min(step, steps.size() - 1)]) / most) : 0;
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), QColor(0, 0, 0, int(255 * kVeil * dark)));
        }
    }
    for (const At& mark : m_marks)
        if (mark.row == row) {
            const QRectF box(xOf(mark.share), area.top(), std::max(2.0, m_markWidth * area.width()), area.height());
            for (const QPen& pen : {QPen(QColor(0, 0, 0, 200), 3), QPen(Qt::white, 1.4)}) {
                painter.setPen(pen);
                painter.drawRect(box.adjusted(0, 1, 0, -1));
            }
        }
    painter.setPen(colours().line);
    painter.drawRect(area);
    // Left of it what it is, and how high the frequencies go.
    const QRectF left(kSpace, area.top(), area.left() - 2 * kSpace, area.height());
    painter.setPen(colours().text);
    painter.drawText(left, Qt::AlignRight | Qt::AlignVCenter, name);
    painter.setPen(colours().quiet);
    painter.drawText(left, Qt::AlignRight | Qt::AlignTop, tr("%1 kHz").arg(double(m_rate) / 2000, 0, 'g', 3));
    painter.drawText(left, Qt::AlignRight | Qt::AlignBottom, "0");
}

void SoundStrip::paintAttention(QPainter& painter) const
{
    const QRectF area = rowRect(Row::Attention);
    painter.fillRect(area, colours().raised);
    const QRectF left(kSpace, area.top(), area.left() - 2 * kSpace, area.height());
    painter.setPen(colours().text);
    painter.drawText(left, Qt::AlignRight | Qt::AlignTop, tr("Attention"));
    if (m_shares && !m_shares->ofFrame.empty() && !m_shares->ofStep.empty()) {
        // Two scales: a step of the sound is one of many. Each runs up to its own largest share.
        const auto largest = [](const std::vector<double>& all) {
            double most = 0;
            for (const double each : all)
                most = std::max(most, std::abs(each));
            return std::max(most, 1e-12);
        };
        const double room = area.height() - 3;
        const double wide = area.width() / double(m_shares->ofFrame.size()), top = largest(m_shares->ofFrame);
        QColor bars = colours().quiet;
        bars.setAlpha(110);
        for (size_t i = 0; i < m_shares->ofFrame.size(); ++i) {
            const double height = std::abs(m_shares->ofFrame[i]) / top * room;
            painter.fillRect(
                QRectF(area.left() + double(i) * wide + 1, area.bottom() - height, wide - 2, height), bars);
        }
        QPainterPath line;
        const double highest = largest(m_shares->ofStep);
        for (size_t i = 0; i < m_shares->ofStep.size(); ++i) {
            const QPointF point(area.left() + (double(i) + 0.5) / double(m_shares->ofStep.size()) * area.width(),
                area.bottom() - std::abs(m_shares->ofStep[i]) / highest * room);
            i == 0 ? line.moveTo(point) : line.lineTo(point);
        }
        painter.setRenderHint(QPainter::Antialiasing);
        painter.strokePath(line, QPen(colours().accent, 1.6));
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(colours().quiet);
        painter.drawText(left, Qt::AlignRight | Qt::AlignVCenter, tr("■ pictures"));
        painter.setPen(colours().accent);
        painter.drawText(left, Qt::AlignRight | Qt::AlignBottom, tr("─ sound"));
    } else {
        painter.setPen(colours().quiet);
        painter.drawText(area, Qt::AlignCenter, m_clip ? tr("Point at a picture or at the sound") : QString());
    }
    painter.setPen(colours().line);
    painter.drawRect(area);
}

void SoundStrip::paintAxis(QPainter& painter) const
{
    if (m_seconds <= 0)
        return;
    const QRectF all = plot();
    const QFontMetrics metrics(small());
    const double step = 0.1; // seconds
    painter.setPen(colours().quiet);
    for (int i = 0; i * step <= m_seconds + 1e-9; ++i) {
        const double x = xOf(i * step / m_seconds);
        painter.drawLine(QPointF(x, all.bottom()), QPointF(x, all.bottom() + 3));
        const QString text = i == 0 ? "0" : tr("%1 s").arg(i * step, 0, 'f', 1);
        const double width = metrics.horizontalAdvance(text);
        painter.drawText(
            QPointF(std::clamp(x - width / 2, all.left(), all.right() - width), all.bottom() + 3 + metrics.ascent()),
            text);
    }
}

QPixmap SoundStrip::painted() const
{
    QPixmap picture(size() * devicePixelRatioF());
    picture.setDevicePixelRatio(devicePixelRatioF());
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    drawBox(&painter, rect(),
        {.fill = colours().surface, .border = hasFocus() ? colours().accent : colours().line, .ring = hasFocus()});
    painter.setFont(small());
    paintSound(painter, Row::Given, m_given, tr("Sound"));
    paintSound(painter, Row::Rebuilt, m_rebuilt, tr("Reconstruction"));
    paintAttention(painter);
    paintAxis(painter);
    return picture;
}

void SoundStrip::paintEvent(QPaintEvent* event)
{
    if (m_painted.isNull() || m_painted.devicePixelRatioF() != devicePixelRatioF())
        m_painted = painted();
    QPainter painter(this);
    painter.setClipRegion(event->region());
    painter.drawPixmap(0, 0, m_painted);
    if (!m_clip)
        return;
    const QRectF all = plot();
    if (m_cursor)
        painter.fillRect(
            QRectF(std::round(xOf(m_cursor->share)), rowRect(m_cursor->row).top(), 1, rowRect(m_cursor->row).height()),
            QColor(255, 255, 255, 160));
    const double x = std::round(xOf(m_place));
    painter.fillRect(QRectF(x - 2, all.top(), 3, all.height()), QColor(0, 0, 0, 120));
    painter.fillRect(QRectF(x - 1, all.top(), 1, all.height()), Qt::white);
}

void SoundStrip::point(std::optional<At> at)
{
    if (at == m_cursor)
        return;
    m_cursor = at;
    update();
    if (at && at->row != Row::Attention)
        emit pointed(*at);
    else
        emit left();
}

void SoundStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_clip)
        return;
    const auto place = at(event->position());
    point(place);
    if (place && place->row == Row::Attention && event->buttons() & Qt::LeftButton)
        emit placed(place->share);
}

void SoundStrip::mousePressEvent(QMouseEvent* event)
{
    const auto place = m_clip && event->button() == Qt::LeftButton ? at(event->position()) : std::nullopt;
    if (!place)
        return;
    if (place->row == Row::Attention)
        emit placed(place->share);
    else
        emit clicked(*place, event->modifiers() & Qt::ShiftModifier);
}

void SoundStrip::leaveEvent(QEvent*)
{
    point(std::nullopt);
}

void SoundStrip::keyPressEvent(QKeyEvent* event)
{
    if (!m_clip)
        return QWidget::keyPressEvent(event);
    const double one = m_markWidth > 0 ? m_markWidth : 0.01;
    const double step = event->modifiers() & Qt::ShiftModifier ? 10 * one : one;
    At next = m_cursor.value_or(At{Row::Given, 0.5});
    switch (event->key()) {
    case Qt::Key_Left:
        next.share = std::max(0.0, next.share - step);
        return point(next);
    case Qt::Key_Right:
        next.share = std::min(1.0 - 1e-9, next.share + step);
        return point(next);
    case Qt::Key_Up:
    case Qt::Key_Down:
        next.row = event->key() == Qt::Key_Up ? Row::Given : Row::Rebuilt;
        return point(next);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor && m_cursor->row != Row::Attention)
            emit clicked(*m_cursor, event->modifiers() & Qt::ShiftModifier);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace ui
