// What is open, as far as it decides which models can answer: the same five things that the starter models are for.
// Plain values; any thread.
#pragma once

#include "engine/engine.h"

#include <string>
#include <string_view>

namespace app::document {

enum class Asked { Nothing, Picture, Frames, MaskedText, Text, Clip };

// Of so many pictures or, without any, a text; Nothing for an empty text.
Asked askedOf(size_t pictures, std::string_view text);

// The starter model that is for it, which is its name in settings and sessions too: "image", "flow", "text",
// "sentiment", "clip"; empty for Nothing.
const char* taskName(Asked asked);

// Whether a model of this kind answers it; everything fits Nothing but what no window can ask (bare models).
bool answers(engine::perceiver::Kind kind, Asked asked);
// "two frames", "a text with [MASK]": what a model of this kind is asked.
const char* takes(engine::perceiver::Kind kind);

} // namespace app::document
