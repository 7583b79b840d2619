// The operations on Vulkan compute: listing devices, choosing one with reasons, and opening it. No Vulkan type is seen
// here. Needs Vulkan 1.2 and a compute queue; nothing else is required. Engine thread; listing from any thread.
#pragma once

#include "engine/ops/device.h"

namespace engine::vulkan {

// Forces one way of computing products and attention, for tests; Automatic chooses by device.
// Cooperative: of halves, where the device has cooperative matrices and computes fast; else as Automatic.
enum class GemmVariant { Automatic, Registers, SharedLarge, SharedMedium, SharedSmall, Cooperative };
enum class AttendVariant { Automatic, Fused, Streamed };

// Whether a device's kernels are measured at its first use, in 0.3 s at most, and the outcome kept (for each device,
// driver and precision) in $XDG_CACHE_HOME/perceiverscope, or ~/.cache/perceiverscope, with what its driver compiled.
// Automatic: on GPUs. Forced: on software drivers, too, for tests. Off, or where the environment has
// PERCEIVERSCOPE_NO_TUNING: a table decides.
enum class SelfTuning { Automatic, Off, Forced };

struct DeviceChoice {
    std::string request; // "" or "auto"; an index among the Vulkan devices; a UUID; or a part of a device's name
    ops::Precision precision = ops::Precision::Exact; // Fast: where it pays; software drivers were no faster with it
    bool fastAnywhere = false; // for tests: on software drivers, too, by the kernels for GPUs
    bool validation = false; // the Khronos layer with synchronisation checks, where it is installed
    GemmVariant gemm = GemmVariant::Automatic;
    AttendVariant attend = AttendVariant::Automatic;
    int64_t splitK = 0; // force this many pieces of the depth, or of the keys of a fused attend; 0: by shape
    SelfTuning tuning = SelfTuning::Automatic;
    double tuningSeconds = 0.3;
    std::string cacheFolder; // in place of the user's
    int64_t failAfterSubmits = -1; // for tests: the device counts as lost after so many submissions
};

// Every Vulkan device of this machine, best first among the usable; one is chosen unless the request fits none.
// NoDevice when there is no Vulkan driver at all.
Result<std::vector<ops::Candidate>> listDevices(const DeviceChoice& choice);

// NoDevice with the devices there are, when the request fits none.
Result<std::unique_ptr<ops::Device>> createDevice(const DeviceChoice& choice);

// What the validation layer said since the process started (all devices).
std::vector<std::string> validationMessages();

} // namespace engine::vulkan
