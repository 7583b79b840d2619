// Every device of this machine, whichever way it computes, and opening one of them. A request is
//   "" or "auto"      the best GPU; without one, the processor natively (ahead of software Vulkan drivers, whose
//   answers
//                     are the same and several times later);
//   "cpu"             the processor, natively;
//   "vulkan"          the best Vulkan device, also a software driver;
//   "vulkan:WHICH"    that Vulkan device: its place among them, its UUID or a part of its name;
//   anything else     a place in the list below, a UUID, or a part of a name.
// Listing from any thread; a device belongs to the thread that uses it.
#pragma once

#include "engine/ops/device.h"

namespace engine::devices {

// Whether a GPU's kernels are measured at its first use and the outcome kept for the next (vulkan_device.h), or a table
// decides alone.
enum class Tuning { Measured, Table };

// GPUs, the processor, software drivers, then what cannot be used. One is chosen, unless the request fits none. Never
// empty: a machine without Vulkan has its processor.
std::vector<ops::Candidate> listDevices(const std::string& request = "", Tuning tuning = Tuning::Measured);

// NoDevice with the devices there are, when the request fits none. Fast: GPUs, and processors that multiply 16-bit
// numbers; others compute exactly (Device::precision).
Result<std::unique_ptr<ops::Device>> openDevice(const std::string& request = "",
    ops::Precision precision = ops::Precision::Exact, Tuning tuning = Tuning::Measured);

} // namespace engine::devices
