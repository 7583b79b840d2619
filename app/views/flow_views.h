// Everything a person looks at in an optical flow, as pictures of the frames' size: pure functions of the flow and its
// two frames. Adding a view: one function and one line of the table. What is not known is hatched. Any thread.
#pragma once

#include "app/views/flow_figures.h"

#include <QImage>
#include <span>

namespace app::views {

enum class FlowView { Colours, Arrows, Magnitude, Warped, Difference, Unmoved, Occlusion, Error };

struct FlowViewText {
    FlowView view;
    const char* name; // a word, for a switch; the context of its translation is "FlowView"
    const char* tip; // a sentence that teaches
};
// In the order of the enumeration.
std::span<const FlowViewText> flowViewTexts();

// Colours and Magnitude are drawn to largestOf(flow, scale), Arrows to a length that follows it, Error to largestError.
// A null picture where something is lacking.
QImage flowView(FlowView view, const engine::FlowField& flow, const engine::Image& first, const engine::Image& second,
    const FlowScale& scale, const FlowExtras& extras = {});
QImage flowView(FlowView view, const FlowShown& shown, const FlowScale& scale);

// What a view needs and does not have, as a sentence; nothing when it can be drawn.
std::string lackOf(FlowView view, const engine::FlowField& flow, const engine::Image& first,
    const engine::Image& second, const FlowExtras& extras = {});

// How to read the picture: its scale in pixels, the arrows' factor, and how many vectors are unknown.
std::string captionOf(
    FlowView view, const engine::FlowField& flow, const FlowScale& scale, const FlowExtras& extras = {});

// The error that 99.5 % of the pixels known in both do not exceed: the end of Error's map. At least 1e-6; both of one
// size.
float largestError(const engine::FlowField& flow, const engine::FlowField& truth);

// The colour wheel on transparent ground, `side` device-independent pixels square, its rim smooth.
QImage wheelLegend(int side, qreal devicePixelRatio);

} // namespace app::views
