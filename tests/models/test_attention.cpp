// Questions about attention against the whole maps: every row, column and composition of the small reference cases
// equals what plain loops in double precision make of the materialised maps, to 1e-5 of the largest weight. And
// knock-out.
#include "engine/perceiver/attention.h"
#include "engine/tasks/forward.h"
#include "engine/weights/safetensors.h"
#include "tests/test_device.h"

#include <QtTest>
#include <algorithm>
#include <cmath>

using namespace engine;
using perceiver::HeadChoice;
using Matrix = std::vector<std::vector<double>>;

namespace {

// A map's heads made one, rows divided by their sum after maximum and minimum.
Matrix fused(const HostTensor& map, HeadChoice choice)
{
    const int64_t h = map.shape[0], rows = map.shape[1], columns = map.shape[2];
    Matrix out(static_cast<size_t>(rows), std::vector<double>(static_cast<size_t>(columns)));
    for (int64_t r = 0; r < rows; ++r) {
        double sum = 0;
        for (int64_t c = 0; c < columns; ++c) {
            const auto at = [&](int64_t head) { return double(map.values[size_t((head * rows + r) * columns + c)]); };
            double value = at(choice.head.value_or(0));
            for (int64_t head = 1; head < h && !choice.head; ++head)
                value = choice.fusion == ops::HeadFusion::Mean ? value + at(head)
                    : choice.fusion == ops::HeadFusion::Max    ? std::max(value, at(head))
                                                               : std::min(value, at(head));
            out[size_t(r)][size_t(c)] = value;
            sum += value;
        }
        const double divisor = choice.head           ? 1
            : choice.fusion == ops::HeadFusion::Mean ? double(h)
                                                     : (sum > 0 ? sum : 1);
        for (double& v : out[size_t(r)])
            v /= divisor;
    }
    return out;
}

std::vector<double> rowTimes(const std::vector<double>& row, const Matrix& m)
{
    std::vector<double> out(m[0].size(), 0.0);
    for (size_t i = 0; i < m.size(); ++i)
        for (size_t j = 0; j < out.size(); ++j)
            out[j] += row[i] * m[i][j];
    return out;
}

std::vector<double> timesColumn(const Matrix& m, const std::vector<double>& column)
{
    std::vector<double> out(m.size(), 0.0);
    for (size_t i = 0; i < m.size(); ++i)
        for (size_t j = 0; j < column.size(); ++j)
            out[i] += m[i][j] * column[j];
    return out;
}

std::vector<double> meanOfRows(const Matrix& m, const std::vector<uint32_t>& rows)
{
    std::vector<double> out(m[0].size(), 0.0);
    for (const uint32_t r : rows)
        for (size_t j = 0; j < out.size(); ++j)
            out[j] += m[r][j] / double(rows.size());
    return out;
}

std::vector<double> sumOfColumns(const Matrix& m, const std::vector<uint32_t>& columns)
{
    std::vector<double> out(m.size(), 0.0);
    for (size_t i = 0; i < m.size(); ++i)
        for (const uint32_t c : columns)
            out[i] += m[i][c];
    return out;
}

void halfAndHalf(std::vector<double>& row, const std::vector<double>& moved)
{
    for (size_t i = 0; i < row.size(); ++i)
        row[i] = row[i] / 2 + moved[i] / 2;
}

void expectClose(const Result<HostTensor>& found, const std::vector<double>& expected, const char* what)
{
    QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
    QCOMPARE(found.value().values.size(), expected.size());
    double largest = 1e-30, difference = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
        const double d = std::abs(found.value().values[i] - expected[i]);
        difference = d > difference || !std::isfinite(d) ? d : difference;
        largest = std::max(largest, expected[i]);
    }
    QVERIFY2(difference <= 1e-5 * largest,
        qPrintable(QString("%1 differs by %2 of %3").arg(what).arg(difference).arg(largest)));
}

} // namespace

