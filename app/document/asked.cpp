#include "app/document/asked.h"

namespace app::document {

using engine::perceiver::Kind;

Asked askedOf(size_t pictures, std::string_view text)
{
    if (pictures > 0)
        return pictures == 1 ? Asked::Picture : Asked::Frames;
    if (text.empty())
        return Asked::Nothing;
    return text.find("[MASK]") == std::string_view::npos ? Asked::Text : Asked::MaskedText;
}

const char* taskName(Asked asked)
{
    constexpr const char* kNames[] = {"", "image", "flow", "text", "sentiment", "clip"};
    return kNames[size_t(asked)];
}

bool answers(Kind kind, Asked asked)
{
    switch (kind) {
    case Kind::MaskedLanguage:
        return asked == Asked::Nothing || asked == Asked::MaskedText;
    case Kind::TextClassification: // it reads a hidden byte like any other
        return asked == Asked::Nothing || asked == Asked::MaskedText || asked == Asked::Text;
    case Kind::ImageLearned:
    case Kind::ImageFourier:
    case Kind::ImageConv:
        return asked == Asked::Nothing || asked == Asked::Picture;
    case Kind::OpticalFlow:
        return asked == Asked::Nothing || asked == Asked::Frames;
    case Kind::Multimodal:
        return asked == Asked::Nothing || asked == Asked::Clip;
    case Kind::Bare:
        break;
    }
    return false;
}

const char* takes(Kind kind)
{
    switch (kind) {
    case Kind::MaskedLanguage:
        return "a text with [MASK]";
    case Kind::TextClassification:
        return "a text";
    case Kind::ImageLearned:
    case Kind::ImageFourier:
    case Kind::ImageConv:
        return "a picture";
    case Kind::OpticalFlow:
        return "two frames";
    case Kind::Multimodal:
        return "a clip with sound";
    case Kind::Bare:
        break;
    }
    return "arrays only (pscope forward)";
}

} // namespace app::document
