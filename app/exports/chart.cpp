#include "app/exports/chart.h"

#include <QFont>
#include <QFontMetricsF>
#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <memory>

namespace app::exports {

namespace {

constexpr double kWidth = 840, kMargin = 20, kBetween = 32, kPlotHeight = 220;
constexpr double kTick = 4, kGap = 6, kAbove = 1.08; // the axes go on a little above the largest value
constexpr double kRadius = 4;
constexpr int kTitle = 17, kHeading = 14, kLetters = 12;
constexpr double kResolution = 2;

QFont bold(int size)
{
    QFont font = sheetFont(size);
    font.setWeight(QFont::DemiBold);
    return font;
}

double height(const QFont& font)
{
    return QFontMetricsF(font).height();
}

QRectF captionRect(const Chart& chart, double top)
{
    const QRectF room(kMargin, top, kWidth - 2 * kMargin, 1000);
    return QFontMetricsF(sheetFont(kLetters)).boundingRect(room, Qt::TextWordWrap, chart.caption);
}

double headerHeight(const Chart& chart)
{
    return kMargin + height(bold(kTitle)) + kGap + captionRect(chart, 0).height() + 2 * kGap;
}

double panelHeight()
{
    return height(bold(kHeading)) + height(sheetFont(kLetters)) + 2 * kGap + kPlotHeight + kTick + 2
        + 2 * height(sheetFont(kLetters)) + 2;
}

class PanelPainter {
public:
    PanelPainter(QPainter& painter, const ChartPanel& panel) : m_painter(painter), m_panel(panel)
    {
        for (const ChartPanel::Point& point : panel.points) {
            m_mostX = std::max(m_mostX, point.x);
            m_mostY = std::max(m_mostY, point.most);
        }
        m_mostX = m_mostX > 0 ? m_mostX * kAbove : 1;
        m_mostY = m_mostY > 0 ? m_mostY * kAbove : 1;
        m_stepX = tickStep(m_mostX);
        m_stepY = tickStep(m_mostY);
    }

    // What the numbers beside the plot take.
    double inset() const
    {
        const QFontMetricsF metrics(sheetFont(kLetters));
        double labels = 0;
        for (int i = 0; i * m_stepY <= m_mostY; ++i)
            labels = std::max(labels, metrics.horizontalAdvance(tickText(i * m_stepY, m_stepY)));
        return labels + kTick + kGap;
    }

    void paint(QRectF room, double left, const QString& axis)
    {
        m_room = room;
        const double top = room.top() + height(bold(kHeading)) + height(sheetFont(kLetters)) + 2 * kGap;
        m_plot = QRectF(room.left() + left, top, room.width() - left, kPlotHeight);
        const double label = QFontMetricsF(sheetFont(kLetters)).horizontalAdvance(tickText(m_mostX, m_stepX));
        for (double factor = 1; m_stepX / m_mostX * m_plot.width() < label + 3 * kGap; factor *= 1.5)
            m_stepX = tickStep(m_mostX * factor);
        paintWords(axis);
        paintAxes();
        paintFit();
        paintPoints();
    }

private:
    QPointF at(double x, double y) const
    {
        return {m_plot.left() + x / m_mostX * m_plot.width(), m_plot.bottom() - y / m_mostY * m_plot.height()};
    }

    void paintWords(const QString& axis)
    {
        m_painter.setFont(bold(kHeading));
        m_painter.setPen(m_paper.text);
        const double top = m_room.top(), under = top + height(bold(kHeading));
        m_painter.drawText(QRectF(m_room.left(), top, m_room.width(), height(bold(kHeading))),
            Qt::AlignLeft | Qt::TextSingleLine, m_panel.heading);
        const double letters = height(sheetFont(kLetters));
        m_painter.setFont(sheetFont(kLetters));
        m_painter.setPen(m_paper.accent);
        m_painter.drawText(QRectF(m_room.left(), top, m_room.width(), height(bold(kHeading))),
            Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, m_panel.quality);
        m_painter.drawText(QRectF(m_room.left(), under + 2, m_room.width(), letters),
            Qt::AlignLeft | Qt::TextSingleLine, m_panel.fitWords);
        m_painter.setPen(m_paper.quiet);
        m_painter.drawText(QRectF(m_plot.left(), m_plot.bottom() + kTick + 2 + letters + 2, m_plot.width(), letters),
            Qt::AlignHCenter | Qt::TextSingleLine, axis);
    }

