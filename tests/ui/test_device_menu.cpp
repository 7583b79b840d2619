// What computes, chosen in the window: another device or precision answers what is open again, what was pinned stays
// beside it, and the choice is remembered; one that has gone is named with the way out.
#include "tests/ui/journey.h"

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QtTest>

using journey::Journey;

namespace {

QMenu* deviceMenu(Journey& j)
{
    for (QAction* each : j.window().menuBar()->actions())
        if (each->text() == "Device")
            return each->menu();
    return nullptr;
}

} // namespace

class TestDeviceMenu : public QObject {
    Q_OBJECT

private slots:
    void precision()
    {
        Journey j;
        QVERIFY(j.window().action("exact")->isChecked());
        QVERIFY(j.drop({j.save("one.png", journey::noise({40, 30}))}));
        QVERIFY(j.answered());
        QVERIFY(!j.document().analysis()->fast);
        QTRY_VERIFY(j.document().map());
        j.window().action("pin")->trigger();
        const auto pinned = j.document().pinned();
        QVERIFY(pinned);
        const auto number = j.document().analysis()->number;
        j.window().action("fast")->trigger();
        QVERIFY(j.answered());
        QVERIFY(j.document().analysis()->number != number);
        QCOMPARE(j.document().pinned(), pinned);
        auto device = engine::devices::openDevice("", engine::ops::Precision::Fast);
        QVERIFY(device.ok());
        QCOMPARE(j.document().analysis()->fast, device.value()->precision() == engine::ops::Precision::Fast);
        QTRY_VERIFY(j.document().map() && j.document().map() != pinned);
        const bool same = j.document().map()->weights.values == pinned->weights.values;
        QCOMPARE(same, !j.document().analysis()->fast);
        QVERIFY(j.reopen());
        QVERIFY(j.window().action("fast")->isChecked());
    }

    void devices()
    {
        Journey j;
        QMenu* menu = deviceMenu(j);
        QVERIFY(menu);
        QVERIFY(j.window().action("device ")->isChecked());
        const auto found = engine::devices::listDevices();
        emit menu->aboutToShow();
        for (const auto& each : found)
            if (each.usable && each.info.kind != engine::ops::DeviceKind::Cpu)
                QTRY_VERIFY(j.window().action("device " + QString::fromStdString(each.request)));
        QTRY_VERIFY(j.window().action("device cpu")->text().contains(':'));
        QVERIFY(j.drop({j.save("one.png", journey::noise({40, 30}))}));
        QVERIFY(j.answered());
        for (const auto& each : found) {
            if (!each.usable)
                continue;
            j.window().action("device " + QString::fromStdString(each.request))->trigger();
            QVERIFY(j.document().runs());
            QVERIFY(j.answered());
            QCOMPARE(j.document().analysis()->device, each.info.name);
        }
    }

    void gone()
    {
        Journey j;
        j.window().settings().setDevice("no such GPU", false);
        QVERIFY(j.reopen());
        QVERIFY(j.drop({j.save("one.png", journey::noise({40, 30}))}));
        QVERIFY2(j.says("answer", "no device fits 'no such GPU'"), qPrintable(j.words("answer")));
        QVERIFY2(j.says("answer", "menu Device"), qPrintable(j.words("answer")));
        j.window().action("device ")->trigger();
        QVERIFY(j.answered());
    }
};

int main(int argc, char** argv)
{
    TestDeviceMenu test;
    return journey::run(argc, argv, test);
}

#include "test_device_menu.moc"
