#include "engine/tasks/forward.h"

#include "engine/perceiver/attention.h"

#include <algorithm>
#include <numeric>

namespace engine::tasks {

namespace {

using perceiver::Kind;
using weights::TensorView;
using Views = std::map<std::string, TensorView>;
using Tensors = std::map<std::string, HostTensor>;

Result<HostTensor> input(const Views& inputs, const std::string& name, size_t rank)
{
    const auto found = inputs.find(name);
    if (found == inputs.end())
        return Error{ErrorKind::BadData, "the inputs hold no tensor " + name + ", which this model takes"};
    if (found->second.shape.size() != rank)
        return Error{ErrorKind::BadData,
            "the input " + name + " has shape " + toString(found->second.shape) + "; expected " + std::to_string(rank)
                + " axes"};
    return HostTensor(found->second.shape, toFloat(found->second));
}

// Sample b of an array whose first axis is the batch.
HostTensor sample(const HostTensor& batch, int64_t b)
{
    const Shape shape(batch.shape.begin() + 1, batch.shape.end());
    const int64_t size = elementCount(shape);
    return HostTensor(shape, {batch.values.begin() + b * size, batch.values.begin() + (b + 1) * size});
}

// [.., C, H, W] with any leading axes -> the same with channels last.
HostTensor channelsLast(const HostTensor& x)
{
    Shape shape = x.shape;
    const size_t n = shape.size();
    const int64_t c = shape[n - 3], h = shape[n - 2], w = shape[n - 1];
    shape[n - 3] = h;
    shape[n - 2] = w;
    shape[n - 1] = c;
    HostTensor out(shape);
    for (int64_t lead = 0; lead < x.size() / std::max<int64_t>(1, c * h * w); ++lead)
        for (int64_t i = 0; i < c; ++i)
            for (int64_t p = 0; p < h * w; ++p)
                out.values[size_t((lead * h * w + p) * c + i)] = x.values[size_t((lead * c + i) * h * w + p)];
    return out;
}

} // namespace

Result<std::vector<perceiver::Inputs>> samplesOf(const perceiver::Model& model, const Views& views)
{
    std::vector<perceiver::Inputs> all;
    const Kind kind = model.kind();
    if (kind == Kind::Multimodal) {
        TRY_ASSIGN(const HostTensor video, input(views, "inputs.image", 5));
        TRY_ASSIGN(const HostTensor audio, input(views, "inputs.audio", 3));
        for (int64_t b = 0; b < std::min(video.shape[0], audio.shape[0]); ++b)
            all.emplace_back(perceiver::ClipInputs{channelsLast(sample(video, b)), sample(audio, b).values});
        return all;
    }
    std::vector<uint8_t> masks;
    if (const auto mask = views.find("attention_mask"); mask != views.end())
        for (const float value : toFloat(mask->second))
            masks.push_back(value != 0);
    const size_t rank = kind == Kind::OpticalFlow                          ? 5
        : kind == Kind::Bare                                               ? 3
        : kind == Kind::MaskedLanguage || kind == Kind::TextClassification ? 2
                                                                           : 4;
    TRY_ASSIGN(const HostTensor inputs, input(views, "inputs", rank));
    for (int64_t b = 0; b < inputs.shape[0]; ++b) {
        HostTensor x = sample(inputs, b);
        std::vector<uint8_t> mask;
        if (!masks.empty()) {
            const int64_t length = x.shape[0];
            if (int64_t(masks.size()) != inputs.shape[0] * length)
                return Error{ErrorKind::BadData, "attention_mask and inputs have different sizes"};
            mask.assign(masks.begin() + b * length, masks.begin() + (b + 1) * length);
        }
        if (rank == 2) {
            perceiver::TextInputs text{.mask = mask};
            for (const float id : x.values)
                text.ids.push_back(int32_t(id));
            all.emplace_back(std::move(text));
        } else if (rank == 3) {
            all.emplace_back(perceiver::ArrayInputs{std::move(x), mask});
        } else if (rank == 4) {
            const int64_t height = x.shape[1], width = x.shape[2];
            HostTensor pixels = channelsLast(x);
            pixels.shape = {height * width, pixels.shape[2]};
            all.emplace_back(perceiver::ImageInputs{std::move(pixels), height, width});
        } else { // [2, 27, H, W]: both frames' patches are the channels
            x.shape = {x.shape[0] * x.shape[1], x.shape[2], x.shape[3]};
            HostTensor patches = channelsLast(x);
            patches.shape = {patches.shape[0] * patches.shape[1], patches.shape[2]};
            all.emplace_back(perceiver::FlowInputs{std::move(patches)});
        }
    }
    return all;
}

namespace {

perceiver::Selection selectionOf(const perceiver::OutputHead& head, const Views& views)
{
    const auto points = views.find("subsampled_output_points." + head.segment.name);
    perceiver::Selection selection{.count = head.segment.count()};
    if (points != views.end() && points->second.dtype == weights::DType::I64)
        for (const float value : toFloat(points->second))
            selection.points.push_back(uint32_t(value));
    return selection;
}

std::vector<uint32_t> everything(int64_t count)
{
    std::vector<uint32_t> all(static_cast<size_t>(count));
    std::iota(all.begin(), all.end(), 0u);
    return all;
}

// Columns of whole rows [h, R, C].
HostTensor columnsOf(const HostTensor& map, const std::vector<uint32_t>& columns)
{
    HostTensor out({map.shape[0], map.shape[1], int64_t(columns.size())});
    for (int64_t r = 0; r < map.rows(); ++r)
        for (size_t i = 0; i < columns.size(); ++i)
            out.at(r, int64_t(i)) = map.at(r, columns[i]);
    return out;
}

using RowsOf = std::function<Result<HostTensor>(const std::vector<uint32_t>&)>;

// A map whole, or what its pick asks for.
Result<void> addMap(Tensors& out, const ForwardOptions& options, const std::string& name, int64_t rows,
    const RowsOf& rowsOf, const RowsOf& columnsOfMap)
{
    const auto pick = options.picks.find(name);
    if (pick == options.picks.end()) {
        TRY_ASSIGN(out[name], rowsOf(everything(rows)));
        return {};
    }
    if (!pick->second.rows.empty()) {
        TRY_ASSIGN(out[name + ".rows"], rowsOf(pick->second.rows));
    }
    if (!pick->second.columns.empty()) {
        TRY_ASSIGN(out[name + ".columns"], columnsOfMap(pick->second.columns));
    }
    return {};
}

// Rows of the decoder's map in the order of the reference: the heads' outputs one after the other.
Result<HostTensor> decoderRows(const perceiver::Model& model, const perceiver::Attention& attention,
    const std::vector<perceiver::Selection>& selections, const std::vector<uint32_t>& rows)
{
    const int64_t h = model.decoder().heads(), n = model.config().numLatents;
    HostTensor out({h, int64_t(rows.size()), n});
    int64_t first = 0;
    for (size_t i = 0; i < selections.size(); ++i) {
        const perceiver::Selection& selection = selections[i];
        perceiver::Selection some;
        std::vector<size_t> places;
        for (size_t r = 0; r < rows.size(); ++r)
            if (rows[r] >= first && rows[r] < first + selection.size()) {
                const size_t k = size_t(rows[r] - first);
                some.points.push_back(
                    selection.points.empty() ? uint32_t(size_t(selection.first) + k) : selection.points[k]);
                places.push_back(r);
            }
        first += selection.size();
        if (some.points.empty())
            continue;
        TRY_ASSIGN(const HostTensor part, attention.decoderRows(model.outputs()[i], some));
        for (int64_t head = 0; head < h; ++head)
            for (size_t r = 0; r < places.size(); ++r)
                std::copy_n(part.values.begin() + (head * int64_t(places.size()) + int64_t(r)) * n, n,
                    out.values.begin() + (head * int64_t(rows.size()) + int64_t(places[r])) * n);
    }
    return out;
}

Result<void> addMaps(Tensors& out, const perceiver::Model& model, const perceiver::Run& run,
    const std::vector<perceiver::Selection>& selections, const ForwardOptions& options)
{
    const perceiver::Attention attention(model, run);
    const int64_t n = model.config().numLatents;
    TRY(addMap(
        out, options, "encoder_attention", n, [&](const auto& rows) { return attention.encoderRows(rows); },
        [&](const auto& columns) { return attention.encoderColumns(columns); }));
    for (int64_t layer = 0; layer < model.executedLayers(); ++layer) {
        const RowsOf rows = [&](const auto& r) { return attention.layerRows(layer, r); };
        TRY(addMap(out, options, "self_attention." + std::to_string(layer), n, rows,
            [&](const auto& columns) -> Result<HostTensor> {
                TRY_ASSIGN(const HostTensor all, rows(everything(n)));
                return columnsOf(all, columns);
            }));
    }
    if (model.outputs().empty())
        return {};
    int64_t outputs = 0;
    for (const auto& selection : selections)
        outputs += selection.size();
    const RowsOf rows = [&](const auto& r) { return decoderRows(model, attention, selections, r); };
    return addMap(out, options, "decoder_attention", outputs, rows,
        [&](const std::vector<uint32_t>& columns) -> Result<HostTensor> {
            constexpr int64_t kRows = 8192; // whole rows of a large map do not fit at once
            const int64_t h = model.decoder().heads();
            HostTensor picked({h, outputs, int64_t(columns.size())});
            for (int64_t first = 0; first < outputs; first += kRows) {
                std::vector<uint32_t> some(size_t(std::min(kRows, outputs - first)));
                std::iota(some.begin(), some.end(), uint32_t(first));
                TRY_ASSIGN(const HostTensor block, rows(some));
                const HostTensor part = columnsOf(block, columns);
                for (int64_t head = 0; head < h; ++head)
                    std::copy_n(part.values.begin() + head * int64_t(some.size() * columns.size()),
                        some.size() * columns.size(),
                        picked.values.begin() + (head * outputs + first) * int64_t(columns.size()));
            }
            return picked;
        });
}

// The shape that the reference gives its answer, without the batch axis.
Shape answerShape(const perceiver::Model& model, const perceiver::OutputHead& head, const HostTensor& values)
{
    switch (model.kind()) {
    case Kind::MaskedLanguage:
        return {values.rows(), values.columns()};
    case Kind::OpticalFlow:
        return {head.segment.grid[0], head.segment.grid[1], 2};
    case Kind::Multimodal:
        if (head.segment.name == "image")
            return {values.rows(), values.columns()};
        return {values.size()};
    default:
        return {values.columns()};
    }
}

void stack(Tensors& out, const std::string& name, HostTensor part)
{
    HostTensor& all = out[name];
    if (all.shape.empty()) {
        all.shape = part.shape;
        all.shape.insert(all.shape.begin(), 0);
    }
    ++all.shape[0];
    all.values.insert(all.values.end(), part.values.begin(), part.values.end());
}

} // namespace

Result<Tensors> forward(const perceiver::Model& model, const Views& inputs, const ForwardOptions& options)
{
    ops::Device& device = model.device();
    TRY_ASSIGN(const std::vector<perceiver::Inputs> batch, samplesOf(model, inputs));
    Tensors out;
    for (size_t b = 0; b < batch.size(); ++b) {
        TRY_ASSIGN(const perceiver::Run run, model.encode(batch[b], options.without, options.maps && b == 0));
        TRY_ASSIGN(HostTensor latents, device.download(run.latents));
        stack(out, "latents", std::move(latents));
        std::vector<perceiver::Selection> selections;
        for (const perceiver::OutputHead& head : model.outputs()) {
            selections.push_back(selectionOf(head, inputs));
            TRY_ASSIGN(HostTensor values, device.download(model.decode(run, head, selections.back())));
            values.shape = answerShape(model, head, values);
            stack(out, head.segment.name.empty() ? "logits" : "logits." + head.segment.name, std::move(values));
        }
        if (options.maps && b == 0)
            TRY(addMaps(out, model, run, selections, options));
    }
    return out;
}

} // namespace engine::tasks
