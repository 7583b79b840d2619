// What the window offers and remembers, without a window: the models to choose from, and settings. With real files.
#include "app/document/model_shelf_list.h"
#include "app/document/settings.h"
#include "tests/app/document_files.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace app::document;
using engine::perceiver::Kind;
namespace fs = std::filesystem;

namespace {

// A checkpoint of which one file is other than it was.
std::string damaged(const fs::path& folder, const char* from, const char* file, const std::string& text)
{
    fs::copy(testCase(from), folder);
    write(folder / file, text);
    return folder.string();
}

} // namespace

class TestDocument : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_folder = m_dir->path().toStdString();
    }

    // The shelf.

    void starterModels()
    {
        const ModelShelf shelf{std::vector<std::string>()};
        const ModelEntry* flow = shelf.find("flow");
        QVERIFY(flow);
        QCOMPARE(flow->title, "flow · starter");
        QVERIFY(flow->starter && flow->usable());
        QCOMPARE(int(flow->kind), int(Kind::OpticalFlow));
        QCOMPARE(flow->can, std::vector<std::string>{"Optical flow of two frames"});
        QCOMPARE(flow->parameters, int64_t(406'896)); // as its card says
        QVERIFY(flow->bytes >= 4 * 400'000
            && flow->bytes < fs::file_size(kSource / "assets/starter/flow/model.safetensors"));
        QVERIFY(flow->card.find("Middlebury") != std::string::npos);
        QCOMPARE(shelf.find("image")->can.at(0), "Names one of 10 things in a picture");
        QVERIFY(shelf.find("image")->can.at(1).starts_with("Knows airplane, "));
        QCOMPARE(shelf.find("text")->can, std::vector<std::string>{"Fills masked bytes"});
        QCOMPARE(shelf.find("sentiment")->can, std::vector<std::string>{"Says positive or negative"});
        QCOMPARE(shelf.find("clip")->can, std::vector<std::string>{"Rebuilds a clip with sound"});
        QVERIFY(!shelf.find("training") && !shelf.find(""));
        QCOMPARE(ModelShelf::entryOf("text").parameters, shelf.find("text")->parameters);
    }

    // Every kind of the reference cases is recognised, from safetensors and from torch's own files.
    void kinds_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("can");
        const auto row = [](const char* name, Kind kind, const char* can) { QTest::newRow(name) << int(kind) << can; };
        row("masked-lm-bin", Kind::MaskedLanguage, "Fills masked bytes");
        row("masked-lm-dm", Kind::MaskedLanguage, "Fills masked bytes");
        row("text-classification", Kind::TextClassification, "Sorts a text into");
        row("text-classification-legacy", Kind::TextClassification, "Sorts a text into");
        row("image-learned", Kind::ImageLearned, "Names one of");
        row("image-fourier", Kind::ImageFourier, "Names one of");
        row("image-conv-bin", Kind::ImageConv, "Names one of");
        row("optical-flow-dm", Kind::OpticalFlow, "Optical flow of two frames");
        row("optical-flow-legacy", Kind::OpticalFlow, "Optical flow of two frames");
        row("multimodal-dm", Kind::Multimodal, "Rebuilds a clip with sound");
        row("bare", Kind::Bare, "Turns an array into latents");
    }

    void kinds()
    {
        QFETCH(int, kind);
        QFETCH(QString, can);
        const ModelEntry entry = ModelShelf::entryOf(testCase(QTest::currentDataTag()));
        QVERIFY2(entry.usable(), entry.wrong.c_str());
        QCOMPARE(int(entry.kind), kind);
        QVERIFY2(entry.can.at(0).starts_with(can.toStdString()), entry.can.at(0).c_str());
        QVERIFY(entry.parameters > 1000 && entry.bytes > 4000);
        QCOMPARE(entry.title, QTest::currentDataTag());
        QVERIFY(!entry.starter);
    }

    void foldersThatCannotBeUsed()
    {
        const std::string config = R"({"num_latents": "many"})";
        const auto wrong
            = [](const std::string& folder) { return QString::fromStdString(ModelShelf::entryOf(folder).wrong); };
        const auto says = [](const QString& sentence, const char* words) {
            return sentence.contains(words) ? true : (qWarning() << sentence, false);
        };
        QVERIFY(says(wrong((m_folder / "gone").string()), "take it out of the list"));
        write(m_folder / "empty/notes.txt", "x");
        QVERIFY(says(wrong((m_folder / "empty").string()), "holds no weights"));
        QVERIFY(
            says(wrong(damaged(m_folder / "config", "masked-lm-dm", "config.json", config)), "num_latents must be"));
        QVERIFY(says(wrong(damaged(m_folder / "json", "masked-lm-dm", "config.json", "{")), "not a JSON object"));
        QVERIFY(says(wrong(damaged(m_folder / "cut", "masked-lm-dm", "model.safetensors", "abc")), "too short"));
        QVERIFY(
            says(wrong(damaged(m_folder / "torch", "masked-lm-bin", "pytorch_model.bin", "abc")), "pytorch_model.bin"));
        QVERIFY(says(wrong(damaged(m_folder / "heads", "masked-lm-dm", "config.json",
                         R"({"d_latents": 39, "qk_channels": 10, "num_self_attention_heads": 3})")),
            "cannot be split"));
        // Another model's config, and weights that are no Perceiver's.
        QVERIFY(says(
            wrong(damaged(m_folder / "other", "masked-lm-dm", "config.json", "{}")), "embeddings.latents has shape"));
        const std::string header = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        std::string file(8, '\0');
        file[0] = char(header.size());
        QVERIFY(says(wrong(damaged(m_folder / "foreign", "masked-lm-dm", "model.safetensors", file + header + "1234")),
            "embeddings.latents is missing"));
    }

    void userFolders()
    {
        fs::create_directories(m_folder / "a");
        fs::create_directories(m_folder / "b");
        const fs::path hub = m_folder / "models--deepmind--vision/snapshots/0123abc";
        fs::create_directories(hub.parent_path());
        for (const fs::path& folder : {m_folder / "a/model", m_folder / "b/model", hub})
            fs::copy(testCase("image-learned"), folder);
        write(hub / "README.md", "---\nlicense: x\n---\n\n# Eye\n");
        const std::string a = (m_folder / "a/model").string();
        const ModelShelf shelf(
            {hub.string(), a + "/", a, (m_folder / "b/../b/model").string(), (m_folder / "gone").string()});
        std::vector<std::string> found;
        for (const ModelEntry& entry : shelf.entries())
            if (!entry.starter)
                found.push_back(entry.title);
        QCOMPARE(found,
            (std::vector<std::string>{"deepmind/vision", "model · " + (m_folder / "a").string(),
                "model · " + (m_folder / "b").string(), "gone"}));
        QCOMPARE(shelf.find(hub.string())->card, "# Eye\n");
        QVERIFY(shelf.find(a)->usable());
        QVERIFY(!shelf.find((m_folder / "gone").string())->usable());
        // One of the weight files stands for its folder.
        QCOMPARE(ModelShelf::entryOf(a + "/model.safetensors").title, "model");
        QVERIFY(ModelShelf::entryOf(a + "/model.safetensors").usable());
    }

    void whatFitsComesFirst()
    {
        const std::string gone = (m_folder / "gone").string();
        ModelShelfModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.bestRow("flow"), -1);
        model.setShelf(ModelShelf({testCase("image-learned"), testCase("bare"), gone}));
        QCOMPARE(model.rowCount(), int(model.shelf().entries().size()));
        QVERIFY(titles(model).indexOf("gone") == model.rowCount() - 1);

        model.setAsked(Asked::Picture);
        QCOMPARE(titles(model).mid(0, 2), (QStringList{"image · starter", "image-learned"}));
        const QPersistentModelIndex image = model.index(0);
        QVERIFY(image.flags() & Qt::ItemIsEnabled);
        QCOMPARE(image.data(ModelShelfModel::WrongRole).toString(), "");
        QCOMPARE(image.data(ModelShelfModel::SizeRole).toString(), "866,382 parameters, 1.7 MB");
        const QModelIndex flow = model.index(model.rowOf("flow"));
        QVERIFY(!(flow.flags() & Qt::ItemIsEnabled));
        QCOMPARE(flow.data(ModelShelfModel::WrongRole).toString(), "This model answers two frames; a picture is open");
        QVERIFY(flow.data(Qt::ToolTipRole).toString().contains("Optical flow of two frames\n406,896"));
        QCOMPARE(model.bestRow("flow"), 0);
        QCOMPARE(model.bestRow(QString::fromStdString(testCase("image-learned"))), 1);
        const QModelIndex last = model.index(model.rowCount() - 1);
        QVERIFY(!(last.flags() & Qt::ItemIsEnabled));
        QVERIFY(last.data(ModelShelfModel::WrongRole).toString().startsWith("there is no model folder"));

        QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
        model.setAsked(Asked::MaskedText);
        QCOMPARE(moved.size(), 1);
        QCOMPARE(titles(model).mid(0, 2), (QStringList{"text · starter", "sentiment · starter"}));
        QCOMPARE(image.data().toString(), "image · starter"); // it kept its model
        QVERIFY(image.row() > 1);
        model.setAsked(Asked::Text);
        QCOMPARE(titles(model).first(), "sentiment · starter");
        QCOMPARE(model.index(model.rowOf("text")).data(ModelShelfModel::WrongRole).toString(),
            "This model answers a text with [MASK]; a text without [MASK] is open");
        model.setAsked(Asked::Frames);
        QCOMPARE(titles(model).mid(0, 2), (QStringList{"flow · starter", "flow-live · starter"}));
        QCOMPARE(model.shelf().thatAnswer(Asked::Clip).size(), size_t(1));
        model.setShelf(ModelShelf());
        QCOMPARE(model.rowCount(), 0);
    }

    void whatIsAsked()
    {
        QCOMPARE(taskName(askedOf(0, "")), "");
        QCOMPARE(taskName(askedOf(1, "")), "image");
        QCOMPARE(taskName(askedOf(2, "")), "flow");
        QCOMPARE(taskName(askedOf(0, "A [MASK].")), "text");
        QCOMPARE(taskName(askedOf(0, "A film.")), "sentiment");
    }

    // Settings.

    void settingsComeBack()
    {
        const QString file = m_dir->filePath("settings.ini");
        const QByteArray geometry("\0\1\xff\n;=", 6);
        {
            Settings settings(file);
            QCOMPARE(settings.colourMap(), "viridis");
            QCOMPARE(int(settings.theme()), int(Theme::System));
            QVERIFY(settings.recent().isEmpty() && settings.geometry().isEmpty());
            settings.setColourMap("magma");
            settings.setScale("log");
            settings.setOpacity(0.25);
            settings.setTheme(Theme::Dark);
            settings.setExportFolder(m_dir->path());
            settings.setChosenModel("flow", "flow-live");
            settings.setChosenModel("image", "/m/ä, b");
            settings.setLayout(geometry, "state");
            settings.addModelFolder("/m/one");
            settings.addModelFolder("/m/two, three/");
            settings.addModelFolder("/m/one");
            settings.moveModelFolder(1, 0);
            QVERIFY(settings.save());
        }
        Settings settings(file);
        QVERIFY(!settings.damaged());
        QCOMPARE(settings.colourMap(), "magma");
        QCOMPARE(settings.scale(), "log");
        QCOMPARE(settings.opacity(), 0.25);
        QCOMPARE(int(settings.theme()), int(Theme::Dark));
        QCOMPARE(settings.exportFolder(), m_dir->path());
        QCOMPARE(settings.chosenModel("flow"), "flow-live");
        QCOMPARE(settings.chosenModel("image"), "/m/ä, b");
        QCOMPARE(settings.chosenModel("text"), "");
        QCOMPARE(settings.geometry(), geometry);
        QCOMPARE(settings.layout(), QByteArray("state"));
        QCOMPARE(settings.modelFolders(), (QStringList{"/m/two, three", "/m/one"}));
        settings.removeModelFolder("/m/two, three");
        settings.moveModelFolder(0, 5);
        QCOMPARE(settings.modelFolders(), QStringList{"/m/one"});
        settings.setChosenModel("flow", "");
        QCOMPARE(settings.chosenModel("flow"), "");
        settings.resetLayout();
        QVERIFY(settings.geometry().isEmpty() && settings.layout().isEmpty());
        QCOMPARE(settings.colourMap(), "magma"); // the layout only
        QDir(m_dir->path()).mkdir("going");
        settings.setExportFolder(m_dir->filePath("going"));
        QDir(m_dir->path()).rmdir("going");
        QVERIFY(QFileInfo(settings.exportFolder()).isDir()); // another one
    }

    void recentItems()
    {
        const QString file = m_dir->filePath("settings.ini");
        const QString a = QString::fromStdString(picture(m_folder / "a.png", 3, 3)), b = m_dir->filePath("b.png");
        {
            Settings settings(file);
            settings.addRecent({a});
            settings.addRecent({a, b});
            settings.addRecent({a});
            settings.addRecent({});
        }
        Settings settings(file);
        QList<RecentItem> items = settings.recent();
        QCOMPARE(items.size(), 2);
        QCOMPARE(items[0].files, QStringList{a});
        QVERIFY(items[0].exists());
        QCOMPARE(items[1].files, (QStringList{a, b}));
        QCOMPARE(items[1].title(), "a.png → b.png");
        QVERIFY(!items[1].exists()); // b was never there, and stays
        for (int i = 0; i < 20; ++i)
            settings.addRecent({m_dir->filePath(QString::number(i))});
        items = settings.recent();
        QCOMPARE(items.size(), Settings::kMostRecent);
        QCOMPARE(items.first().title(), "19");
        QCOMPARE(items.last().title(), "8");
        settings.removeRecent(items[3]);
        QCOMPARE(settings.recent().size(), Settings::kMostRecent - 1);
        QVERIFY(!settings.recent().contains(items[3]));
        settings.clearRecent();
        QVERIFY(settings.recent().isEmpty());
    }

    void damagedSettings()
    {
        const QString file = m_dir->filePath("settings.ini");
        const auto check = [&](const std::string& text, bool damaged) {
            write(file.toStdString(), text);
            Settings settings(file);
            QCOMPARE(settings.damaged(), damaged);
            QCOMPARE(settings.colourMap(), "viridis");
            QCOMPARE(settings.scale(), "linear");
            QCOMPARE(settings.opacity(), 0.85);
            QCOMPARE(int(settings.theme()), int(Theme::System));
            QVERIFY(settings.modelFolders().isEmpty() && settings.recent().isEmpty());
            settings.setColourMap("turbo");
            QVERIFY(settings.save());
            QCOMPARE(Settings(file).colourMap(), "turbo"); // and it is well again
        };
        check("[view]\ncolour_map=plaid\nscale=7\nopacity=nan\ntheme=@Invalid()\n[recent]\n01=\n02=@Variant(\\0)\n",
            false);
        check("[view]\nopacity=1.5\ncolour_map=viridis, magma\n[models]\nfolders=,,\n", false);
        check("[view\nno settings at all\n\xff\xfe\n", true);
        check(std::string("\0\x80PNG\n[[[\n=x\n", 13), true);
        // A folder in the file's place: nothing can be kept, and nothing breaks.
        QDir(m_dir->path()).mkdir("folder.ini");
        Settings settings(m_dir->filePath("folder.ini"));
        settings.setColourMap("turbo");
        QVERIFY(!settings.save());
        QCOMPARE(settings.colourMap(), "turbo");
    }

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(TestDocument)
#include "test_document.moc"
