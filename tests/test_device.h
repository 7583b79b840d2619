// The device that a test computes on: a software Vulkan driver with the validation layer, or what
// PERCEIVERSCOPE_TEST_DEVICE names (a request as devices.h has them). Tests that are declared with DEVICES run once for
// each way of computing.
#pragma once

#include "engine/devices/devices.h"
#include "engine/vulkan/vulkan_device.h"

#include <QtTest>

inline std::unique_ptr<engine::ops::Device> openTestDevice(engine::vulkan::DeviceChoice choice = {})
{
    using namespace engine;
    const std::string request = qEnvironmentVariable("PERCEIVERSCOPE_TEST_DEVICE", "llvmpipe").toStdString();
    choice.request = request;
    choice.validation = true;
    auto device = request == "cpu" ? devices::openDevice(request, choice.precision) : vulkan::createDevice(choice);
    if (!device.ok())
        qFatal("%s", device.error().message.c_str());
    return std::move(device).value();
}
