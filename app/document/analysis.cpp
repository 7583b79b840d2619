#include "app/document/analysis.h"

namespace app::document {

Scene sceneOf(const Question& question)
{
    if (question.clip)
        return Scene::Clip;
    return question.pictures.empty() ? Scene::Text : question.pictures.size() == 1 ? Scene::Picture : Scene::Frames;
}

Asked askedOf(const Question& question)
{
    if (question.clip)
        return Asked::Clip;
    const Asked asked = question.masks.empty() ? askedOf(question.pictures.size(), question.text) : Asked::MaskedText;
    return asked == Asked::Nothing ? Asked::Text : asked;
}

std::pair<std::string, std::string> taskOf(const Question& question)
{
    const Asked asked = askedOf(question);
    return {taskName(asked),
        asked == Asked::Frames           ? "Optical flow"
            : asked == Asked::Clip       ? "Clip with sound"
            : asked == Asked::Picture    ? "Image classification"
            : asked == Asked::MaskedText ? "Masked language"
                                         : "Mood of a text"};
}

bool tellsApart(const Analysis& analysis)
{
    return !analysis.shares.empty()
        && analysis.shares.front().probability > analysis.shares.back().probability * 1.001f;
}

std::optional<uint32_t> tokenOfByte(const Analysis& analysis, int64_t byte)
{
    for (size_t t = 0; t < analysis.byteOfToken.size(); ++t) {
        const auto [first, end] = bytesOfToken(analysis, t);
        if (byte >= first && byte < end)
            return uint32_t(t);
    }
    return {};
}

std::pair<int64_t, int64_t> bytesOfToken(const Analysis& analysis, size_t token)
{
    const int64_t first = analysis.byteOfToken[token];
    if (first < 0)
        return {-1, -1};
    const int64_t next = token + 1 < analysis.byteOfToken.size() ? analysis.byteOfToken[token + 1] : -1;
    return {first, next < 0 ? analysis.textBytes : next};
}

} // namespace app::document
