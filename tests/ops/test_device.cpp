// The Vulkan device as its callers see it: choice with reasons, memory accounts, cancelling, a lost device, timings.
#include "tests/test_device.h"

#include <QtTest>

using namespace engine;

namespace {

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
        const auto all = devices::listDevices();
        QVERIFY(!all.empty());
        for (size_t i = 0; i < all.size(); ++i)
            for (const std::string& request : {std::to_string(i), all[i].info.uuid, all[i].request}) {
                if (request.empty() || !all[i].usable)
                    continue;
                const auto listed = devices::listDevices(request);
                for (size_t k = 0; k < listed.size(); ++k)
                    QCOMPARE(listed[k].chosen, k == i);
                QVERIFY(!listed[i].reason.empty());
            }
    }

    void nativeUnlessThereIsAGpu()
    {
        const auto kindOf = [](const std::string& request) {
            for (const ops::Candidate& candidate : devices::listDevices(request))
                if (candidate.chosen)
                    return candidate.info.kind;
            qFatal("none is chosen");
        };
        const bool gpu = int(kindOf("")) < int(ops::DeviceKind::Software);
        QCOMPARE(int(kindOf("auto")), int(kindOf("")));
        QVERIFY(gpu || kindOf("") == ops::DeviceKind::Cpu);
        QVERIFY(kindOf("cpu") == ops::DeviceKind::Cpu);
        QVERIFY(kindOf("vulkan") != ops::DeviceKind::Cpu);
        QVERIFY(kindOf("vulkan:0") != ops::DeviceKind::Cpu);
    }

    void unknownDeviceNamesThoseThatExist()
    {
        const auto device = devices::openDevice("no such device");
        QVERIFY(!device.ok());
        QCOMPARE(int(device.error().kind), int(ErrorKind::NoDevice));
        QVERIFY(device.error().message.find("no such device") != std::string::npos);
        QVERIFY(device.error().message.find("0: ") != std::string::npos);
    }

    void countsMemoryByUse()
    {
        const auto device = openTestDevice();
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
        const auto device = openTestDevice();
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
        const auto device = openTestDevice({.failAfterSubmits = 1});
        if (device->info().kind == ops::DeviceKind::Cpu)
            QSKIP("the processor is not lost");
        multiply(*device, 200);
        const auto values = device->download(device->zeros(2, 2));
        QVERIFY(!values.ok());
        QCOMPARE(int(values.error().kind), int(ErrorKind::NoDevice));
        QVERIFY(!device->endJob().ok());
        QVERIFY(!device->download(device->zeros(2, 2)).ok()); // it stays lost
    }

    void passesHaveTimes()
    {
        const auto device = openTestDevice();
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
