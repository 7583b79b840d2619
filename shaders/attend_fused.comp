#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"
#include "rounded.glsl"

// context = softmax(scale Q K^T) V of all heads without the scores, for GPUs (FlashAttention, Dao et al. 2022): a
// workgroup holds kTile queries of one head and walks over one piece of the keys, kTile at a time, with the running
// maximum and sum of every row. With one piece it finishes the rows; with more, z counts the pieces and each leaves its
// own context, maximum and sum for attend_merge. With kRounded, two neighbouring channels, then two neighbouring keys,
// share a word of shared memory as halves; sums are single precision all the same.
//   q (batch queries, heads f), k (batch keys, heads f), v (batch keys, heads g), mask (keys)
//   context (batch queries, heads g), maximum, sum (batch heads queries); pieces: (splits, batch heads queries[, g])
layout(local_size_x_id = 0) in; // (kTile / 4)^2
layout(constant_id = 1) const uint kTile = 32;
layout(constant_id = 2) const uint kF = 32; // channels of a head
layout(constant_id = 3) const uint kG = 32;
layout(constant_id = 4) const bool kMasked = false;
layout(constant_id = 5) const bool kRounded = false;
layout(push_constant) uniform Push { Attend p; };
layout(binding = 0) readonly buffer Q { vec4 q[]; };
layout(binding = 1) readonly buffer K { vec4 k[]; };
layout(binding = 2) readonly buffer V { vec4 v[]; };
layout(binding = 3) buffer Context { float context[]; };
layout(binding = 4) readonly buffer Mask { float mask[]; };
layout(binding = 5) buffer Maximum { float maximum[]; };
layout(binding = 6) buffer Sum { float sum[]; };

const uint kOwn = 4; // rows and keys of one invocation; four neighbours, so that shared memory is read by fours
const uint kDepth = kAttendDepth; // channels, then keys, staged at a time
const uint kAcross = kTile / kOwn, kPitch = kTile + 4;
const uint kOwnG = (kG + kAcross - 1) / kAcross, kPitchG = kOwnG * kAcross;
const uint kPer = kRounded ? 2 : 1; // numbers in a word
const uint kDepthWords = kDepth / kPer;
const uint kStageScores = 2 * kDepthWords * kPitch, kStageValues = kDepthWords * kPitchG;
const float kNoMaximum = -1e30;
const float kWeightScale = kRounded ? 32768.0 : 1.0; // weights are 1 at most: the whole range of halves is theirs

shared uint stage[kStageScores > kStageValues ? kStageScores : kStageValues];
shared uint weights[kTile / kPer * kPitch]; // [key][query]

uint lane, down, side, lanes;

void stageChannels(uint at, vec4 x, uint row, uint group)
{
    const uvec4 w = kRounded ? uvec4(packRounded(x.x, x.y), packRounded(x.z, x.w), 0, 0) : floatBitsToUint(x);
    for (uint e = 0; e < 4 / kPer; ++e)
        stage[at + (group * 4 / kPer + e) * kPitch + row] = w[e];
}

uint word(float x, float y) // exact numbers stand alone: x
{
    return kRounded ? packRounded(x, y) : floatBitsToUint(x);
}

vec2 pair(uint w)
{
    return kRounded ? unpackHalf2x16(w) : vec2(uintBitsToFloat(w), 0);
}

float addProduct(vec2 x, vec2 y, float sum)
{
    const float one = fma(x.x, y.x, sum);
    return kRounded ? fma(x.y, y.y, one) : one;
}

// scores[i * kOwn + j]: query down * kOwn + i with key first + side * kOwn + j, not yet scaled.
void scoreTile(uint qBase, uint queries, uint kBase, uint keys, inout float scores[kOwn * kOwn])
{
    for (uint i = 0; i < kOwn * kOwn; ++i)
        scores[i] = 0.0;
    for (uint c = 0; c < kF; c += kDepth) {
        barrier();
        for (uint i = lane; i < kTile * kDepth / 4; i += lanes) {
            const uint row = i / (kDepth / 4), group = i % (kDepth / 4), at = (c >> 2) + group;
            const bool inside = at < kF / 4;
            stageChannels(0, inside && row < queries ? q[qBase + row * (p.qStride >> 2) + at] : vec4(0), row, group);
            stageChannels(
                kDepthWords * kPitch, inside && row < keys ? k[kBase + row * (p.kStride >> 2) + at] : vec4(0), row, group);
        }
        barrier();
        for (uint d = 0; d < kDepthWords; ++d) {
            vec2 x[kOwn], y[kOwn];
            for (uint i = 0; i < kOwn; ++i) {
                x[i] = pair(stage[d * kPitch + down * kOwn + i]);
                y[i] = pair(stage[(kDepthWords + d) * kPitch + side * kOwn + i]);
            }
            for (uint i = 0; i < kOwn; ++i)
                for (uint j = 0; j < kOwn; ++j)
                    scores[i * kOwn + j] = addProduct(x[i], y[j], scores[i * kOwn + j]);
        }
    }
}

vec4 valuesOf(uint vBase, uint key, uint end, uint group)
{
    return key < end ? v[vBase + key * (p.vStride >> 2) + group] : vec4(0);
}

