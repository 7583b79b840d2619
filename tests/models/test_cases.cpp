// Every model against cases of the reference implementation: outputs and every attention map, on the software driver
// (or the device that PERCEIVERSCOPE_TEST_DEVICE names), with the validation layer silent. The committed cases are
// tiny; more case folders may be given in PERCEIVERSCOPE_CASES, separated by colons.
#include "engine/tasks/compare.h"
#include "engine/tasks/forward.h"
#include "engine/weights/safetensors.h"
#include "tests/test_device.h"

#include <QtTest>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace engine;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json readJson(const fs::path& path)
{
    std::ifstream in(path);
    return json::parse(in, nullptr, false);
}

tasks::ForwardOptions optionsOf(const json& info)
{
    tasks::ForwardOptions options{.maps = true};
    if (info.contains("map_picks") && info["map_picks"].is_object())
        for (const auto& [name, pick] : info["map_picks"].items()) {
            tasks::MapPick& picked = options.picks[name];
            if (pick.is_object()) {
                picked.rows = pick["rows"].get<std::vector<uint32_t>>();
                picked.columns = pick["columns"].get<std::vector<uint32_t>>();
            }
        }
    return options;
}

Result<std::shared_ptr<const perceiver::Model>> load(
    const weights::Checkpoint& checkpoint, const json& info, ops::Device& device)
{
    return perceiver::Model::load(
        device, checkpoint, info["flavour"] == "dm" ? perceiver::Flavour::Dm : perceiver::Flavour::Hf);
}

Result<std::map<std::string, HostTensor>> answersOf(
    const perceiver::Model& model, const fs::path& folder, const json& info)
{
    TRY_ASSIGN(const auto inputs, weights::readSafetensors(folder / "inputs.safetensors"));
    return tasks::forward(model, inputs.tensors, optionsOf(info));
}

// Of the largest value: half as much again as rounding to 16 bits was measured to cost these models of random weights,
// which magnify differences. Natively numbers have eight bits, halves eleven.
struct Bounds {
    double maps, outputs;
};
constexpr Bounds kHalves{1.5e-2, 5.5e-3}, kNatively{2.5e-2, 1.2e-2};

} // namespace

