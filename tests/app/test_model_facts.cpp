// What is said of a model before its weights are read is what the loaded model is.
#include "app/commands/forecast.h"
#include "app/document/model_facts.h"

#include <QtTest>

using app::commands::ModelSizes;

class TestModelFacts : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto device = engine::devices::openDevice();
        QVERIFY2(device.ok(), device.ok() ? "" : device.error().message.c_str());
        m_device = std::move(device).value();
    }

    void headersTellWhatTheModelIs_data()
    {
        QTest::addColumn<QString>("folder");
        const QString source = PERCEIVERSCOPE_SOURCE_DIR;
        for (const char* place : {"/tests/cases/", "/assets/starter/"})
            for (const QFileInfo& folder : QDir(source + place).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot))
                if (QFile::exists(folder.filePath() + "/config.json"))
                    QTest::addRow("%s", qPrintable(folder.fileName())) << folder.filePath();
    }

    void headersTellWhatTheModelIs()
    {
        QFETCH(QString, folder);
        const auto checkpoint = engine::weights::Checkpoint::open(folder.toStdString());
        QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
        const auto model
            = engine::perceiver::Model::load(*m_device, checkpoint.value(), engine::perceiver::Flavour::Hf);
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
        const ModelSizes told = app::commands::sizesOf(checkpoint.value()), is = app::commands::sizesOf(*model.value());
        QCOMPARE(told.inputs, is.inputs);
        QCOMPARE(told.inputChannels, is.inputChannels);
        QCOMPARE(told.outputs.size(), is.outputs.size());
        for (size_t i = 0; i < is.outputs.size(); ++i) {
            QCOMPARE(told.outputs[i].count, is.outputs[i].count);
            QCOMPARE(told.outputs[i].queryChannels, is.outputs[i].queryChannels);
            QCOMPARE(told.outputs[i].values, is.outputs[i].values);
        }
        QCOMPARE(told.decoderHeads, is.decoderHeads);
        QCOMPARE(told.encoderHeads, model.value()->encoder().heads());
        QCOMPARE(told.layers, model.value()->executedLayers());
        if (told.layers > 0)
            QCOMPARE(told.latentHeads, model.value()->layer(0).heads());
        QVERIFY(told == is);
    }

    void wrongFolderSaysWhy()
    {
        const auto facts = app::document::factsOf(std::string("/nowhere/at/all"));
        QVERIFY(!facts.ok());
        QVERIFY2(facts.error().message.find("/nowhere/at/all") != std::string::npos, facts.error().message.c_str());
    }

private:
    std::unique_ptr<engine::ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestModelFacts)
#include "test_model_facts.moc"
