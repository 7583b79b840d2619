// One function an operation: each records the kernels that do it. Shapes are checked already (ops::Device).
// Internal to engine/vulkan; engine thread.
#pragma once

#include "engine/vulkan/batch.h"
#include "engine/vulkan/fourier.h"
#include "shaders/layout.h"

namespace engine::vulkan {

// What a recording function may use: the stream, plans of VkFFT, temporaries, and the precision and forced variants.
struct Recorder {
    Stream& stream;
    FourierPlans& fourier;
    const DeviceChoice& choice;
    const Tuning& tuning;
    std::function<ops::Tensor(int64_t rows, int64_t columns)> create;
    std::function<ops::Indices(std::span<const uint32_t>)> uploadIndices;

    const Limits& limits() const { return stream.context().limits; }
    bool fast() const { return choice.precision == ops::Precision::Fast; }
    // Invocations that share a row of so many columns: one where the row is short (no barriers, many rows in flight),
    // one subgroup of a software driver, two or so of a GPU's.
    uint32_t lanes(int64_t columns) const
    {
        return columns <= (limits().software ? 384 : 64) ? 1 : limits().software ? 8 : 64;
    }
};

// A grid of `elements` invocations in workgroups of `local`, folded at shaders::kGridWidth.
Work elementGrid(int64_t elements, uint32_t local, double costPerElement);
// `lanes` invocations a row; gridWidth is what the kernel folds by. The specialization constants are set: local size,
// lanes, mode, rows of a workgroup.
Work rowGrid(int64_t rows, double costPerRow, uint32_t lanes, uint32_t mode, uint32_t* gridWidth);

template <typename Push>
void record(Recorder& r, KernelId kernel, std::initializer_list<Binding> bindings, const Push& push, const Work& work)
{
    r.stream.dispatch(kernel, bindings, &push, sizeof push, work);
}

void recordOp(Recorder& r, const ops::Gemm& op);
void recordOp(Recorder& r, const ops::LayerNorm& op);
void recordOp(Recorder& r, const ops::RowStatistics& op);
void recordOp(Recorder& r, const ops::Softmax& op);
void recordOp(Recorder& r, const ops::SoftmaxChunk& op);
void recordOp(Recorder& r, const ops::Probabilities& op);
void recordOp(Recorder& r, const ops::ScaleRows& op);
void recordOp(Recorder& r, const ops::Transpose& op);
void recordOp(Recorder& r, const ops::CopyColumns& op);
void recordOp(Recorder& r, const ops::FillColumns& op);
void recordOp(Recorder& r, const ops::FourierColumns& op);
void recordOp(Recorder& r, const ops::GatherRows& op);
void recordOp(Recorder& r, const ops::Add& op);
void recordOp(Recorder& r, const ops::Unfold& op);
void recordOp(Recorder& r, const ops::MaxPool& op);
void recordOp(Recorder& r, const ops::FuseHeads& op);
void recordOp(Recorder& r, const ops::MultiplyRows& op);
void recordOp(Recorder& r, const ops::RowSums& op);
void recordOp(Recorder& r, const ops::CellSums& op);
void recordOp(Recorder& r, const ops::Resize& op);
void recordOp(Recorder& r, const ops::Warp& op);
void recordOp(Recorder& r, const ops::MatchingCosts& op);
void recordOp(Recorder& r, const ops::LocalMotion& op);
void recordOp(Recorder& r, const ops::Median& op);
void recordOp(Recorder& r, const ops::CropTiles& op);
void recordOp(Recorder& r, const ops::BlendTiles& op);
void recordOp(Recorder& r, const ops::GridStatistics& op);
void recordOp(Recorder& r, const ops::GridScores& op);
void recordOp(Recorder& r, const ops::GridSums& op);
void recordOp(Recorder& r, const ops::PowerSpectrum& op);
bool recordOp(Recorder& r, const ops::Attend& op); // false: no fused kernel for these widths

} // namespace engine::vulkan
