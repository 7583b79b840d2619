// The attention map as the views show it: B, A or A - B on its scale, with what its numbers mean in words. What is
// drawn, read out, tabulated and exported are this one value. Interface thread.
#pragma once

#include "app/document/document.h"

#include <QString>

namespace app::document {

struct ShownMap {
    engine::HostTensor weights; // empty: there is nothing to show
    std::optional<engine::tasks::Rect> part; // frames: where there is anything
    Part over = Part::Inputs; // what the weights lie on
    views::ColourMap colours = views::ColourMap::Viridis;
    views::MapScale scale;
    std::optional<float> top; // of a global scale
    QString title, more; // "Why “cat”?", "decoder × 6 latent layers (rollout) × encoder"
    QString unit; // "share of attention"
    QString sentence; // for readers who do not see it

    bool empty() const { return weights.values.empty(); }
    float largest() const;
};

// Those of a map over a picture that lie in a part of it: [part's rows, part's columns].
engine::HostTensor weightsIn(const engine::HostTensor& map, const engine::tasks::Rect& part);

ShownMap shownMap(const Document& document);
// The same whichever of A, B and A - B is chosen; A and the difference are empty where nothing is pinned that B can be
// compared with.
ShownMap shownMap(const Document& document, Compare which);
bool comparable(const Document& document);
// What a question asks, in words: "Why “cat”?".
QString titleOf(const MapQuestion& question, const Document& document);
QString detailOf(const MapQuestion& question, const Analysis& analysis);
// Of a text: what its colours mean now, or why there are none, a sentence.
QString colouringOf(const Document& document);
// Which tile a map over latents answers for, where the question reaches over several; else empty.
QString tileOf(const AttentionMap& map);
// "pixel x 238 y 212", "byte 17 “é”", "latent 5": of one element.
QString elementName(Part part, uint32_t element, const Document& document);
// A weight as it is read: "1.9e-4", "0.12".
QString weightText(double weight);

} // namespace app::document
