#include "app/views/flow_views.h"

#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"
#include "app/views/colour_map.h"
#include "app/views/flow_arrows.h"
#include "app/views/flow_warp.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace app::views {

using engine::FlowField;
using engine::Image;
using formats::known;

namespace {

constexpr int kAmplified = 2; // differences of frames are faint

struct Scene {
    const FlowField& flow;
    const Image& first;
    const Image& second;
    float largest;
    const FlowExtras& extras;
};

// Where nothing is known: dark with lines that no map and no photo has.
QRgb hatch(int x, int y)
{
    return (x + y) % 8 < 2 ? qRgb(96, 96, 104) : qRgb(20, 20, 24);
}

template <typename Colour> QImage draw(const FlowField& flow, const Colour& colour)
{
    QImage picture(flow.width, flow.height, QImage::Format_RGB32);
    for (int y = 0; y < picture.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
        for (int x = 0; x < picture.width(); ++x)
            line[x] = colour(x, y);
    }
    return picture;
}

// As `draw`, of known vectors only.
template <typename Colour> QImage drawKnown(const FlowField& flow, const Colour& colour)
{
    return draw(flow, [&](int x, int y) {
        const float* v = flow.vector(x, y);
        return known(v) ? colour(x, y, v) : hatch(x, y);
    });
}

// The first frame with so much of its colour and light, as ground for what is drawn over it.
QRgb ground(const uint8_t* rgb, float colour, float light)
{
    const float grey = 0.3f * rgb[0] + 0.59f * rgb[1] + 0.11f * rgb[2];
    const auto mix = [&](uint8_t c) { return int((grey + (float(c) - grey) * colour) * light); };
    return qRgb(mix(rgb[0]), mix(rgb[1]), mix(rgb[2]));
}

QImage drawColours(const Scene& s)
{
    return drawKnown(s.flow, [&](int, int, const float* v) {
        const auto c = formats::vectorColour(v[0] / s.largest, v[1] / s.largest);
        return qRgb(c[0], c[1], c[2]);
    });
}

QImage drawArrows(const Scene& s)
{
    QImage picture
        = drawKnown(s.flow, [&](int x, int y, const float*) { return ground(s.first.pixel(x, y), 0.5f, 0.55f); });
    QPainter painter(&picture);
    paintArrows(painter, flowArrows(s.flow, s.largest));
    return picture;
}

QImage drawMagnitude(const Scene& s)
{
    return drawKnown(s.flow,
        [&](int, int, const float* v) { return colourAt(ColourMap::Viridis, std::hypot(v[0], v[1]) / s.largest); });
}

QImage drawWarped(const Scene& s)
{
    const WarpedFrame warped = warpBack(s.second, s.flow);
    return draw(s.flow, [&](int x, int y) {
        const uint8_t* c = warped.image.pixel(x, y);
        return warped.seen[size_t(y) * size_t(s.flow.width) + size_t(x)] ? qRgb(c[0], c[1], c[2]) : hatch(x, y);
    });
}

QRgb apart(const uint8_t* a, const uint8_t* b)
{
    const int sum = std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
    const int grey = std::min(255, kAmplified * sum / 3);
    return qRgb(grey, grey, grey);
}

QImage drawDifference(const Scene& s)
{
    const WarpedFrame warped = warpBack(s.second, s.flow);
    return draw(s.flow, [&](int x, int y) {
        return warped.seen[size_t(y) * size_t(s.flow.width) + size_t(x)]
            ? apart(s.first.pixel(x, y), warped.image.pixel(x, y))
            : hatch(x, y);
    });
}

QImage drawUnmoved(const Scene& s)
{
    return draw(s.flow, [&](int x, int y) { return apart(s.first.pixel(x, y), s.second.pixel(x, y)); });
}

QImage drawOcclusion(const Scene& s)
{
    return drawKnown(s.flow, [&](int x, int y, const float*) {
        const uint8_t* c = s.first.pixel(x, y);
        if (!formats::occludedAt(s.flow, *s.extras.backward, x, y))
            return ground(c, 0, 0.75f);
        // One hue, and enough of the frame's light to see what is hidden.
        const int light = qRed(ground(c, 0, 0.3f));
        return qRgb(178 + light, 24 + light, 90 + light);
    });
}

float errorAt(const float* v, const float* t)
{
    return std::hypot(v[0] - t[0], v[1] - t[1]);
}

QImage drawError(const Scene& s)
{
    const float most = largestError(s.flow, *s.extras.truth);
    return drawKnown(s.flow, [&](int x, int y, const float* v) {
        const float* t = s.extras.truth->vector(x, y);
        return known(t) ? colourAt(ColourMap::Magma, errorAt(v, t) / most) : hatch(x, y);
    });
}

struct Drawing {
    FlowViewText text;
    bool first, second, backward, truth; // what it needs
    QImage (*draw)(const Scene&);
};

constexpr Drawing kDrawings[] = {
    {{FlowView::Colours, QT_TRANSLATE_NOOP("FlowView", "Flow"),
         QT_TRANSLATE_NOOP(
             "FlowView", "Motion as colours: the hue is its direction, the strength its length. See the wheel.")},
        false, false, false, false, drawColours},
    {{FlowView::Arrows, QT_TRANSLATE_NOOP("FlowView", "Arrows"),
         QT_TRANSLATE_NOOP("FlowView", "Motion as arrows on the first frame: where each place goes.")},
        true, false, false, false, drawArrows},
    {{FlowView::Magnitude, QT_TRANSLATE_NOOP("FlowView", "Magnitude"),
         QT_TRANSLATE_NOOP("FlowView", "How far each pixel moves, whichever way: dark is still, bright is fast.")},
        false, false, false, false, drawMagnitude},
    {{FlowView::Warped, QT_TRANSLATE_NOOP("FlowView", "Warped"),
         QT_TRANSLATE_NOOP(
             "FlowView", "The second frame drawn back to the first: with a perfect flow they look the same.")},
        false, true, false, false, drawWarped},
    {{FlowView::Difference, QT_TRANSLATE_NOOP("FlowView", "Difference"),
         QT_TRANSLATE_NOOP("FlowView",
             "What is left between the first frame and the warped second, twice as bright: black is a match.")},
        true, true, false, false, drawDifference},
    {{FlowView::Unmoved, QT_TRANSLATE_NOOP("FlowView", "Unmoved"),
         QT_TRANSLATE_NOOP("FlowView",
             "The difference of the frames as they are, nothing moved, twice as bright: what the motion has to "
             "explain.")},
        true, true, false, false, drawUnmoved},
    {{FlowView::Occlusion, QT_TRANSLATE_NOOP("FlowView", "Occlusion"),
         QT_TRANSLATE_NOOP(
             "FlowView", "What the second frame does not show: there the flow backward does not lead back.")},
        true, false, true, false, drawOcclusion},
    {{FlowView::Error, QT_TRANSLATE_NOOP("FlowView", "Error"),
         QT_TRANSLATE_NOOP("FlowView", "How far each vector ends from the true one: black is right, bright is wrong.")},
        false, false, false, true, drawError},
};

template <typename Field> bool sized(const FlowField& flow, const Field& other)
{
    return flow.width == other.width && flow.height == other.height;
}

} // namespace

