#include "ui/panels/radial_profile.h"

#include "ui/theme.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace ui {

RadialProfile::RadialProfile(QWidget* parent) : QWidget(parent)
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    setFont(small);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Mean power by cycles a picture"));
    setToolTip(tr("The mean power of all waves of a length, whatever their direction; each line across is ten times the "
                  "one below. Upright lines are the rings above."));
}

void RadialProfile::setSpectrum(std::shared_ptr<const ShownSpectrum> spectrum, int outstandingBand)
{
    m_spectrum = std::move(spectrum);
    m_outstanding = outstandingBand;
    update();
}

void RadialProfile::setMark(double cycles)
{
    m_mark = cycles;
    update();
}

void RadialProfile::paintEvent(QPaintEvent*)
{
    if (!m_spectrum || m_spectrum->figures.radial.size() < 2)
        return;
    const std::vector<double>& radial = m_spectrum->figures.radial;
    const auto [least, most] = std::minmax_element(radial.begin() + 1, radial.end()); // without the constant part
    if (*most <= 0)
        return;
    constexpr double kDecades = 8;
    const double top = std::log10(*most), bottom = std::log10(std::max(*least, *most * std::pow(10, -kDecades)));
    const double span = std::max(top - bottom, 0.5), last = double(radial.size() - 1);
    const QFontMetricsF metrics(font());
    const QRectF frame = QRectF(rect()).adjusted(
        metrics.horizontalAdvance("-000") + 6, metrics.height() + 6, -metrics.horizontalAdvance("00"), -metrics.height() - 6);
    const auto xOf = [&](double cycles) { return frame.left() + cycles / last * frame.width(); };
    const auto yOf = [&](double power) {
        const double share = power > 0 ? (std::log10(power) - bottom) / span : 0;
        return frame.bottom() - std::clamp(share, 0.0, 1.0) * frame.height();
    };
    const QColor line = palette().color(QPalette::Mid), words = palette().color(QPalette::PlaceholderText),
                 accent = palette().color(QPalette::Highlight), strong = palette().color(QPalette::Text);

    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(line, 1));
    for (double decade = std::ceil(bottom); decade <= top; ++decade)
        painter.drawLine(QPointF(frame.left(), yOf(std::pow(10, decade))), QPointF(frame.right(), yOf(std::pow(10, decade))));
    painter.setPen(words);
    painter.drawText(QPointF(frame.left(), metrics.ascent()), tr("Mean power, each line × 10"));
    const double step = tickStep(last, frame.width() / (metrics.horizontalAdvance("-000") * 1.6));
    for (double cycles = 0; cycles <= last; cycles += step) {
        painter.drawLine(QPointF(xOf(cycles), frame.bottom()), QPointF(xOf(cycles), frame.bottom() + 4));
        painter.drawText(QRectF(xOf(cycles) - 40, frame.bottom() + 5, 80, metrics.height()), Qt::AlignHCenter,
            QLocale().toString(cycles, 'f', 0));
    }

    QPainterPath curve(QPointF(xOf(1), yOf(radial[1])));
    for (size_t i = 2; i < radial.size(); ++i)
        curve.lineTo(xOf(double(i)), yOf(radial[i]));
    QPainterPath area = curve;
    area.lineTo(xOf(last), frame.bottom());
    area.lineTo(xOf(1), frame.bottom());
    QColor fill = accent;
    fill.setAlpha(50);
    painter.fillPath(area, fill);

    const auto drawBand = [&](size_t band, const QPen& pen) {
        const double cycles = std::max(m_spectrum->bandsX[band], m_spectrum->bandsY[band]);
        painter.setPen(pen);
        if (cycles <= last)
            painter.drawLine(QPointF(xOf(cycles), frame.top()), QPointF(xOf(cycles), frame.bottom()));
    };
    for (const size_t band : ringsOf(m_spectrum->bandsX.size()))
        drawBand(band, QPen(words, 1, Qt::DotLine));
    if (m_outstanding >= 0)
        drawBand(size_t(m_outstanding), QPen(accent, 1.6));
    painter.strokePath(curve, QPen(accent, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (const long ring = std::lround(m_mark); ring >= 1 && ring <= long(last)) {
        painter.setPen(QPen(strong, 1));
        painter.drawLine(QPointF(xOf(double(ring)), frame.top()), QPointF(xOf(double(ring)), frame.bottom()));
        painter.setBrush(strong);
        painter.drawEllipse(QPointF(xOf(double(ring)), yOf(radial[size_t(ring)])), 3, 3);
    }
    painter.setPen(QPen(words, 1));
    painter.drawLine(frame.bottomLeft(), frame.bottomRight());
}

} // namespace ui
