// The Vulkan device as its callers see it: choice with reasons, memory accounts, cancelling, a lost device, timings.
#include "engine/vulkan/vulkan_device.h"

#include <QtTest>

using namespace engine;

namespace {

std::unique_ptr<ops::Device> open(vulkan::DeviceChoice choice = {})
{
    choice.request = qEnvironmentVariable("PERCEIVERSCOPE_TEST_DEVICE", "llvmpipe").toStdString();
    choice.validation = true;
    auto device = vulkan::createDevice(choice);
    if (!device.ok())
        qFatal("%s", device.error().message.c_str());
    return std::move(device).value();
}

void multiply(ops::Device& device, int times)
{
    const ops::Tensor a = device.zeros(1024, 1024), b = device.zeros(1024, 1024);
    for (int i = 0; i < times && !device.failed(); ++i) {
        const ops::Tensor c = device.create(1024, 1024);
        device.gemm({.rows = 1024, .columns = 1024, .depth = 1024, .a = {a}, .b = {b}, .c = {c}});
    }
}

} // namespace

class TestDevice : public QObject {
    Q_OBJECT

private slots:
    void isChosenByIndexNameAndUuid()
    {
        const auto all = vulkan::listDevices({});
        QVERIFY(all.ok() && !all.value().empty());
        for (size_t i = 0; i < all.value().size(); ++i)
            for (const std::string& request : {std::to_string(i), all.value()[i].info.uuid}) {
                const auto listed = vulkan::listDevices({.request = request});
                QVERIFY(listed.ok());
                QVERIFY(listed.value()[i].chosen);
                QVERIFY(!listed.value()[i].reason.empty());
            }
    }

    void unknownDeviceNamesThoseThatExist()
    {
        const auto device = vulkan::createDevice({.request = "no such device"});
        QVERIFY(!device.ok());
        QCOMPARE(int(device.error().kind), int(ErrorKind::NoDevice));
        QVERIFY(device.error().message.find("no such device") != std::string::npos);
        QVERIFY(device.error().message.find("0: ") != std::string::npos);
    }

    void countsMemoryByUse()
    {
        const auto device = open();
        const auto bytes = [&](const char* use) {
            for (const ops::MemoryUse& memory : device->memory())
                if (memory.name == use)
                    return memory.highWaterBytes;
            return uint64_t(0);
        };
        QCOMPARE(bytes("weights"), uint64_t(0));
        const std::vector<float> values(1000 * 1000, 1.0f);
        const ops::Tensor weights = device->uploadWeights(1000, 1000, values);
        QVERIFY(device->finish().ok());
        QVERIFY(bytes("weights") >= 4'000'000 && bytes("weights") < 5'000'000);
        QVERIFY(bytes("total") >= bytes("weights"));
    }

    void cancelStopsAndIsReported()
    {
        const auto device = open();
        double done = 0;
        device->beginJob(0, [&](const ops::Progress& progress) {
            done = progress.done;
            device->requestCancel();
        });
        multiply(*device, 400); // 860 GFLOP if it were not stopped
        const auto result = device->endJob();
        QVERIFY(!result.ok());
        QCOMPARE(int(result.error().kind), int(ErrorKind::Cancelled));
        QVERIFY(done > 0 && done < 400e9);
        device->beginJob(0, {}); // and the device is usable again
        multiply(*device, 1);
        QVERIFY(device->endJob().ok());
    }

    void lostDeviceIsAnErrorThatTravelsUp()
    {
        const auto device = open({.failAfterSubmits = 1});
        multiply(*device, 200);
        const auto values = device->download(device->zeros(2, 2));
        QVERIFY(!values.ok());
        QCOMPARE(int(values.error().kind), int(ErrorKind::NoDevice));
        QVERIFY(!device->endJob().ok());
        QVERIFY(!device->download(device->zeros(2, 2)).ok()); // it stays lost
    }

    void passesHaveTimes()
    {
        const auto device = open();
        {
            const auto pass = device->pass("products");
            multiply(*device, 2);
        }
        bool found = false;
        for (const ops::PassTime& time : device->takeTimings())
            if (time.name == "products") {
                found = true;
                QVERIFY(time.seconds > 0);
                QCOMPARE(time.flop, 2 * 2.0 * 1024 * 1024 * 1024);
            }
        QVERIFY(found);
    }

    void cleanupTestCase()
    {
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }
};

QTEST_GUILESS_MAIN(TestDevice)
#include "test_device.moc"