std::span<const FlowViewText> flowViewTexts()
{
    static const auto texts = [] {
        std::vector<FlowViewText> all;
        for (const Drawing& drawing : kDrawings)
            all.push_back(drawing.text);
        return all;
    }();
    return texts;
}

QImage flowView(FlowView view, const FlowField& flow, const Image& first, const Image& second, const FlowScale& scale,
    const FlowExtras& extras)
{
    if (!lackOf(view, flow, first, second, extras).empty())
        return {};
    return kDrawings[size_t(view)].draw({flow, first, second, largestOf(flow, scale), extras});
}

QImage flowView(FlowView view, const FlowShown& shown, const FlowScale& scale)
{
    return flowView(view, shown.flow, shown.first, shown.second, scale, shown.extras());
}

std::string lackOf(
    FlowView view, const FlowField& flow, const Image& first, const Image& second, const FlowExtras& extras)
{
    const Drawing& needs = kDrawings[size_t(view)];
    if (flow.uv.empty())
        return "There is no flow yet.";
    if ((needs.first && !sized(flow, first)) || (needs.second && !sized(flow, second)))
        return "The frames and the flow differ in size.";
    if (needs.backward && !extras.backward)
        return "This needs the flow backward: find the occlusion first.";
    if (needs.truth && !extras.truth)
        return "This needs the true flow: drop its file (.flo, .pfm, .exr or KITTI .png).";
    if ((needs.backward && !sized(flow, *extras.backward)) || (needs.truth && !sized(flow, *extras.truth)))
        return needs.truth ? "The true flow and this flow differ in size."
                           : "The flow backward and this flow differ in size.";
    return {};
}

