#include "engine/perceiver/preprocess_text.h"

#include <algorithm>
#include <numeric>

namespace engine::perceiver {

namespace {

// Which inputs take part: the valid ones, or all when none is (the encoder is told).
Result<Tokens> chosen(const std::vector<uint8_t>& mask, int64_t inputs)
{
    if (inputs == 0)
        return Error{ErrorKind::BadData, "there are no inputs: give at least one"};
    if (!mask.empty() && int64_t(mask.size()) != inputs)
        return Error{ErrorKind::BadData,
            "the attention mask has " + std::to_string(mask.size()) + " values for " + std::to_string(inputs)
                + " inputs: give one value per input"};
    Tokens tokens{.inputs = inputs, .layout = {{"", 0, {inputs}}}};
    tokens.noneValid = !mask.empty() && std::none_of(mask.begin(), mask.end(), [](uint8_t m) { return m != 0; });
    if (!tokens.noneValid)
        tokens.original = validRows(mask);
    return tokens;
}

} // namespace

std::unique_ptr<TextPreprocessor> TextPreprocessor::load(
    Loader loader, int64_t vocabulary, int64_t positions, int64_t channels)
{
    auto preprocessor = std::make_unique<TextPreprocessor>();
    preprocessor->m_embedding = loader.upload(loader.tensor("embeddings.weight", {vocabulary, channels}));
    preprocessor->m_positions = loader.upload(loader.tensor("position_embeddings.weight", {positions, channels}));
    return preprocessor;
}

Result<Tokens> TextPreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    const auto* text = std::get_if<TextInputs>(&inputs);
    if (!text)
        return Error{ErrorKind::Usage, "this model takes text"};
    const int64_t length = int64_t(text->ids.size()), most = m_positions.rows();
    if (length > most)
        return Error{ErrorKind::BadData,
            "the text has " + std::to_string(length) + " tokens and this model takes " + std::to_string(most)
                + ": shorten it"};
    for (size_t i = 0; i < text->ids.size(); ++i)
        if (text->ids[i] < 0 || text->ids[i] >= m_embedding.rows())
            return Error{ErrorKind::BadData,
                "token " + std::to_string(i) + " is " + std::to_string(text->ids[i]) + "; this model knows 0 to "
                    + std::to_string(m_embedding.rows() - 1)};
    TRY_ASSIGN(Tokens tokens, chosen(text->mask, length));

    std::vector<uint32_t> positions = tokens.original;
    if (positions.empty()) {
        positions.resize(size_t(length));
        std::iota(positions.begin(), positions.end(), 0u);
    }
    std::vector<uint32_t> ids;
    for (const uint32_t position : positions)
        ids.push_back(uint32_t(text->ids[position]));
    const ops::Tensor rows = device.create(int64_t(positions.size()), channels());
    device.gatherRows({m_embedding, device.uploadIndices(ids), rows});
    device.add({chosenRows(device, m_positions, {.points = positions}), rows}); // [M', C]
    tokens.rows = rows;
    return tokens;
}

Result<Tokens> ArrayPreprocessor::tokens(ops::Device& device, const Inputs& inputs) const
{
    const auto* array = std::get_if<ArrayInputs>(&inputs);
    if (!array)
        return Error{ErrorKind::Usage, "this model has no preprocessor: it takes an array of inputs"};
    const HostTensor& values = array->values;
    if (values.shape.size() != 2 || values.columns() != m_channels)
        return Error{ErrorKind::BadData,
            "the inputs have shape " + toString(values.shape) + "; this model takes [inputs, "
                + std::to_string(m_channels) + "]"};
    TRY_ASSIGN(Tokens tokens, chosen(array->mask, values.rows()));
    tokens.rows = device.upload(values);
    if (!tokens.original.empty())
        tokens.rows = chosenRows(device, tokens.rows.stored(), {.points = tokens.original});
    return tokens;
}

} // namespace engine::perceiver