class TestAttention : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_device = openTestDevice();
    }

    void questions_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("fusion"); // 0 … 2: how heads are fused; 3: the first head alone
        for (const char* folder : {"masked-lm", "image-fourier", "optical-flow", "masked-lm-holes", "multimodal"})
            for (int fusion = 0; fusion < 4; ++fusion)
                QTest::newRow(qPrintable(QString("%1, %2").arg(folder).arg(fusion))) << folder << fusion;
    }

    void questions()
    {
        QFETCH(QString, folder);
        QFETCH(int, fusion);
        HeadChoice heads;
        if (fusion == 3)
            heads.head = 0;
        else
            heads.fusion = ops::HeadFusion(fusion);
        Loaded loaded = load(folder);
        loaded.inputs.tensors.erase("subsampled_output_points.image"); // the map over all outputs
        loaded.inputs.tensors.erase("subsampled_output_points.audio");
        const perceiver::Model& model = *loaded.model;
        const auto answers = tasks::forward(model, loaded.inputs.tensors, {.maps = true});
        QVERIFY2(answers.ok(), answers.ok() ? "" : answers.error().message.c_str());
        const auto& maps = answers.value();
        const Matrix encoder = fused(maps.at("encoder_attention"), heads),
                     decoder = fused(maps.at("decoder_attention"), heads);
        std::vector<Matrix> layers;
        for (int64_t l = 0; l < model.executedLayers(); ++l)
            layers.push_back(fused(maps.at("self_attention." + std::to_string(l)), heads));

        const auto encoded = model.encode(inputsOf(loaded));
        QVERIFY(encoded.ok());
        const perceiver::Run& run = encoded.value();
        const perceiver::Attention attention(model, run);
        perceiver::FusedLayers kept;
        const perceiver::Attention keeping(model, run, &kept);
        QVERIFY(keeping.outputToInputs({0}, {.fusion = ops::HeadFusion::Max}, true).ok());
        const std::vector<uint32_t> latents{1, 4}, inputs{0, 2, 7};
        const std::vector<uint32_t> outputs // of several kinds, where there are
            = decoder.size() > 3 ? std::vector<uint32_t>{3, uint32_t(decoder.size() - 2), 1} : std::vector<uint32_t>{0};

        expectClose(attention.latentToInputs(latents, heads), meanOfRows(encoder, latents), "latent to inputs");
        expectClose(attention.inputToLatents(inputs, heads), sumOfColumns(encoder, inputs), "input to latents");
        expectClose(attention.latentToLatents(1, latents, heads), meanOfRows(layers[1], latents), "latent to latents");
        expectClose(attention.outputToLatents(outputs, heads), meanOfRows(decoder, outputs), "output to latents");
        expectClose(attention.latentToOutputs(latents, heads), sumOfColumns(decoder, latents), "latent to outputs");
        for (const bool rollout : {false, true}) {
            std::vector<double> row = meanOfRows(decoder, outputs), column = sumOfColumns(encoder, inputs);
            for (size_t l = 0; rollout && l < layers.size(); ++l) {
                halfAndHalf(row, rowTimes(row, layers[layers.size() - 1 - l]));
                halfAndHalf(column, timesColumn(layers[l], column));
            }
            expectClose(attention.outputToInputs(outputs, heads, rollout), rowTimes(row, encoder), "output to inputs");
            expectClose(
                attention.inputToOutputs(inputs, heads, rollout), timesColumn(decoder, column), "input to outputs");
            // Layers kept from one question to the next, also to one with other heads.
            expectClose(keeping.outputToInputs(outputs, heads, rollout), rowTimes(row, encoder), "layers kept");
            expectClose(keeping.inputToOutputs(inputs, heads, rollout), timesColumn(decoder, column), "layers kept");
        }
        QCOMPARE(kept.layers.size(), layers.size());
        QVERIFY(kept.choice == heads);
        std::vector<double> weights(encoder.size());
        for (size_t i = 0; i < weights.size(); ++i)
            weights[i] = double((i * 7) % 5);
        const std::vector<float> given(weights.begin(), weights.end());
        expectClose(attention.latentsToInputs(given, heads), rowTimes(weights, encoder), "weighted latents to inputs");
        expectClose(attention.latentsToOutputs(given, heads), timesColumn(decoder, weights), "weighted latents to outputs");
    }

    // Leaving out nothing changes no bit; leaving out padding, whose weight is 0, changes nothing; the rest does.
    void knockOut()
    {
        const Loaded loaded = load("masked-lm");
        const auto logits = [&](const perceiver::KnockOut& without) {
            const auto answers = tasks::forward(*loaded.model, loaded.inputs.tensors, {.without = without});
            return answers.ok() ? answers.value().at("logits").values : std::vector<float>();
        };
        const std::vector<float> full = logits({});
        QVERIFY(!full.empty());
        QCOMPARE(logits({}), full);
        QCOMPARE(logits({.inputs = {26, 28}}), full); // padding
        QVERIFY(logits({.inputs = {3}}) != full);
        QVERIFY(logits({.latents = {2}}) != full);
        QVERIFY(logits({.heads = {{1, 2}}}) != full);
        QVERIFY(logits({.inputs = {29}}).empty()); // there is none
        QVERIFY(logits({.heads = {{3, 0}}}).empty());
        // What is left out has weight 0.
        const auto run = loaded.model->encode(inputsOf(loaded), {.inputs = {3}, .latents = {2}});
        QVERIFY(run.ok());
        const perceiver::Attention attention(*loaded.model, run.value());
        const auto seen = attention.latentToInputs({0, 1, 5}, {});
        QVERIFY(seen.ok());
        QCOMPARE(seen.value().values[3], 0.0f);
        QVERIFY(seen.value().values[4] > 0);
        const auto read = attention.latentToLatents(0, {0, 1}, {});
        QVERIFY(read.ok());
        QCOMPARE(read.value().values[2], 0.0f);
    }

    void cleanupTestCase()
    {
        m_device.reset();
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }

private:
    struct Loaded {
        std::shared_ptr<const perceiver::Model> model;
        weights::TensorMap inputs;
    };

    Loaded load(const QString& folder)
    {
        const std::filesystem::path source = PERCEIVERSCOPE_SOURCE_DIR;
        std::filesystem::path path = source / "tests/cases" / folder.toStdString();
        if (!std::filesystem::exists(path)) // one of the self-test's
            path = source / "assets/selftest" / folder.toStdString();
        auto checkpoint = weights::Checkpoint::open(path);
        auto inputs = weights::readSafetensors(path / "inputs.safetensors");
        if (!checkpoint.ok() || !inputs.ok())
            qFatal("the case %s cannot be read", qPrintable(folder));
        auto model = perceiver::Model::load(*m_device, checkpoint.value(), perceiver::Flavour::Hf);
        if (!model.ok())
            qFatal("%s", model.error().message.c_str());
        return {model.value(), std::move(inputs).value()};
    }

    static perceiver::Inputs inputsOf(const Loaded& loaded)
    {
        auto all = tasks::samplesOf(*loaded.model, loaded.inputs.tensors);
        if (!all.ok())
            qFatal("%s", all.error().message.c_str());
        return all.value()[0];
    }

    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestAttention)
#include "test_attention.moc"