void main()
{
    lane = gl_LocalInvocationID.x;
    lanes = gl_WorkGroupSize.x;
    down = lane / kAcross;
    side = lane % kAcross;
    const uint firstQuery = gl_WorkGroupID.x * kTile, queries = min(kTile, p.queries - firstQuery);
    const uint batch = gl_WorkGroupID.y / p.heads, head = gl_WorkGroupID.y % p.heads, piece = gl_WorkGroupID.z;
    const uint qBase = (p.base[0] + (batch * p.queries + firstQuery) * p.qStride + head * kF) >> 2;
    const uint kBase = (p.base[1] + batch * p.keys * p.kStride + head * kF) >> 2;
    const uint vBase = (p.base[2] + batch * p.keys * p.vStride + head * kG) >> 2;
    const uint end = min(p.keys, (piece + 1) * p.splitKeys);

    float most[kOwn], total[kOwn], sums[kOwn * kOwnG];
    for (uint i = 0; i < kOwn; ++i) {
        most[i] = kNoMaximum;
        total[i] = 0.0; // of this invocation's keys
    }
    for (uint i = 0; i < kOwn * kOwnG; ++i)
        sums[i] = 0.0;

    for (uint first = piece * p.splitKeys; first < end; first += kTile) {
        float scores[kOwn * kOwn];
        scoreTile(qBase, queries, kBase + first * (p.kStride >> 2), end - first, scores);
        bool here[kOwn];
        for (uint j = 0; j < kOwn; ++j) {
            const uint key = first + side * kOwn + j;
            here[j] = key < end && (!kMasked || mask[p.base[4] + min(key, p.keys - 1)] != 0.0);
        }
        barrier();
        for (uint i = 0; i < kOwn; ++i) {
            float own = kNoMaximum;
            for (uint j = 0; j < kOwn; ++j) {
                scores[i * kOwn + j] *= p.scale;
                own = here[j] ? max(own, scores[i * kOwn + j]) : own;
            }
            stage[side * kPitch + down * kOwn + i] = floatBitsToUint(own);
        }
        barrier();
        for (uint i = 0; i < kOwn; ++i) {
            const float before = most[i];
            for (uint s = 0; s < kAcross; ++s)
                most[i] = max(most[i], uintBitsToFloat(stage[s * kPitch + down * kOwn + i]));
            const float keep = exactExp(before - most[i]);
            total[i] *= keep;
            for (uint j = 0; j < kOwnG; ++j)
                sums[i * kOwnG + j] *= keep;
            for (uint j = 0; j < kOwn; ++j) {
                const float w = here[j] ? exactExp(scores[i * kOwn + j] - most[i]) : 0.0;
                total[i] += w;
                scores[i * kOwn + j] = w * kWeightScale;
            }
            for (uint j = 0; j < kOwn; j += kPer)
                weights[(side * kOwn + j) / kPer * kPitch + down * kOwn + i]
                    = word(scores[i * kOwn + j], scores[i * kOwn + j + kPer - 1]);
        }
        for (uint c = 0; c < kTile; c += kDepth) {
            barrier();
            for (uint i = lane; i < kDepthWords * (kG / 4); i += lanes) {
                const uint row = i / (kG / 4), group = i % (kG / 4), key = first + c + row * kPer;
                const vec4 x = valuesOf(vBase, key, end, group);
                const vec4 y = kRounded ? valuesOf(vBase, key + 1, end, group) : vec4(0);
                for (uint e = 0; e < 4; ++e)
                    stage[row * kPitchG + group * 4 + e] = word(x[e], y[e]);
            }
            barrier();
            for (uint d = 0; d < kDepthWords; ++d) {
                vec2 w[kOwn];
                for (uint i = 0; i < kOwn; ++i)
                    w[i] = pair(weights[(c / kPer + d) * kPitch + down * kOwn + i]);
                for (uint j = 0; j < kOwnG; ++j) {
                    const vec2 y = pair(stage[d * kPitchG + j * kAcross + side]); // beyond kG: anything, never stored
                    for (uint i = 0; i < kOwn; ++i)
                        sums[i * kOwnG + j] = addProduct(w[i], y, sums[i * kOwnG + j]);
                }
            }
        }
    }

    barrier();
    for (uint i = 0; i < kOwn; ++i)
        stage[side * kPitch + down * kOwn + i] = floatBitsToUint(total[i]);
    barrier();
    const uint rows = p.rows;
    for (uint i = 0; i < kOwn; ++i) {
        if (down * kOwn + i >= queries)
            continue;
        float all = 0.0;
        for (uint s = 0; s < kAcross; ++s)
            all += uintBitsToFloat(stage[s * kPitch + down * kOwn + i]);
        const uint query = firstQuery + down * kOwn + i, row = gl_WorkGroupID.y * p.queries + query;
        const bool whole = p.splits == 1;
        const float scale = !whole ? 1.0 : all > 0.0 ? 1.0 / all : 0.0;
        const uint at = whole ? p.base[3] + (batch * p.queries + query) * p.contextStride + head * kG
                              : p.base[3] + (piece * rows + row) * kG;
        for (uint j = 0; j < kOwnG; ++j)
            if (j * kAcross + side < kG)
                context[at + j * kAcross + side] = sums[i * kOwnG + j] * (scale / kWeightScale);
        if (side == 0) {
            maximum[p.base[5] + (whole ? row : piece * rows + row)] = most[i];
            sum[p.base[6] + (whole ? row : piece * rows + row)] = all;
        }
    }
}
