// Text to guesses and labels (model-spec 3.1; transformers' PerceiverTokenizer): UTF-8 bytes as tokens, masked bytes
// filled in, whole texts labelled. Invalid UTF-8 is taken as the bytes it is. Engine thread; the tokenizer: any thread.
#pragma once

#include "engine/perceiver/model.h"

namespace engine::tasks {

constexpr int32_t kPadToken = 0, kMaskToken = 3, kClsToken = 4, kSepToken = 5, kByteOffset = 6;

struct Tokenized {
    std::vector<int32_t> ids;
    std::vector<int64_t> byteOfToken; // the byte of the text where each token starts; -1 for framing
};

// Bytes plus 6; the literal words [PAD] [BOS] [EOS] [MASK] [CLS] [SEP] become their ids. frame: [CLS] … [SEP] (hf).
Tokenized tokenize(std::string_view text, bool frame);
// Ids below 6 are dropped, the rest decoded; bytes that are no UTF-8 become U+FFFD.
std::string decodeTokens(const std::vector<int32_t>& ids);
// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD, one per maximal piece, as Python does.
std::string toValidUtf8(std::string_view bytes);

struct Guess {
    int byte = 0; // 0 … 255, or -1 - id for a special token
    float probability = 0;
};

struct MaskedByte {
    int64_t token = 0;
    int64_t position = 0; // byte in the text
    std::vector<Guess> best; // most probable first
};

struct Filled {
    std::string text; // with the best guesses in place
    std::vector<MaskedByte> masked;
};

// kept, where given: the run is left there, for questions about attention.
// masks: ranges [start, end) of bytes to hide besides the [MASK] words. top: guesses per byte.
// Usage for another kind of model or nothing masked, BadData for a text longer than the model takes.
Result<Filled> fillMasks(const perceiver::Model& model, std::string_view text,
    const std::vector<std::pair<int64_t, int64_t>>& masks, int top, const perceiver::KnockOut& without = {},
    perceiver::Run* kept = nullptr);

// Probabilities by label.
Result<std::vector<float>> labelText(const perceiver::Model& model, std::string_view text,
    const perceiver::KnockOut& without = {}, perceiver::Run* kept = nullptr);

} // namespace engine::tasks
