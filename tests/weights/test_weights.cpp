// Weight files: what is right is read, what is wrong is one sentence that names the file, the tensor and the fault. The
// torch files of the fuzzers' corpus were written by torch itself.
#include "engine/weights/checkpoint.h"
#include "engine/weights/pickle.h"
#include "engine/weights/safetensors.h"
#include "engine/weights/torch_file.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <fstream>

using namespace engine;
namespace fs = std::filesystem;

namespace {

std::vector<uint8_t> file(const std::string& header, size_t dataBytes, uint64_t length = UINT64_MAX)
{
    const uint64_t said = length == UINT64_MAX ? header.size() : length;
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &said, 8);
    bytes += header + std::string(dataBytes, '\0');
    return {bytes.begin(), bytes.end()};
}

std::vector<uint8_t> corpus(const char* name)
{
    std::ifstream in(fs::path(PERCEIVERSCOPE_SOURCE_DIR) / "tests/fuzz/corpus" / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write(const fs::path& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary) << text;
}

} // namespace

class TestWeights : public QObject {
    Q_OBJECT

private slots:
    void damagedSafetensors_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const std::vector<uint8_t>& bytes, const char* words) {
            QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size()))
                                << words;
        };
        row("empty", {}, "too short");
        row("length overflows", file("{}", 0, UINT64_MAX - 1), "header is said to have");
        row("length beyond the file", file("{}", 0, 1000), "cut short");
        row("no JSON", file("{\"a\":", 8), "not a JSON object");
        row("nested without end", file(std::string(5000, '['), 8), "not a JSON object");
        row("truncated data", file(R"({"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", 8), "tensor w");
        row("offsets backwards", file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})", 8), "lie outside");
        row("shape overflows",
            file(R"({"w":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,8]}})", 8),
            "does not take");
        row("negative extent", file(R"({"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), "tensor w");
        row("unknown type", file(R"({"w":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}})", 8), "Q4");
        row("shared bytes",
            file(
                R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                12),
            "share");
    }

    void damagedSafetensors()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const auto parsed = weights::parseSafetensors(
            {reinterpret_cast<const uint8_t*>(bytes.data()), size_t(bytes.size())}, "some.safetensors");
        QVERIFY(!parsed.ok());
        QCOMPARE(int(parsed.error().kind), int(ErrorKind::BadData));
        const QString message = QString::fromStdString(parsed.error().message);
        QVERIFY2(message.contains(words) && message.contains("some.safetensors"), qPrintable(message));
    }

    void writtenTensorsAreReadAgain()
    {
        const QTemporaryDir folder;
        const fs::path path = fs::path(folder.path().toStdString()) / "out.safetensors";
        const HostTensor a({2, 3}, {1, -2, 3.5f, 0, 1e-30f, 6});
        QVERIFY(weights::writeSafetensors(path, {{"a", a}, {"b", HostTensor({0})}}).ok());
        const auto read = weights::readSafetensors(path);
        QVERIFY(read.ok());
        QCOMPARE(toFloat(read.value().tensors.at("a")), a.values);
        QCOMPARE(read.value().tensors.at("b").shape, Shape{0});
        const auto failed = weights::writeSafetensors(path.parent_path() / "missing" / "x", {{"a", a}});
        QVERIFY(!failed.ok());
        QCOMPARE(int(failed.error().kind), int(ErrorKind::InputOutput));
    }

    void halfPrecisionIsExact()
    {
        const uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x0000, 0x8000};
        const float expected[] = {1, -2, 5.9604645e-8f, 6.0975552e-5f, 65504, 0, -0.0f};
        const weights::TensorView view{
            weights::DType::F16, {7}, {reinterpret_cast<const uint8_t*>(halves), sizeof halves}};
        const auto values = toFloat(view);
        for (size_t i = 0; i < 7; ++i)
            QCOMPARE(values[i], expected[i]);
    }

    void torchFilesAreRead_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("zip") << "fuzz_torch_file/zip";
        QTest::newRow("legacy") << "fuzz_torch_file/legacy";
    }

    void torchFilesAreRead()
    {
        QFETCH(QString, name);
        const auto bytes = corpus(qPrintable(name));
        QVERIFY(!bytes.empty());
        const auto map = weights::parseTorchFile(bytes, nullptr, "model.bin");
        QVERIFY2(map.ok(), map.ok() ? "" : map.error().message.c_str());
        const auto& tensors = map.value().tensors;
        QCOMPARE(tensors.at("weight").shape, (Shape{3, 2}));
        QCOMPARE(tensors.at("t").shape, (Shape{3, 2})); // a transposed view of 0 … 5
        QCOMPARE(toFloat(tensors.at("t")), (std::vector<float>{0, 3, 1, 4, 2, 5}));
        QCOMPARE(int(tensors.at("h").dtype), int(weights::DType::F16));
        QCOMPARE(toFloat(tensors.at("n")), std::vector<float>{7});
        for (size_t length = 0; length < bytes.size(); length += 37) { // cut short anywhere: an error, never a crash
            const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + std::ptrdiff_t(length));
            QVERIFY(!weights::parseTorchFile(cut, nullptr, "model.bin").ok());
        }
    }

    void pickleThatCallsSomethingElseIsRefusedByName()
    {
        const char pickle[] = "\x80\x02"
                              "cos\nsystem\n(X\x04\x00\x00\x00"
                              "truetR.";
        const std::string bytes(pickle, sizeof pickle - 1);
        const auto state
            = weights::unpickleStateDict({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "evil.bin");
        QVERIFY(!state.ok());
        QVERIFY2(state.error().message.find("os.system") != std::string::npos, state.error().message.c_str());
    }

    void configSaysWhichKeyIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        QTest::newRow("no JSON") << "{"
                                 << "not a JSON object";
        QTest::newRow("text for a number") << R"({"num_latents":"many"})"
                                           << "num_latents";
        QTest::newRow("negative") << R"({"d_latents":-1})"
                                  << "d_latents";
        QTest::newRow("huge") << R"({"d_model":1e30})"
                              << "d_model";
        QTest::newRow("labels with a gap") << R"({"id2label":{"0":"a","2":"b"}})"
                                           << "id2label";
        QTest::newRow("another activation") << R"({"hidden_act":"relu"})"
                                            << "hidden_act";
        QTest::newRow("half a starter") << R"({"starter_flow":{}})"
                                        << "preprocessor_hidden";
    }

    void configSaysWhichKeyIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, words);
        const auto config = weights::parseConfig(text.toStdString(), "config.json");
        QVERIFY(!config.ok());
        QVERIFY2(QString::fromStdString(config.error().message).contains(words), config.error().message.c_str());
    }

    void checkpointErrorsNameTheTensor()
    {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        QCOMPARE(int(weights::Checkpoint::open(path / "nothing").error().kind), int(ErrorKind::NoInput));
        QVERIFY(weights::Checkpoint::open(path).error().message.find("model.safetensors") != std::string::npos);
        write(path / "config.json", "{}");
        QVERIFY(weights::writeSafetensors(
            path / "model.safetensors", {{"w", HostTensor({2, 2}, {1, 2, NAN, 4})}, {"v", HostTensor({3})}})
                    .ok());
        const auto checkpoint = weights::Checkpoint::open(path);
        QVERIFY(checkpoint.ok());
        const auto message = [&](const char* name, const Shape& shape) {
            const auto tensor = checkpoint.value().fetch(name, shape);
            return tensor.ok() ? QString() : QString::fromStdString(tensor.error().message);
        };
        QVERIFY(message("missing", {1}).contains("missing is missing"));
        QVERIFY(message("v", {4}).contains("[3]") && message("v", {4}).contains("[4]"));
        QVERIFY(message("w", {2, 2}).contains("NaN at element 2"));
        QVERIFY(message("v", {3}).isEmpty());
        QCOMPARE(checkpoint.value().unfetched(), std::vector<std::string>{});
    }

    void shardsStayInTheirFolder()
    {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        QVERIFY(weights::writeSafetensors(path / "one.safetensors", {{"a", HostTensor({1})}}).ok());
        QVERIFY(weights::writeSafetensors(path / "two.safetensors", {{"b", HostTensor({2})}}).ok());
        const fs::path index = path / "model.safetensors.index.json";
        write(index, R"({"weight_map":{"a":"one.safetensors","b":"two.safetensors"}})");
        const auto both = weights::readShardedSafetensors(index);
        QVERIFY(both.ok());
        QCOMPARE(both.value().tensors.size(), size_t(2));
        write(index, R"({"weight_map":{"a":"../one.safetensors"}})");
        QVERIFY(weights::readShardedSafetensors(index).error().message.find("plain file name") != std::string::npos);
        write(index, R"({"weight_map":{"a":"two.safetensors"}})");
        QVERIFY(weights::readShardedSafetensors(index).error().message.find("tensor a is not in") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestWeights)
#include "test_weights.moc"