float largestError(const FlowField& flow, const FlowField& truth)
{
    FlowField difference(flow.width, flow.height);
    for (size_t i = 0; i < flow.uv.size(); i += 2)
        for (size_t k = i; k < i + 2; ++k)
            difference.uv[k] = known(&flow.uv[i]) && known(&truth.uv[i]) ? flow.uv[k] - truth.uv[k] : NAN;
    return formats::colourScale(difference);
}

std::string captionOf(FlowView view, const FlowField& flow, const FlowScale& scale, const FlowExtras& extras)
{
    const auto length = [](float pixels) { return QString::number(double(pixels), 'g', 3); };
    const float largest = largestOf(flow, scale);
    QString text;
    if (view == FlowView::Colours)
        text = QString("Full colour at %1 px").arg(length(largest));
    else if (view == FlowView::Arrows)
        text = QString("Arrows %1 times as long as the motion").arg(double(flowArrows(flow, largest).factor));
    else if (view == FlowView::Magnitude)
        text = QString("0 to %1 px of motion").arg(length(largest));
    else if (view == FlowView::Warped)
        text = "Frame 2 drawn back to frame 1";
    else if (view == FlowView::Difference)
        text = QString("|warped frame 2 − frame 1| × %1").arg(kAmplified);
    else if (view == FlowView::Unmoved)
        text = QString("|frame 2 − frame 1| × %1").arg(kAmplified);
    else if (view == FlowView::Occlusion)
        text = "Pink: not seen in frame 2";
    else if (extras.truth && sized(flow, *extras.truth))
        text = QString("0 to %1 px of error").arg(length(largestError(flow, *extras.truth)));
    int64_t unknown = 0;
    for (size_t i = 0; view != FlowView::Unmoved && i < flow.uv.size(); i += 2)
        unknown += !known(&flow.uv[i]);
    if (unknown > 0)
        text += QString(unknown == 1 ? " · %1 vector unknown, hatched" : " · %1 vectors unknown, hatched").arg(unknown);
    return text.toStdString();
}

QImage wheelLegend(int side, qreal devicePixelRatio)
{
    const int pixels = std::max(1, int(std::lround(side * devicePixelRatio)));
    const float radius = float(pixels) / 2;
    QImage wheel(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < pixels; ++y) {
        auto* line = reinterpret_cast<QRgb*>(wheel.scanLine(y));
        for (int x = 0; x < pixels; ++x) {
            const float u = float(x) + 0.5f - radius, v = float(y) + 0.5f - radius, length = std::hypot(u, v);
            const float inside = std::clamp(radius - length, 0.0f, 1.0f); // the pixel's part within the rim
            const float unit = std::max(radius, length) * 1.0001f; // beyond the rim the wheel would darken
            const auto c = formats::vectorColour(u / unit, v / unit);
            line[x] = qPremultiply(qRgba(c[0], c[1], c[2], int(std::lround(inside * 255))));
        }
    }
    wheel.setDevicePixelRatio(devicePixelRatio);
    return wheel;
}

} // namespace app::views
