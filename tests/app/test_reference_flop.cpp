// What the reference's forward pass costs, against what torch.utils.flop_counter counts in it, to the last operation
// (tests/peers/count_flop.py, transformers 5.24 on torch 2.14).
#include "app/commands/reference_flop.h"

#include <QtTest>

using app::commands::ModelSizes;
using app::commands::ReferenceFlop;
using engine::perceiver::Kind;

namespace {

void compare(const ReferenceFlop& found, const QList<double>& wanted)
{
    QCOMPARE(found.preprocess, wanted[0]);
    QCOMPARE(found.encoder, wanted[1]);
    QCOMPARE(found.latents, wanted[2]);
    QCOMPARE(found.decoder, wanted[3]);
    QCOMPARE(found.total(), wanted[0] + wanted[1] + wanted[2] + wanted[3]);
}

} // namespace

class TestReferenceFlop : public QObject {
    Q_OBJECT

private slots:
    // The released models, whose sizes model-spec 1.2 to 1.4 has.
    void releasedSizes_data()
    {
        QTest::addColumn<QString>("config");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QList<int>>("sizes"); // inputs, their channels, layers; then of each output
        QTest::addColumn<QList<double>>("flop");
        const auto add
            = [](const char* name, Kind kind, const QString& config, const QList<int>& sizes,
                  const QList<double>& flop) { QTest::newRow(name) << config << int(kind) << sizes << flop; };
        const QString image = R"("num_latents": 512, "d_latents": 1024, "num_cross_attention_heads": 1)";
        add("conv", Kind::ImageConv, image, {3025, 322, 48, 1, 1024, 1000},
            {236027904, 6072197392, 360777252864, 2160017408});
        add("fourier", Kind::ImageFourier, image, {50176, 261, 48, 1, 1024, 1000},
            {0, 43187474432, 360777252864, 2160017408});
        add("learned", Kind::ImageLearned, image, {50176, 512, 48, 1, 1024, 1000},
            {6653739008, 108447924224, 360777252864, 2160017408});
        add("language", Kind::MaskedLanguage,
            R"("num_latents": 256, "d_latents": 1280, "d_model": 768, "qk_channels": 256, "v_channels": 1280)",
            {2048, 768, 26, 2048, 768, 262}, {0, 9126805504, 101200166912, 10622074880});
        add("clip", Kind::Multimodal, R"("num_latents": 784, "d_latents": 512, "num_cross_attention_heads": 1)",
            {52097, 704, 8, 1920, 1026, 16, 802816, 1026, 3, 1, 1026, 700},
            {0, 220249714688, 29800529920, 7220369309712});
        add("flow", Kind::OpticalFlow, R"("num_latents": 2048, "d_latents": 512, "num_cross_attention_heads": 1)",
            {182528, 322, 24, 182528, 322, 2}, {1261633536, 560675721216, 360777252864, 964030617600});
    }

    void releasedSizes()
    {
        QFETCH(QString, config);
        QFETCH(int, kind);
        QFETCH(QList<int>, sizes);
        QFETCH(QList<double>, flop);
        const auto parsed = engine::weights::parseConfig(("{" + config + "}").toStdString(), "config.json");
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().message.c_str());
        ModelSizes model{.kind = Kind(kind),
            .inputs = sizes[0],
            .inputChannels = sizes[1],
            .latents = parsed.value().numLatents,
            .latentChannels = parsed.value().dLatents,
            .layers = sizes[2]};
        for (qsizetype i = 3; i < sizes.size(); i += 3)
            model.outputs.push_back({sizes[i], sizes[i + 1], sizes[i + 2]});
        compare(app::commands::referenceFlop(model, parsed.value()), flop);
    }

    // Small models with other channels and heads, whose sizes are read off the checkpoint.
    void smallModels_data()
    {
        QTest::addColumn<int>("inputs"); // of the case; 0: as many as the model's own
        QTest::addColumn<QList<double>>("flop");
        QTest::newRow("bare") << 31 << QList<double>{0, 162948, 416016, 0};
        QTest::newRow("image-learned") << 0 << QList<double>{16045568, 7661796, 594864, 68874};
        QTest::newRow("optical-flow-legacy") << 0 << QList<double>{808704, 1624266, 39438, 50526504};
        QTest::newRow("text-classification") << 31 << QList<double>{0, 151044, 416016, 49434};
        QTest::newRow("masked-lm-holes") << 35 << QList<double>{0, 295332, 663156, 1601120};
        QTest::newRow("multimodal-dm") << 0 << QList<double>{0, 837834, 57876, 191922688};
    }

    void smallModels()
    {
        QFETCH(int, inputs);
        QFETCH(QList<double>, flop);
        const QString folder = QString(PERCEIVERSCOPE_SOURCE_DIR "/tests/cases/") + QTest::currentDataTag();
        const auto checkpoint = engine::weights::Checkpoint::open(folder.toStdString());
        QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
        ModelSizes sizes = app::commands::sizesOf(checkpoint.value());
        if (inputs > 0)
            sizes.inputs = inputs;
        compare(app::commands::referenceFlop(sizes, checkpoint.value().config()), flop);
    }

    // By hand, since no other program counts it: a starter's decoder has channels and heads of its own.
    void starterDecoder()
    {
        engine::weights::Config config;
        config.starterFlow = engine::weights::StarterFlow{
            .preprocessorHidden = 5, .numFrequencyBands = 1, .decoderQkChannels = 2, .decoderVChannels = 3};
        config.dModel = 10; // of which 6 are positions
        const ModelSizes sizes{.kind = Kind::OpticalFlow, .inputs = 7, .outputs = {{7, 10, 2}}};
        const ReferenceFlop flop = app::commands::referenceFlop(sizes, config);
        QCOMPARE(flop.preprocess, 2.0 * 7 * 5 * (54 + 4));
        QCOMPARE(flop.decoder, 2.0 * (7 * 10 * 2 + 7 * 3 * 10 + 2 * 7 * 10 * 10 + 7 * 10 * 2)); // there are no latents
    }

    void stagesByName()
    {
        const ReferenceFlop flop{.preprocess = 1, .encoder = 2, .latents = 4, .decoder = 8};
        QCOMPARE(flop.of("forward"), std::optional(15.0));
        QCOMPARE(flop.of("decoder cross-attention"), std::optional(8.0));
        QVERIFY(!flop.of("image pyramid"));
    }
};

QTEST_GUILESS_MAIN(TestReferenceFlop)
#include "test_reference_flop.moc"
