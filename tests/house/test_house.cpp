// The rules of the house hold in the whole tree, and the checker sees each of them broken.
#include "tests/house/house_rules.h"

#include <QDirIterator>
#include <QtTest>

class TestHouse : public QObject {
    Q_OBJECT

private slots:
    void seesBrokenRules_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wrong"); // a part of the sentence; empty where all is well
        const auto add = [](const char* path, const QString& text, const char* wrong) {
            QTest::addRow("%s %s", path, qPrintable(text.left(60).simplified())) << path << text << wrong;
        };
        const auto include = [](const char* what) { return QString("// A file.\n#include %1\n").arg(what); };

        add("engine/base/a.cpp", include("\"engine/base/result.h\""), "");
        add("engine/base/a.cpp", include("\"engine/ops/tensor.h\""), "engine/base does not know it");
        add("engine/ops/a.h", include("  <engine/weights/config.h>"), "engine/ops does not know it");
        add("engine/ops/a.h", include("\"engine/vulkan/stream.h\""), "engine/ops does not know it");
        add("engine/weights/a.cpp", include("\"engine/ops/tensor.h\""), "engine/weights does not know it");
        add("engine/vulkan/a.cpp", include("\"shaders/kernels.h\""), "");
        add("engine/vulkan/a.cpp", include("\"engine/weights/config.h\""), "engine/vulkan does not know it");
        add("engine/perceiver/a.cpp", include("\"engine/weights/config.h\""), "");
        add("engine/perceiver/a.cpp", include("\"engine/vulkan/stream.h\""), "engine/perceiver does not know it");
        add("engine/perceiver/a.cpp", include("\"engine/tasks/forward.h\""), "engine/perceiver does not know it");
        add("engine/tasks/a.cpp", include("\"engine/perceiver/model.h\""), "");
        add("engine/tasks/a.cpp", include("\"engine/vulkan/stream.h\""), "engine/tasks does not know it");
        add("engine/tasks/a.cpp", include("\"app/media/image_reader.h\""), "engine/tasks does not know it");
        add("engine/tasks/a.cpp", include("\"engine/engine.h\""), "engine/tasks does not know it");
        add("engine/engine.h", include("\"engine/vulkan/vulkan_device.h\""), "");
        add("engine/engine.h", include("\"app/commands/command.h\""), "engine does not know it");
        add("app/commands/a.cpp", include("\"engine/engine.h\""), "");
        add("app/formats/a.cpp", include("\"engine/base/image.h\""), "");
        add("app/commands/a.cpp", include("\"engine/perceiver/model.h\""), "app does not know it");
        add("app/commands/a.cpp", include("\"ui/main_window.h\""), "app does not know it");
        add("ui/a.cpp", include("\"app/media/image_reader.h\""), "");
        add("ui/a.cpp", include("\"engine/engine.h\""), "ui does not know it");
        add("ui/a.cpp", include("<QLabel>"), "");

        add("engine/base/a.cpp", include("<QString>"), "no Qt");
        add("engine/base/a.cpp", include("<QtCore/QString>"), "no Qt");
        add("engine/base/a.cpp", include("<qglobal.h>"), "no Qt");
        add("engine/base/a.cpp", include("<queue>"), "");
        add("app/a.cpp", include("<QImage>"), "");
        add("app/a.cpp", include("<QLabel>"), "no widgets");
        add("app/a.cpp", include("<QtWidgets/QLabel>"), "no widgets");
        add("engine/vulkan/a.cpp", include("<vulkan/vulkan.h>"), "");
        add("engine/ops/a.cpp", include("<vulkan/vulkan.h>"), "only engine/vulkan");
        add("ui/a.cpp", include("<vulkan/vulkan_core.h>"), "only engine/vulkan");
        add("tests/ops/a.cpp", include("<vulkan/vulkan.h>"), "only engine/vulkan");
        add("engine/base/a.cpp", include("\"result.h\""), "named from the project's folder");
        add("engine/base/a.cpp", include("\"../ops/tensor.h\""), "named from the project's folder");
        add("engine/base/a.cpp", "// #include <QString>\n", "");

        add("engine/base/a.h", "#pragma once\n", "at its head");
        add("engine/base/a.h", "", "at its head");
        add("shaders/a.comp", "#version 450\n// y = 2 x.\nlayout(local_size_x = 64) in;\n", "");
        add("shaders/a.comp", "#version 450\nlayout(local_size_x = 64) in;\n// y = 2 x.\n", "at its head");
        add("engine/base/long.cpp", QString("\n").repeated(house::kLongestFile), "");
        add("engine/base/long.cpp", QString("\n").repeated(house::kLongestFile + 1), "second idea");
    }

    void seesBrokenRules()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        QFETCH(QString, wrong);
        const QStringList found = house::violations(path, text);
        QCOMPARE(found.size(), wrong.isEmpty() ? 0 : 1);
        if (!wrong.isEmpty())
            QVERIFY2(found.first().contains(wrong), qPrintable(found.first()));
    }

    void treeKeepsTheRules()
    {
        const QDir root(PERCEIVERSCOPE_SOURCE_DIR);
        QStringList found;
        int files = 0;
        for (const char* top : {"engine", "app", "ui", "shaders", "tests"}) {
            QDirIterator all(
                root.filePath(top), {"*.h", "*.cpp", "*.comp", "*.glsl"}, QDir::Files, QDirIterator::Subdirectories);
            while (all.hasNext()) {
                QFile file(all.next());
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                found << house::violations(root.relativeFilePath(file.fileName()), QString::fromUtf8(file.readAll()));
                ++files;
            }
        }
        QVERIFY2(files > 100, qPrintable(QString("only %1 files found in %2").arg(files).arg(root.path())));
        QVERIFY2(found.isEmpty(), qPrintable("\n  " + found.join("\n  ")));
    }
};

QTEST_APPLESS_MAIN(TestHouse)
#include "test_house.moc"
