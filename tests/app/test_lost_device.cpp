// A device that is lost in the middle of a run or of a map: that is said, and the next question is answered by another
// one, opened anew, as the first would have answered it.
#include "tests/app/whole_maps.h"

#include "engine/vulkan/vulkan_device.h"

using namespace app::document;
using namespace engine;

class TestLostDevice : public QObject {
    Q_OBJECT

private slots:
    void openedAgain_data()
    {
        QTest::addColumn<QString>("scene");
        QTest::newRow("text") << "text";
        QTest::newRow("frames") << "frames";
    }

    void openedAgain()
    {
        QFETCH(QString, scene);
        const Question question = scene == "frames" ? framesOf(40, 30) : Question{.text = "A fine film."};
        const MapQuestion asked{.direction = Direction::OutputToInputs, .elements = {0}};
        Analyst sound([] { return vulkan::createDevice({}); });
        const AnalysisPtr expected = valueOf(sound.analyse(question, {}));
        const MapPtr expectedMap = valueOf(sound.map(asked, {}));
        int inRun = 0, inMap = 0;
        for (int64_t submits = 2; inRun < 1 || inMap < 1; submits = submits * 4 + 1) {
            int opened = 0;
            Analyst analyst(
                [&] { return vulkan::createDevice({.failAfterSubmits = opened++ == 0 ? submits : int64_t(-1)}); });
            Result<AnalysisPtr> answer = analyst.analyse(question, {});
            if (!answer.ok()) {
                ++inRun;
                QCOMPARE(int(answer.error().kind), int(ErrorKind::NoDevice));
                answer = analyst.analyse(question, {});
                QVERIFY2(answer.ok(), answer.ok() ? "" : answer.error().message.c_str());
                QCOMPARE(opened, 2);
                QVERIFY(answer.value()->remark.find("opened again") != std::string::npos);
            } else {
                Result<MapPtr> map = analyst.map(asked, {});
                for (int i = 0; i < 10'000 && map.ok(); ++i)
                    map = analyst.map(asked, {});
                ++inMap;
                QVERIFY(!map.ok());
                QVERIFY2(
                    map.error().message.find("the device was lost") != std::string::npos, map.error().message.c_str());
            }
            const MapPtr map = valueOf(analyst.map(asked, {})); // the run is there again
            QCOMPARE(opened, 2);
            QCOMPARE(map->analysis, answer.value()->number);
            QCOMPARE(map->weights.values, expectedMap->weights.values);
            QCOMPARE(answer.value()->shares.size(), expected->shares.size());
            QVERIFY(analyst.latentMaps({}, {}).ok());
        }
        for (const std::string& message : vulkan::validationMessages())
            QFAIL(message.c_str());
    }

    // None can be opened any more: that is said each time, until there is one.
    void noneToOpen()
    {
        int opened = 0;
        Analyst analyst([&]() -> Result<std::unique_ptr<ops::Device>> {
            if (opened++ == 1)
                return Error{ErrorKind::NoDevice, "there is no device"};
            return vulkan::createDevice({.failAfterSubmits = opened == 1 ? int64_t(0) : int64_t(-1)});
        });
        const Question question{.text = "A fine film."};
        QVERIFY(!analyst.analyse(question, {}).ok());
        QCOMPARE(analyst.analyse(question, {}).error().message, std::string("there is no device"));
        analyst.cancel(); // none is there to be asked
        QVERIFY(valueOf(analyst.analyse(question, {}))->remark.find("opened again") != std::string::npos);
        QVERIFY(valueOf(analyst.analyse(question, {}))->remark.find("opened again") == std::string::npos); // said once
    }
};

QTEST_GUILESS_MAIN(TestLostDevice)
#include "test_lost_device.moc"
