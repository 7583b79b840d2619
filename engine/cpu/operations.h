// One function an operation: each computes it at once. Shapes are checked already (ops::Device). Internal to
// engine/cpu; engine thread.
#pragma once

#include "engine/cpu/memory.h"

namespace engine::cpu {

void compute(const ops::Gemm& op);
void compute(const ops::LayerNorm& op);
void compute(const ops::RowStatistics& op);
void compute(const ops::Softmax& op);
void compute(const ops::SoftmaxChunk& op);
void compute(const ops::Probabilities& op);
void compute(const ops::ScaleRows& op);
void compute(const ops::Transpose& op);
void compute(const ops::CopyColumns& op);
void compute(const ops::FillColumns& op);
void compute(const ops::FourierColumns& op);
void compute(const ops::GatherRows& op);
void compute(const ops::Add& op);
void compute(const ops::Unfold& op);
void compute(const ops::MaxPool& op);
void compute(const ops::FuseHeads& op);
void compute(const ops::MultiplyRows& op);
void compute(const ops::RowSums& op);
void compute(const ops::CellSums& op);
void compute(const ops::Resize& op);
void compute(const ops::Warp& op);
void compute(const ops::MatchingCosts& op);
void compute(const ops::LocalMotion& op);
void compute(const ops::Median& op);
void compute(const ops::CropTiles& op);
void compute(const ops::BlendTiles& op);
void compute(const ops::PowerSpectrum& op);
void compute(const ops::GridStatistics& op);
void compute(const ops::GridScores& op);
void compute(const ops::GridSums& op);
void compute(const ops::Attend& op);

// Mean and 1/sigma of points as rows of their own.
struct Statistics {
    explicit Statistics(const ops::Tensor& meanAndScale);
    std::vector<float> mean, scale;
};
// Some of the points, after those before them; finish once all were there.
void attendPart(const ops::AttendGrid& op, const Statistics& statistics, int64_t first, int64_t count);
void finishAttend(const ops::AttendGrid& op);

} // namespace engine::cpu