class TestCases : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_device = openTestDevice();
        m_fast = openTestDevice({.precision = ops::Precision::Fast,
            .fastAnywhere = true,
            .gemm = vulkan::GemmVariant::SharedSmall,
            .attend = vulkan::AttendVariant::Fused});
    }

    void reference_data()
    {
        QTest::addColumn<QString>("folder");
        std::vector<fs::path> folders;
        for (const char* root : {"tests/cases", "assets/selftest"})
            for (const auto& entry : fs::directory_iterator(fs::path(PERCEIVERSCOPE_SOURCE_DIR) / root))
                if (entry.is_directory())
                    folders.push_back(entry.path());
        for (const QString& more : qEnvironmentVariable("PERCEIVERSCOPE_CASES").split(':', Qt::SkipEmptyParts))
            folders.emplace_back(more.toStdString());
        std::sort(folders.begin(), folders.end());
        for (const fs::path& folder : folders)
            QTest::newRow(folder.filename().c_str()) << QString::fromStdString(folder.string());
    }

    void reference()
    {
        QFETCH(QString, folder);
        const fs::path path = folder.toStdString();
        const json info = readJson(path / "case.json");
        QVERIFY(info.is_object());
        const auto checkpoint = weights::Checkpoint::open(path);
        QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message.c_str());
        QCOMPARE(checkpoint.value().parameterCount(), info["parameters"].get<int64_t>());
        const auto model = load(checkpoint.value(), info, *m_device);
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
        QCOMPARE(std::string(perceiver::name(model.value()->kind())), info["model"].get<std::string>());
        const auto answers = answersOf(*model.value(), path, info);
        QVERIFY2(answers.ok(), answers.ok() ? "" : answers.error().message.c_str());

        const auto expected = weights::readSafetensors(path / "expected.safetensors");
        QVERIFY(expected.ok());
        weights::TensorMap exact; // full-size cases may come without
        if (fs::exists(path / "exact.safetensors")) {
            auto file = weights::readSafetensors(path / "exact.safetensors");
            QVERIFY(file.ok());
            exact = std::move(file).value();
            compare(answers.value(), exact, {}, true);
        }
        compare(answers.value(), expected.value(), exact, false);
    }

    void fast_data() { reference_data(); }

    // Operands of products rounded to 16 bits, by the kernels for GPUs.
    void fast()
    {
        if (m_fast->precision() == ops::Precision::Exact)
            QSKIP("this processor multiplies no 16-bit numbers");
        QFETCH(QString, folder);
        const fs::path path = folder.toStdString();
        const json info = readJson(path / "case.json");
        const auto checkpoint = weights::Checkpoint::open(path);
        QVERIFY(checkpoint.ok());
        const auto model = load(checkpoint.value(), info, *m_fast);
        QVERIFY(model.ok());
        const auto answers = answersOf(*model.value(), path, info);
        QVERIFY2(answers.ok(), answers.ok() ? "" : answers.error().message.c_str());
        const auto expected = weights::readSafetensors(path / "expected.safetensors");
        QVERIFY(expected.ok());
        const tasks::Differences worst = tasks::compare(answers.value(), expected.value(), 1);
        std::printf("    fast         maps %.1e  outputs %.1e\n", worst.maps, worst.outputs);
        const bool natively = m_fast->info().kind == ops::DeviceKind::Cpu; // where small products stay exact
        const Bounds& allowed = natively ? kNatively : kHalves;
        QVERIFY2(worst.outputs <= allowed.outputs, qPrintable(QString::number(worst.outputs)));
        QVERIFY2(worst.maps <= allowed.maps, qPrintable(QString::number(worst.maps)));
        QVERIFY2(natively || worst.outputs > 1e-5, "it was computed exactly");
    }

    void cleanupTestCase()
    {
        m_device.reset();
        m_fast.reset();
        const auto messages = vulkan::validationMessages();
        QVERIFY2(messages.empty(), messages.empty() ? "" : messages.front().c_str());
    }

private:
    // Against `exact` 3e-5 of the largest value on maps and 1e-5 on outputs (the reference's README, "How to compare");
    // against `expected` three times the reference's own distance from `exact` on top, or 3e-4 where that is not known.
    static void compare(const std::map<std::string, HostTensor>& found, const weights::TensorMap& wanted,
        const weights::TensorMap& truth, bool exact)
    {
        double worstMap = 0, worstOutput = 0;
        for (const auto& [name, view] : wanted.tensors) {
            QVERIFY2(found.contains(name), name.c_str());
            const HostTensor& mine = found.at(name);
            QVERIFY2(mine.size() == elementCount(view.shape), (name + " " + toString(mine.shape)).c_str());
            const std::vector<float> values = toFloat(view);
            const bool map = name.find("attention") != std::string::npos;
            const double most = tasks::compare(mine, values, 0).most;
            double allowed = (map ? 3e-5 : 1e-5) * most;
            if (!exact && truth.tensors.contains(name))
                allowed
                    += 3 * tasks::compare(HostTensor(view.shape, values), toFloat(truth.tensors.at(name)), 0).absolute;
            else if (!exact)
                allowed = 3e-4 * most;
            const tasks::Difference difference = tasks::compare(mine, values, allowed / most);
            (map ? worstMap : worstOutput) = std::max(map ? worstMap : worstOutput, difference.relative());
            QVERIFY2(difference.absolute <= allowed,
                qPrintable(QString("%1: %2 of its largest value").arg(name.c_str()).arg(difference.relative())));
            if (name.starts_with("logits"))
                QCOMPARE(difference.otherBest, int64_t(0));
        }
        std::printf("    %-12s maps %.1e  outputs %.1e\n", exact ? "exact" : "expected", worstMap, worstOutput);
    }

    std::unique_ptr<ops::Device> m_device, m_fast;
};

QTEST_GUILESS_MAIN(TestCases)
#include "test_cases.moc"
