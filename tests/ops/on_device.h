// What the tests of operations share: a device with the validation layer on, random tensors, comparisons.
#pragma once

#include "tests/test_device.h"

#include <QtTest>
#include <cmath>
#include <random>

using namespace engine;
using ops::Tensor;

constexpr double kTolerance = 5e-6;

inline HostTensor randomTensor(Shape shape, unsigned seed, float scale = 1)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, scale);
    HostTensor tensor(std::move(shape));
    for (float& v : tensor.values)
        v = normal(random);
    return tensor;
}

inline void expectClose(
    ops::Device& device, const Tensor& found, const HostTensor& expected, double tolerance = kTolerance)
{
    const auto values = device.download(found);
    QVERIFY2(values.ok(), values.ok() ? "" : values.error().message.c_str());
    QCOMPARE(values.value().size(), expected.size());
    double largest = 0, difference = 0;
    for (size_t i = 0; i < expected.values.size(); ++i) {
        const double d = std::abs(double(values.value().values[i]) - expected.values[i]);
        difference = d > difference || !std::isfinite(d) ? d : difference;
        largest = std::max(largest, std::abs(double(expected.values[i])));
    }
    QVERIFY2(difference <= tolerance * std::max(largest, 1e-30),
        qPrintable(QString("differs by %1 of %2").arg(difference).arg(largest)));
}

// The columns up to the next multiple of four hold zeros.
inline void expectPadding(ops::Device& device, const Tensor& t)
{
    Tensor turned = device.create(t.rows(), ops::padded(t.columns()));
    const Tensor wide(std::shared_ptr<ops::Storage>(std::shared_ptr<void>(), t.storage()), t.rows(),
        ops::padded(t.columns()), t.stride(), t.offset());
    device.copyColumns({wide, turned, 0});
    const auto values = device.download(turned);
    QVERIFY(values.ok());
    for (int64_t r = 0; r < t.rows(); ++r)
        for (int64_t c = t.columns(); c < ops::padded(t.columns()); ++c)
            QCOMPARE(values.value().at(r, c), 0.0f);
}

// Absolute: where the sum of many large numbers is small.
inline void expectNear(ops::Device& device, const Tensor& found, const std::vector<float>& expected, double tolerance)
{
    const auto values = device.download(found);
    QVERIFY2(values.ok(), values.ok() ? "" : values.error().message.c_str());
    QCOMPARE(values.value().values.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
        QVERIFY2(std::abs(double(values.value().values[i]) - expected[i]) <= tolerance,
            qPrintable(QString("%1 instead of %2").arg(values.value().values[i]).arg(expected[i])));
}

inline void expectNoValidationMessages()
{
    const auto messages = vulkan::validationMessages();
    QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
}
