// Attention on any device: fused where the device can, else streamed through a bounded block of scores.
// Nothing of size queries x keys is ever stored beyond Device::scratchFloats(). Engine thread.
// Source: model-spec 2.2; streaming softmax as in Milakov and Gimelshein 2018 and FlashAttention.
#pragma once

#include "engine/ops/device.h"

namespace engine::ops {

// As Attend (operations.h), with context, maximum and sum made here.
struct Attended {
    Tensor context; // [batch * queries, heads * g]
    Tensor maximum, sum; // [1, batch * heads * queries]: of the scaled scores
};
// attend.q, k, v, mask, batch, heads, queries, keys, scale are given; fused = false keeps to the streamed way.
Attended attend(Device& device, Attend attend, bool fused = true);

// Scaled scores of a range of heads: q [queries, heads * f], k [keys, heads * f] -> [heads * queries, keys].
Tensor scores(Device& device, const Tensor& q, const Tensor& k, int64_t heads, float scale);

// Attention over keys that come chunk by chunk (the encoder's inputs): begin, add each chunk, end.
class StreamedAttend {
public:
    // q [queries, heads * f]; g: channels of a value per head.
    StreamedAttend(Device& device, Tensor q, int64_t heads, int64_t g, float scale);
    // k [keys, heads * f], v [keys, heads * g] of this chunk, mask [1, keys] or none.
    void add(const Tensor& k, const Tensor& v, const Tensor& mask);
    Attended end();

private:
    Device& m_device;
    Tensor m_q;
    int64_t m_heads = 1;
    float m_scale = 1;
    Attended m_state;
};

} // namespace engine::ops