    void paintAxes()
    {
        const double letters = height(sheetFont(kLetters));
        for (int i = 0; i * m_stepY <= m_mostY; ++i) {
            const double y = at(0, i * m_stepY).y();
            m_painter.setPen(QPen(i == 0 ? m_paper.quiet : m_paper.line, 1));
            m_painter.drawLine(QPointF(m_plot.left() - kTick, y), QPointF(m_plot.right(), y));
            m_painter.setPen(m_paper.quiet);
            m_painter.drawText(
                QRectF(m_room.left(), y - letters / 2, m_plot.left() - kTick - kGap / 2 - m_room.left(), letters),
                Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, tickText(i * m_stepY, m_stepY));
        }
        m_painter.setPen(QPen(m_paper.quiet, 1));
        m_painter.drawLine(m_plot.topLeft(), m_plot.bottomLeft());
        for (int i = 0; i * m_stepX <= m_mostX; ++i) {
            const QPointF foot = at(i * m_stepX, 0);
            m_painter.drawLine(foot, foot + QPointF(0, kTick));
            const QString text = tickText(i * m_stepX, m_stepX);
            const double width = QFontMetricsF(sheetFont(kLetters)).horizontalAdvance(text) + 2;
            const double left = std::min(foot.x() - width / 2, m_room.right() - width);
            m_painter.drawText(
                QRectF(left, foot.y() + kTick + 2, width, letters), Qt::AlignHCenter | Qt::TextSingleLine, text);
        }
    }

    void paintFit()
    {
        if (m_panel.fit.empty())
            return;
        constexpr int kSteps = 96;
        QPolygonF line;
        for (int i = 0; i <= kSteps; ++i) {
            const double x = m_mostX * i / kSteps;
            double y = 0;
            for (size_t k = m_panel.fit.size(); k-- > 0;)
                y = y * x + m_panel.fit[k];
            if (y >= 0 && y <= m_mostY)
                line << at(x, y);
        }
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(m_paper.accent.lighter(160), 1.6));
        m_painter.drawPolyline(line);
    }

    void paintPoints()
    {
        for (const ChartPanel::Point& point : m_panel.points) {
            m_painter.setPen(QPen(m_paper.quiet, 1.2));
            const QPointF most = at(point.x, point.most), least = at(point.x, point.least);
            if (least.y() - most.y() > 1) {
                m_painter.drawLine(most, least);
                for (const QPointF& end : {most, least})
                    m_painter.drawLine(end - QPointF(3, 0), end + QPointF(3, 0));
            }
            m_painter.setPen(QPen(m_paper.ground, 1.4));
            m_painter.setBrush(m_paper.accent);
            m_painter.drawEllipse(at(point.x, point.y), kRadius, kRadius);
        }
    }

    QPainter& m_painter;
    const ChartPanel& m_panel;
    QRectF m_room, m_plot;
    Paper m_paper = paperOf(false);
    double m_mostX = 0, m_mostY = 0, m_stepX = 1, m_stepY = 1;
};

void paint(QPainter& painter, const Chart& chart, QSizeF size)
{
    const Paper paper = paperOf(false);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    painter.fillRect(QRectF(QPointF(), size), paper.ground);
    painter.setFont(bold(kTitle));
    painter.setPen(paper.text);
    painter.drawText(QRectF(kMargin, kMargin, kWidth - 2 * kMargin, height(bold(kTitle))),
        Qt::AlignLeft | Qt::TextSingleLine, chart.title);
    painter.setFont(sheetFont(kLetters));
    painter.setPen(paper.quiet);
    const double top = kMargin + height(bold(kTitle)) + kGap;
    painter.drawText(QRectF(kMargin, top, kWidth - 2 * kMargin, captionRect(chart, top).height() + 1), Qt::TextWordWrap,
        chart.caption);
    const double panels = double(std::max<size_t>(chart.panels.size(), 1));
    const double width = (kWidth - 2 * kMargin - (panels - 1) * kBetween) / panels;
    std::vector<PanelPainter> painters;
    double inset = 0; // the same for all, so that the plots are of one size
    for (const ChartPanel& panel : chart.panels)
        inset = std::max(inset, painters.emplace_back(painter, panel).inset());
    double left = kMargin;
    for (PanelPainter& panel : painters) {
        panel.paint(QRectF(left, headerHeight(chart), width, panelHeight()), inset, chart.axis);
        left += width + kBetween;
    }
}

} // namespace

double tickStep(double most)
{
    const double rough = most / 4, power = std::pow(10, std::floor(std::log10(rough)));
    for (const double step : {5.0, 2.0, 1.0})
        if (step * power <= rough * (1 + 1e-9))
            return step * power;
    return power;
}

QString tickText(double value, double step)
{
    static const QLocale english(QLocale::English);
    const int decimals = std::clamp(int(-std::floor(std::log10(step) + 1e-9)), 0, 12);
    return value == 0 ? "0" : english.toString(value, 'f', decimals);
}

Sheet chartSheet(Chart chart)
{
    const auto kept = std::make_shared<const Chart>(std::move(chart));
    const QSize size(int(kWidth), int(std::ceil(headerHeight(*kept) + panelHeight() + kMargin)));
    return {size, kResolution, kept->title, [kept, size](QPainter& painter) { paint(painter, *kept, size); }};
}

} // namespace app::exports
