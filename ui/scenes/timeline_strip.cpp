#include "ui/scenes/timeline_strip.h"

#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace ui {

using app::document::clockText;
using app::document::PairFigures;

namespace {

constexpr double kKnob = 4; // pixels, half of it
constexpr int kPage = 10; // pairs
constexpr int kTipHeight = 8 * kSpace, kTipMilliseconds = 60'000;
constexpr int kBreak = 4; // pixels from the upper rim
constexpr int kThin = 110; // of 255: how dense the longer bars are

} // namespace

TimelineStrip::TimelineStrip(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Timeline"));
}

void TimelineStrip::setVideo(const app::document::Video* video)
{
    m_video = video;
    m_hovered.reset();
    update();
}

void TimelineStrip::setPlace(int64_t pair)
{
    m_place = pair;
    if (m_video)
        setAccessibleDescription(sentenceOf(pair));
    update();
}

QFont TimelineStrip::small() const
{
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    return font;
}

QRectF TimelineStrip::plot() const
{
    const int gutter = QFontMetrics(small()).horizontalAdvance(tr("%1 px").arg("150")) + kSpace;
    return QRectF(rect()).adjusted(kSpace + gutter, kSpace + 2, -kSpace, -kSpace / 2 - 2);
}

double TimelineStrip::xOf(int64_t pair) const
{
    const QRectF area = plot();
    return m_video ? area.left() + (double(pair) + 0.5) / double(m_video->pairs()) * area.width() : area.left();
}

int64_t TimelineStrip::pairAt(double x) const
{
    if (!m_video)
        return 0;
    const QRectF area = plot();
    const double share = (x - area.left()) / area.width();
    return std::clamp<int64_t>(int64_t(std::floor(share * double(m_video->pairs()))), 0, m_video->pairs() - 1);
}

QString TimelineStrip::sentenceOf(int64_t pair) const
{
    const PairFigures& found = m_video->figures(pair);
    QStringList parts{(m_video->knowsSecondsOf(pair) ? QString() : tr("about ")) + clockText(m_video->secondsOf(pair)),
        tr("frame %1 of %2").arg(pair + 1).arg(m_video->frames())};
    parts << (found.mean < 0
            ? tr("its motion was not looked at yet")
            : tr("mean %1 px, 95 % below %2 px").arg(double(found.mean), 0, 'f', 2).arg(double(found.p95), 0, 'f', 2));
    if (m_video->isCut(pair))
        parts << (m_video->step() == 1 ? tr("a cut: the next frame shows something else")
                                       : tr("a cut before its second frame"));
    return parts.join(" · ");
}

// Of more pairs than pixels a column shows the largest.
void TimelineStrip::paintBars(QPainter& painter) const
{
    const float most = m_video->fullBar();
    const QRectF area = plot();
    const double wide = area.width() / double(m_video->pairs()), step = std::max(1.0, wide);
    QColor thin = colours().accent;
    thin.setAlpha(kThin);
    const double gap = wide >= 4 ? 1 : 0;
    for (double x = area.left(); x < area.right() - 0.01; x += step) {
        const int64_t first = pairAt(x + 0.01), last = std::max(first, pairAt(x + step - 0.01));
        float mean = -1, p95 = -1;
        bool cut = false;
        for (int64_t pair = first; pair <= last; ++pair) {
            mean = std::max(mean, m_video->figures(pair).mean);
            p95 = std::max(p95, m_video->figures(pair).p95);
            cut = cut || m_video->isCut(pair);
        }
        const QRectF column(x, area.top(), step - gap, area.height());
        if (mean < 0) {
            painter.fillRect(QRectF(x, area.bottom() - 1, step, 1), colours().line);
        } else {
            const auto bar = [&](float value, const QColor& colour) {
                const double height = most > 0 ? std::clamp(double(value / most), 0.0, 1.0) * area.height() : 0;
                painter.fillRect(column.adjusted(0, area.height() - std::max(1.0, height), 0, 0), colour);
                if (value > most) // it goes on above: a break says so
                    painter.fillRect(QRectF(x, area.top() + kBreak, step, 2), colours().surface);
            };
            // What is found across a cut is no motion.
            bar(p95, cut ? colours().hover : thin);
            bar(mean, cut ? colours().faint : colours().accent);
        }
        if (cut) {
            const double middle = std::floor(column.center().x()) + 0.5;
            painter.setPen(QPen(colours().text, 1, Qt::DashLine));
            painter.drawLine(QPointF(middle, area.top()), QPointF(middle, area.bottom()));
        }
    }
}

void TimelineStrip::paintPlace(QPainter& painter, int64_t pair, const QColor& colour, bool knob) const
{
    const double x = std::round(xOf(pair));
    painter.fillRect(QRectF(x - (knob ? 1 : 0.5), kSpace / 2 + 1, knob ? 2 : 1, height() - kSpace - 2), colour);
    if (!knob)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(QPointF(x, kSpace / 2 + 2), kKnob, kKnob);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void TimelineStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawBox(&painter, rect(),
        {.fill = colours().surface, .border = hasFocus() ? colours().accent : colours().line, .ring = hasFocus()});
    if (!m_video)
        return;
    paintScale(painter);
    paintBars(painter);
    if (m_hovered)
        paintPlace(painter, *m_hovered, colours().quiet, false);
    paintPlace(painter, m_place, colours().text, true);
}

// How much the upper rim is, left of the bars.
void TimelineStrip::paintScale(QPainter& painter) const
{
    const QRectF area = plot();
    const QRectF left(0, area.top() - 2, area.left() - kSpace, area.height() + 4);
    painter.setFont(small());
    painter.setPen(colours().quiet);
    if (const float most = m_video->fullBar(); most > 0)
        painter.drawText(left, Qt::AlignRight | Qt::AlignTop, tr("%1 px").arg(double(most), 0, 'g', 3));
    painter.drawText(left, Qt::AlignRight | Qt::AlignBottom, "0");
}

void TimelineStrip::scrub(int64_t pair)
{
    if (m_video)
        emit scrubbed(std::clamp<int64_t>(pair, 0, m_video->pairs() - 1));
}

void TimelineStrip::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        scrub(pairAt(event->position().x()));
}

void TimelineStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_video)
        return;
    const int64_t pair = pairAt(event->position().x());
    if (m_hovered != pair) {
        m_hovered = pair;
        // Above the strip and about the place; a tooltip stands below the point that it is given.
        const QString sentence = sentenceOf(pair);
        const int half = QFontMetrics(QToolTip::font()).horizontalAdvance(sentence) / 2 + 2 * kSpace;
        QToolTip::showText(
            mapToGlobal(QPoint(int(xOf(pair)) - half, -kTipHeight)), sentence, this, rect(), kTipMilliseconds);
        update();
    }
    if (event->buttons().testFlag(Qt::LeftButton) && pair != m_place)
        scrub(pair);
}

void TimelineStrip::leaveEvent(QEvent*)
{
    m_hovered.reset();
    QToolTip::hideText();
    update();
}

void TimelineStrip::keyPressEvent(QKeyEvent* event)
{
    if (!m_video)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
        return scrub(m_place - 1);
    case Qt::Key_Right:
        return scrub(m_place + 1);
    case Qt::Key_PageUp:
        return scrub(m_place - kPage);
    case Qt::Key_PageDown:
        return scrub(m_place + kPage);
    case Qt::Key_Home:
        return scrub(0);
    case Qt::Key_End:
        return scrub(m_video->pairs() - 1);
    default:
        return QWidget::keyPressEvent(event);
    }
}

} // namespace ui
