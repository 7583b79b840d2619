#include "engine/tasks/language.h"

#include "engine/tasks/image_classification.h"

#include <algorithm>
#include <numeric>

namespace engine::tasks {

Tokenized tokenize(std::string_view text, bool frame)
{
    constexpr std::string_view kWords[] = {"[PAD]", "[BOS]", "[EOS]", "[MASK]", "[CLS]", "[SEP]"};
    Tokenized out;
    const auto add = [&](int32_t id, int64_t byte) {
        out.ids.push_back(id);
        out.byteOfToken.push_back(byte);
    };
    if (frame)
        add(kClsToken, -1);
    for (size_t i = 0; i < text.size();) {
        const auto* word = std::find_if(
            std::begin(kWords), std::end(kWords), [&](std::string_view w) { return text.substr(i, w.size()) == w; });
        if (word != std::end(kWords)) {
            add(int32_t(word - kWords), int64_t(i));
            i += word->size();
        } else {
            add(int32_t(uint8_t(text[i])) + kByteOffset, int64_t(i));
            ++i;
        }
    }
    if (frame)
        add(kSepToken, -1);
    return out;
}

std::string toValidUtf8(std::string_view bytes)
{
    std::string out;
    for (size_t i = 0; i < bytes.size();) {
        const auto at = [&](size_t k) { return i + k < bytes.size() ? uint8_t(bytes[i + k]) : uint8_t(0); };
        const uint8_t lead = at(0);
        size_t length = lead < 0x80       ? 1
            : lead >= 0xc2 && lead < 0xe0 ? 2
            : (lead & 0xf0) == 0xe0       ? 3
            : lead >= 0xf0 && lead < 0xf5 ? 4
                                          : 0;
        // The second byte has a narrower range after some leads: no overlong forms, surrogates or numbers too large.
        const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        size_t valid = length == 0 ? 0 : 1;
        while (valid > 0 && valid < length && at(valid) >= (valid == 1 ? low : 0x80)
            && at(valid) <= (valid == 1 ? high : 0xbf))
            ++valid;
        if (length > 0 && valid == length)
            out += bytes.substr(i, length);
        else
            out += "\xef\xbf\xbd";
        i += std::max<size_t>(valid, 1);
    }
    return out;
}

std::string decodeTokens(const std::vector<int32_t>& ids)
{
    std::string bytes;
    for (const int32_t id : ids)
        if (id >= kByteOffset && id < kByteOffset + 256)
            bytes += char(id - kByteOffset);
    return toValidUtf8(bytes);
}

namespace {

Result<void> checkText(const perceiver::Model& model, perceiver::Kind kind, const char* purpose)
{
    if (model.kind() != kind)
        return Error{ErrorKind::Usage,
            std::string("this model is for ") + perceiver::name(model.kind()) + ", not for " + purpose};
    return {};
}

} // namespace

Result<Filled> fillMasks(const perceiver::Model& model, std::string_view text,
    const std::vector<std::pair<int64_t, int64_t>>& masks, int top, const perceiver::KnockOut& without,
    perceiver::Run* kept)
{
    TRY(checkText(model, perceiver::Kind::MaskedLanguage, "filling in masked text"));
    Tokenized tokens = tokenize(text, model.flavour() == perceiver::Flavour::Hf);
    for (const auto& [start, end] : masks) {
        if (start < 0 || end > int64_t(text.size()) || start >= end)
            return Error{ErrorKind::Usage,
                "the mask " + std::to_string(start) + ":" + std::to_string(end) + " does not lie in the text's "
                    + std::to_string(text.size()) + " bytes"};
        for (size_t i = 0; i < tokens.ids.size(); ++i)
            if (tokens.byteOfToken[i] >= start && tokens.byteOfToken[i] < end)
                tokens.ids[i] = kMaskToken;
    }
    perceiver::Selection masked;
    Filled filled;
    for (size_t i = 0; i < tokens.ids.size(); ++i)
        if (tokens.ids[i] == kMaskToken) {
            masked.points.push_back(uint32_t(i));
            filled.masked.push_back({.token = int64_t(i), .position = tokens.byteOfToken[i]});
        }
    if (masked.points.empty())
        return Error{
            ErrorKind::Usage, "nothing is masked: write [MASK] for each byte to guess, or name a range of bytes"};
    TRY_ASSIGN(perceiver::Run run, model.encode(perceiver::TextInputs{tokens.ids, {}}, without, kept != nullptr));
    TRY_ASSIGN(const HostTensor logits, model.device().download(model.decode(run, model.outputs()[0], masked)));
    for (size_t m = 0; m < filled.masked.size(); ++m) {
        const auto row = logits.values.begin() + int64_t(m) * logits.columns();
        const std::vector<float> p = softmax({row, row + logits.columns()});
        std::vector<int> order(p.size());
        std::iota(order.begin(), order.end(), 0);
        const auto enough = order.begin() + std::min<int64_t>(std::max(top, 1), int64_t(order.size()));
        std::partial_sort(order.begin(), enough, order.end(), [&](int a, int b) { return p[size_t(a)] > p[size_t(b)]; });
        for (auto it = order.begin(); it != enough; ++it)
            filled.masked[m].best.push_back({*it >= kByteOffset ? *it - kByteOffset : -1 - *it, p[size_t(*it)]});
        tokens.ids[masked.points[m]] = order[0];
    }
    filled.text = decodeTokens(tokens.ids);
    if (kept)
        *kept = std::move(run);
    return filled;
}

Result<std::vector<float>> labelText(const perceiver::Model& model, std::string_view text,
    const perceiver::KnockOut& without, perceiver::Run* kept)
{
    TRY(checkText(model, perceiver::Kind::TextClassification, "labelling text"));
    const Tokenized tokens = tokenize(text, model.flavour() == perceiver::Flavour::Hf);
    TRY_ASSIGN(perceiver::Run run, model.encode(perceiver::TextInputs{tokens.ids, {}}, without, kept != nullptr));
    TRY_ASSIGN(const HostTensor logits, model.device().download(model.decode(run, model.outputs()[0], {.count = 1})));
    if (kept)
        *kept = std::move(run);
    return softmax(logits.values);
}

} // namespace engine::tasks
