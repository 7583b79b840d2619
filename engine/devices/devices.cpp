#include "engine/devices/devices.h"

#include "engine/base/log.h"
#include "engine/cpu/cpu_device.h"
#include "engine/vulkan/vulkan_device.h"

#include <algorithm>

namespace engine::devices {

namespace {

using ops::Candidate;
using ops::DeviceKind;

const std::string kNative = "cpu", kVulkan = "vulkan";

bool asksForVulkan(const std::string& request)
{
    return request == kVulkan || request.starts_with(kVulkan + ":");
}

bool isAutomatic(const std::string& request)
{
    return request.empty() || request == "auto";
}

int place(const Candidate& candidate)
{
    if (!candidate.usable)
        return 3;
    return candidate.info.kind == DeviceKind::Cpu ? 1 : candidate.info.kind == DeviceKind::Software ? 2 : 0;
}

bool fits(const Candidate& candidate, const std::string& request, size_t index)
{
    return request == kNative ? candidate.info.kind == DeviceKind::Cpu : ops::isNamed(candidate.info, index, request);
}

std::string reasonOf(const Candidate& candidate, const std::string& request)
{
    if (candidate.chosen)
        return !isAutomatic(request)                 ? "asked for"
            : candidate.info.kind == DeviceKind::Cpu ? "the processor, natively: chosen because there is no GPU"
                                                     : std::string("the first ") + name(candidate.info.kind) + " GPU";
    switch (candidate.info.kind) {
    case DeviceKind::Cpu:
        return "the processor, natively; choose it as cpu";
    case DeviceKind::Software:
        return "a software driver, slower than the processor natively: used only when asked for";
    default:
        return "usable; choose it by name, index or UUID";
    }
}

vulkan::SelfTuning selfTuning(Tuning tuning)
{
    return tuning == Tuning::Measured ? vulkan::SelfTuning::Automatic : vulkan::SelfTuning::Off;
}

// All devices, and why Vulkan offers none where it has no driver.
std::vector<Candidate> listed(const std::string& request, Tuning tuning, std::string* withoutVulkan)
{
    const std::string which = request.starts_with(kVulkan + ":") ? request.substr(kVulkan.size() + 1) : "";
    std::vector<Candidate> all;
    auto found = vulkan::listDevices({.request = which, .tuning = selfTuning(tuning)});
    if (!found.ok())
        *withoutVulkan = found.error().message;
    else if (all = std::move(found).value(); all.empty())
        *withoutVulkan
            = "there is no Vulkan device: install your GPU's driver, or mesa-vulkan-drivers for a software one";
    all.push_back({.info = cpu::deviceInfo(), .usable = true, .request = kNative});
    std::stable_sort(
        all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return place(a) < place(b); });
    bool chosen = false;
    for (size_t i = 0; i < all.size(); ++i) {
        Candidate& candidate = all[i];
        const bool wanted
            = asksForVulkan(request) ? candidate.chosen : isAutomatic(request) || fits(candidate, request, i);
        candidate.chosen = candidate.usable && wanted && !chosen;
        chosen |= candidate.chosen;
        if (candidate.usable)
            candidate.reason = reasonOf(candidate, request);
    }
    return all;
}

} // namespace

std::vector<Candidate> listDevices(const std::string& request, Tuning tuning)
{
    std::string withoutVulkan;
    return listed(request, tuning, &withoutVulkan);
}

Result<std::unique_ptr<ops::Device>> openDevice(const std::string& request, ops::Precision precision, Tuning tuning)
{
    std::string withoutVulkan;
    const std::vector<Candidate> all = listed(request, tuning, &withoutVulkan);
    if (asksForVulkan(request) && !withoutVulkan.empty())
        return Error{ErrorKind::NoDevice, withoutVulkan};
    const auto chosen = std::find_if(all.begin(), all.end(), [](const Candidate& c) { return c.chosen; });
    if (chosen == all.end()) {
        std::string text = "no device fits '" + request + "'";
        for (size_t i = 0; i < all.size(); ++i)
            text += (i ? ", " : "; there is ") + std::to_string(i) + ": " + all[i].info.name + " ("
                + (all[i].usable ? name(all[i].info.kind) : "not usable: " + all[i].reason) + ")";
        return Error{ErrorKind::NoDevice, text};
    }
    if (chosen->info.kind == DeviceKind::Cpu) {
        log(LogLevel::Info, "device: " + chosen->info.name + " (" + chosen->reason + ")");
        return cpu::createDevice(precision);
    }
    return vulkan::createDevice({.request = chosen->info.uuid, .precision = precision, .tuning = selfTuning(tuning)});
}

} // namespace engine::devices
