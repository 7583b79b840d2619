// Flow fields in files, by extension: .flo (Middlebury), .png (KITTI, 16 bit), .npy (float32 [H, W, 2]), .pfm (three
// channels u, v, 0), .exr (channels forward.u and forward.v, v downwards as everywhere here), .st.exr (an ST map, as
// compositing programs take it: R and G say where in the second picture, from 0 at its left and lower edge to 1 at its
// right and upper edge, the pixel is found again: R = (x + 0.5 + u) / width, G = 1 - (y + 0.5 + v) / height, y and v
// downwards; B is 0, A 1). Unknown vectors are NaN in memory; .flo writes them as 1e10, KITTI as invalid, .st.exr as
// no motion with A 0. Adding a format: one pair of functions and one line of the table. Any thread.
#pragma once

#include "engine/base/image.h"
#include "engine/base/result.h"

#include <filesystem>
#include <span>
#include <string>

namespace app::formats {

using Bytes = std::vector<uint8_t>;

// Usage for an unknown extension, BadData with what is wrong, InputOutput when writing fails; nothing is left
// half-written.
engine::Result<engine::FlowField> readFlow(const std::filesystem::path& path);
engine::Result<void> writeFlow(const std::filesystem::path& path, const engine::FlowField& flow);
// Whether writeFlow would take this name, before anything is computed.
engine::Result<void> checkFlowName(const std::filesystem::path& path);

// From and to memory; `name` is used in errors.
engine::Result<engine::FlowField> decodeFlo(std::span<const uint8_t> bytes, const std::string& name);
engine::Result<engine::FlowField> decodeNpy(std::span<const uint8_t> bytes, const std::string& name);
engine::Result<engine::FlowField> decodePfm(std::span<const uint8_t> bytes, const std::string& name);
engine::Result<engine::FlowField> decodeKitti(std::span<const uint8_t> bytes, const std::string& name);
engine::Result<engine::FlowField> decodeExr(std::span<const uint8_t> bytes, const std::string& name);
engine::Result<engine::FlowField> decodeSt(std::span<const uint8_t> bytes, const std::string& name);
engine::Result<Bytes> encodeFlo(const engine::FlowField& flow);
engine::Result<Bytes> encodeNpy(const engine::FlowField& flow);
engine::Result<Bytes> encodePfm(const engine::FlowField& flow);
engine::Result<Bytes> encodeKitti(const engine::FlowField& flow);
engine::Result<Bytes> encodeExr(const engine::FlowField& flow);
engine::Result<Bytes> encodeSt(const engine::FlowField& flow);

// One frame's motion to the next frame and to the one before, as compositing programs keep it: the EXR channels
// forward.u, forward.v, backward.u, backward.v in pixels, v upwards; 0 where a vector is unknown or a field null. One
// of them is there at least.
engine::Result<Bytes> encodeVectors(const engine::FlowField* forward, const engine::FlowField* backward);

// A float32 array as .npy (version 1, C order), for attention maps.
Bytes encodeNpyArray(std::span<const float> values, const std::vector<int64_t>& shape);

// Whether both components are known (finite and below 1e9).
bool known(const float* vector);

} // namespace app::formats
