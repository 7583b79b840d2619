#include "app/views/flow_figures.h"

#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"

#include <QString>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace app::views {

using engine::FlowField;
using formats::known;

namespace {

constexpr float kLeast = 1e-6f;
constexpr int kPermille = 1000;

int permille(const FlowScale& scale)
{
    const double share = scale.mode == FlowScale::Mode::Auto ? 995 : std::round(double(scale.percentile) * 10);
    return int(std::clamp(share, 0.0, double(kPermille)));
}

bool sameSize(const FlowField& a, const FlowField& b)
{
    return a.width == b.width && a.height == b.height;
}

void countLengths(const std::vector<float>& sorted, MotionFigures& figures)
{
    const auto at = [&](double share) { return sorted[size_t(share * double(sorted.size() - 1))]; };
    figures.median = double(at(0.5));
    figures.p95 = double(at(0.95));
    figures.largest = double(sorted.back());
    for (int i = 0; i <= kPermille; ++i)
        figures.lengths.push_back(std::max(at(double(i) / kPermille), kLeast));
    // Of frames at rest, too, the axis has an end.
    const double top = sorted.back() > kLeast ? double(largestOf(figures, {})) : 1;
    for (size_t i = 0; i <= kLengthBins; ++i)
        figures.magnitudeEdges.push_back(top * double(i) / double(kLengthBins));
    figures.magnitudeEdges.back() = std::max(top, figures.largest);
    for (const float length : sorted)
        ++figures.magnitudeHistogram[std::min(size_t(double(length) / top * double(kLengthBins)), kLengthBins - 1)];
}

// Pixels unknown in the flow are left out, as those unknown in the truth are.
engine::Result<formats::FlowErrors> errorsOf(const FlowField& flow, const FlowField& truth, bool allKnown)
{
    if (allKnown || !sameSize(flow, truth))
        return formats::compareFlow(flow, truth);
    FlowField both = truth;
    for (size_t i = 0; i < flow.uv.size(); i += 2)
        if (!known(&flow.uv[i]))
            both.uv[i] = std::numeric_limits<float>::quiet_NaN();
    return formats::compareFlow(flow, both);
}

QString number(double value)
{
    return QString::number(value, 'f', 2);
}

// With a sign, and a minus as long as the plus; none before zero.
QString component(float value)
{
    const QString digits = number(std::abs(double(value)));
    return digits == "0.00" ? digits : (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + digits;
}

} // namespace

float largestOf(const FlowField& flow, const FlowScale& scale)
{
    if (scale.mode == FlowScale::Mode::Fixed)
        return std::max(scale.fixed, kLeast);
    return formats::lengthAt(flow, double(permille(scale)) / kPermille);
}

float largestOf(const MotionFigures& figures, const FlowScale& scale)
{
    if (scale.mode == FlowScale::Mode::Fixed)
        return std::max(scale.fixed, kLeast);
    return figures.lengths.empty() ? 1 : figures.lengths[size_t(permille(scale))];
}

double directionOf(float u, float v)
{
    const double degrees = std::atan2(-double(v), double(u)) * 180 / std::numbers::pi;
    return degrees < 0 ? std::fmod(degrees + 360, 360.0) : std::abs(degrees); // no minus zero
}

MotionFigures motionFigures(const FlowField& flow, const FlowExtras& extras)
{
    MotionFigures figures;
    figures.magnitudeHistogram.assign(kLengthBins, 0);
    figures.directionHistogram.assign(kDirectionBins, 0);
    const bool backward = extras.backward && sameSize(flow, *extras.backward);
    std::vector<float> lengths;
    int64_t occluded = 0;
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x) {
            const float* v = flow.vector(x, y);
            if (!known(v))
                continue;
            const float length = std::hypot(v[0], v[1]);
            lengths.push_back(length);
            figures.mean += double(length);
            const double bin = std::round(directionOf(v[0], v[1]) * double(kDirectionBins) / 360);
            figures.directionHistogram[size_t(bin) % kDirectionBins] += double(length);
            occluded += backward && formats::occludedAt(flow, *extras.backward, x, y);
        }
    figures.known = int64_t(lengths.size());
    figures.unknown = int64_t(flow.uv.size() / 2) - figures.known;
    if (figures.known > 0) {
        figures.mean /= double(figures.known);
        std::sort(lengths.begin(), lengths.end());
        countLengths(lengths, figures);
        if (backward)
            figures.occludedShare = double(occluded) / double(figures.known);
    }
    if (extras.truth) {
        auto errors = errorsOf(flow, *extras.truth, figures.unknown == 0);
        if (errors.ok())
            figures.errors = errors.value();
        else
            figures.errorsLack = errors.error().message;
    }
    return figures;
}

std::string valueAt(const FlowField& flow, const FlowExtras& extras, int x, int y)
{
    if (x < 0 || y < 0 || x >= flow.width || y >= flow.height)
        return {};
    const float* v = flow.vector(x, y);
    QString text = QString("x %1 y %2").arg(x).arg(y);
    if (known(v)) {
        const QString length = number(std::hypot(double(v[0]), double(v[1])));
        text += QString("  u %1 v %2  %3 px").arg(component(v[0]), component(v[1]), length);
        if (length != "0.00")
            text += QString(" %1°").arg(std::lround(directionOf(v[0], v[1])) % 360);
    } else
        text += "  unknown";
    if (extras.truth && sameSize(flow, *extras.truth)) {
        const float* t = extras.truth->vector(x, y);
        text += known(t) ? QString("  truth %1 %2").arg(component(t[0]), component(t[1])) : "  truth unknown";
        if (known(v) && known(t))
            text += "  error " + number(std::hypot(double(v[0]) - double(t[0]), double(v[1]) - double(t[1])));
    }
    if (extras.backward && sameSize(flow, *extras.backward) && known(v)
        && formats::occludedAt(flow, *extras.backward, x, y))
        text += "  occluded";
    return text.toStdString();
}

FlowExtras FlowShown::extras() const
{
    return {truth ? &*truth : nullptr, backward ? &*backward : nullptr};
}

std::shared_ptr<const FlowShown> shown(FlowShown parts)
{
    parts.figures = motionFigures(parts.flow, parts.extras());
    return std::make_shared<const FlowShown>(std::move(parts));
}

} // namespace app::views
