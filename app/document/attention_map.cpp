#include "app/document/attention_map.h"

namespace app::document {

namespace {

struct DirectionInfo {
    Part from, to;
    const char *title, *tip;
};
constexpr DirectionInfo kInfo[kDirections] = {
    {Part::Latents, Part::Inputs, "latent → inputs",
        "A row of the encoder cross-attention: where a latent looks. Sums to 1."},
    {Part::Inputs, Part::Latents, "input → latents",
        "A column of the encoder cross-attention: which latents read this place, and how much."},
    {Part::Outputs, Part::Latents, "output → latents",
        "A row of the decoder cross-attention: which latents this output reads. Sums to 1."},
    {Part::Outputs, Part::Inputs, "output → inputs",
        "Decoder × latent layers × encoder: what this output's answer came from. Sums to 1."},
    {Part::Inputs, Part::Outputs, "input → outputs",
        "The same product the other way: which outputs this place takes part in."},
};

} // namespace

Part fromOf(Direction direction)
{
    return kInfo[int(direction)].from;
}

Part toOf(Direction direction)
{
    return kInfo[int(direction)].to;
}

const char* titleOf(Direction direction)
{
    return kInfo[int(direction)].title;
}

const char* tipOf(Direction direction)
{
    return kInfo[int(direction)].tip;
}

} // namespace app::document
