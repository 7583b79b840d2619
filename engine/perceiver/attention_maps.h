// Rows and columns of a run's attention maps, formed again from what the run kept (attention.md, section 1); the whole
// of a map only when all of its rows are asked for. What the questions of attention.h are answered with. Results are
// weights on the host; columns over inputs have padding as 0. Engine thread.
#pragma once

#include "engine/perceiver/model.h"

namespace engine::perceiver {

// One head, or all heads fused. After maximum and minimum each row is divided by its sum.
struct HeadChoice {
    std::optional<int64_t> head;
    ops::HeadFusion fusion = ops::HeadFusion::Mean;

    bool operator==(const HeadChoice&) const = default;
};

// The inputs as the cells of a small grid. cellOf and places, one an input from the first on; inputs beyond are in no
// cell, nor are those with a cell that there is not.
struct InputCells {
    int64_t count = 0;
    std::vector<uint32_t> cellOf;
    std::vector<std::array<float, 2>> places;
};

class AttentionMaps {
public:
    AttentionMaps(const Model& model, const Run& run) : m_model(model), m_run(run), m_device(model.device()) { }

    // One head after the other, as the reference gives its maps.
    Result<HostTensor> encoderRows(const std::vector<uint32_t>& latents) const; // [h, latents, M]
    // All latents' rows, the mean of the heads, as sums over cells (ops::CellSums), formed and reduced on the device in
    // one pass over the inputs: [N, kCellSums * cells].
    Result<HostTensor> encoderCells(const InputCells& cells) const;
    Result<HostTensor> encoderColumns(const std::vector<uint32_t>& inputs) const; // [h, N, inputs]
    Result<HostTensor> layerRows(int64_t layer, const std::vector<uint32_t>& latents) const; // [h, latents, N]
    Result<HostTensor> decoderRows(const OutputHead& head, const Selection& outputs) const; // [h, outputs, N]

protected:
    // Floats of scores held at once beside the trace.
    static constexpr int64_t kBlockFloats = 4 << 20;

    // How many inputs one block holds, for so many rows of scores.
    int64_t inputsAtOnce(int64_t rows) const;
    ops::Tensor inputMask(int64_t first, int64_t count) const; // [1, count] or none
    ops::Tensor fuse(const ops::Tensor& weights, int64_t heads, HeadChoice choice) const; // [h n, m] -> [n, m]
    ops::Tensor encoderWeights(const EncoderQueries& queries, int64_t first, int64_t count) const; // [h N, count]
    ops::Tensor layerWeights(const ops::Tensor& queryKey, const SelfLayer& layer, int64_t first, int64_t count) const;
    ops::Tensor decoderWeights(const OutputHead& head, const DecoderLatents& latents, const Selection& outputs) const;

    const Model& m_model;
    const Run& m_run;
    ops::Device& m_device;

private:
    // Rows of a map [heads, rows, columns], a bounded number at a time.
    Result<HostTensor> rowsInBlocks(int64_t heads, int64_t rows, int64_t columns,
        const std::function<ops::Tensor(int64_t first, int64_t count)>& weights) const; // -> [heads * count, columns]
};

// count outputs of a selection from its first on.
Selection partOf(const Selection& selection, int64_t first, int64_t count);

} // namespace engine::perceiver
