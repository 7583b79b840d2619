#include "app/views/flow_arrows.h"

#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace app::views {

namespace {

constexpr double kPlaces = 22; // along a square picture's side
constexpr int kLeastSpacing = 8;
constexpr double kReach = 1.6; // places that the largest motion spans
constexpr double kMostFactor = 20; // beyond, noise would look like motion

double roundNumberBelow(double value)
{
    const double power = std::pow(10.0, std::floor(std::log10(value))), digits = value / power * 1.000001; // 2, not 1.9
    double round = 1;
    for (const double step : {1.5, 2.0, 3.0, 5.0, 7.0})
        if (digits >= step)
            round = step;
    return power * round;
}

// Where the places of a side lie: in the middle of it, so that no edge is favoured.
std::vector<int> places(int side, int spacing)
{
    const int count = std::max(1, side / spacing), first = (side - 1 - (count - 1) * spacing) / 2;
    std::vector<int> at;
    for (int i = 0; i < count; ++i)
        at.push_back(first + i * spacing);
    return at;
}

// Along the x axis from 0, `length` long: a shaft and a head.
QPolygonF shape(double length, double spacing)
{
    const double head = std::min(length * 0.6, spacing * 0.42), wide = head * 0.5,
                 shaft = std::min(wide * 0.5, std::max(spacing * 0.055, 0.6));
    return QPolygonF({{0, -shaft}, {length - head, -shaft}, {length - head, -wide}, {length, 0}, {length - head, wide},
        {length - head, shaft}, {0, shaft}});
}

} // namespace

FlowArrows flowArrows(const engine::FlowField& flow, float largest)
{
    FlowArrows result;
    const double side = std::sqrt(double(flow.width) * double(flow.height));
    result.spacing = std::max(kLeastSpacing, int(std::lround(side / kPlaces)));
    result.factor = float(std::min(kMostFactor, roundNumberBelow(kReach * result.spacing / double(largest))));
    if (flow.width < 1 || flow.height < 1)
        return result;
    for (const int y : places(flow.height, result.spacing))
        for (const int x : places(flow.width, result.spacing))
            if (const float* v = flow.vector(x, y); formats::known(v))
                result.arrows.push_back({x, y, v[0], v[1]});
    return result;
}

void paintArrows(QPainter& painter, const FlowArrows& arrows, double zoom)
{
    constexpr float kStrength = 0.75f; // on the wheel: not as dark as its rim
    constexpr double kBeyond = 1e5; // outside any picture
    const double spacing = arrows.spacing * zoom;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(
        QPen(QColor(0, 0, 0, 200), std::max(1.0, spacing * 0.06), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    for (const FlowArrow& arrow : arrows.arrows) {
        const double motion = std::hypot(double(arrow.u), double(arrow.v)),
                     length = std::min(motion * double(arrows.factor), kBeyond) * zoom;
        const QPointF from((arrow.x + 0.5) * zoom, (arrow.y + 0.5) * zoom);
        if (length < 1) {
            painter.setBrush(Qt::white);
            painter.drawEllipse(from, 1, 1);
            continue;
        }
        const double cosine = double(arrow.u) / motion, sine = double(arrow.v) / motion;
        const auto colour = formats::vectorColour(float(cosine) * kStrength, float(sine) * kStrength);
        painter.setBrush(QColor(colour[0], colour[1], colour[2]));
        painter.drawPolygon(QTransform(cosine, sine, -sine, cosine, from.x(), from.y()).map(shape(length, spacing)));
    }
    painter.restore();
}

} // namespace app::views
