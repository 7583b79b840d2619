// What was open and what comes in, without a window: sessions, what a drop of files means, the list of them. With real
// files.
#include "app/document/session_file.h"
#include "app/document/source_list.h"
#include "app/media/image_reader.h"
#include "tests/app/document_files.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace app::document;
using engine::ErrorKind;
namespace fs = std::filesystem;

class TestSources : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_folder = m_dir->path().toStdString();
    }

    // Sessions.

    void sessionMovesWithItsFolder()
    {
        Session session;
        session.files = {picture(m_folder / "one/pictures/a ü.png", 4, 3), picture(m_folder / "b.png", 4, 3)};
        session.text = "Grüße\n[MASK] \"x\"";
        session.task = "flow";
        session.model = "flow-live";
        session.view = {{"zoom", 2.5}, {"panels", {"latents", nullptr}}};
        const fs::path file = m_folder / "one/a.pscope";
        QVERIFY(writeSession(file, session).ok());
        const auto read = readSession(file);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QVERIFY(read.value() == session);
        QVERIFY(!read.value().files[0].is_relative());
        const std::string text = content(file);
        QVERIFY(text.find("\"pictures/a ü.png\"") != std::string::npos);
        QVERIFY(text.find("\"../b.png\"") != std::string::npos);
        QVERIFY(text.find(m_folder.string()) == std::string::npos);

        fs::create_directories(m_folder / "two");
        fs::rename(m_folder / "one", m_folder / "two/one");
        const auto moved = readSession(m_folder / "two/one/a.pscope");
        QVERIFY(!moved.ok()); // b.png stayed behind
        QCOMPARE(int(moved.error().kind), int(ErrorKind::NoInput));
        QVERIFY2(moved.error().message.find("two/b.png") != std::string::npos, moved.error().message.c_str());
        QVERIFY(moved.error().message.find("ü.png") == std::string::npos);
        fs::rename(m_folder / "b.png", m_folder / "two/b.png");
        QVERIFY(readSession(m_folder / "two/one/a.pscope").ok());
    }

    void sessionHoldsAnyText()
    {
        const fs::path file = m_folder / "a.pscope";
        Session session{.text = std::string("\xff\0\xc3(", 4), .model = (m_folder / "models/mine").string()};
        QVERIFY(writeSession(file, session).ok());
        auto read = readSession(file);
        QVERIFY(read.ok());
        QVERIFY(read.value() == session); // the model's folder need not be there
        QVERIFY(content(file).find("\"models/mine\"") != std::string::npos);
        session.files = {m_folder / "\xff.png"};
        QVERIFY(!writeSession(file, session).ok());
        QVERIFY(readSession(file).ok()); // the old one is still whole
        QCOMPARE(int(writeSession(m_folder / "nowhere/a.pscope", Session()).error().kind), int(ErrorKind::InputOutput));
    }

    void damagedSessions_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const QByteArray& bytes, const char* words) {
            QTest::newRow(name) << bytes << words;
        };
        row("empty", "", "not a session");
        row("no JSON", "\x89PNG", "not a session");
        row("cut short", "{\"perceiverscope\": 1, \"files\": [", "cut short");
        row("another program's", R"({"version": 1})", "not a session");
        const QByteArray open = "{\"perceiverscope\": 1, \"view\": {\"a\": ";
        row("nested", open + QByteArray(5000, '['), "not a session");
        row("nested and closed", open + QByteArray(500, '[') + QByteArray(500, ']') + "}}", "not a session");
        row("newer", R"({"perceiverscope": 2})", "newer PerceiverScope (version 2");
        row("no number", R"({"perceiverscope": "1"})", "perceiverscope must be");
        row("negative", R"({"perceiverscope": -1})", "perceiverscope must be");
        row("files are a number", R"({"perceiverscope": 1, "files": 3})", "files must be");
        row("a file is null", R"({"perceiverscope": 1, "files": [null]})", "files must be");
        row("a zero byte", R"({"perceiverscope": 1, "files": ["a\u0000b"]})", "files must be");
        row("text is a list", R"({"perceiverscope": 1, "text": []})", "text must be");
        row("no base64", R"({"perceiverscope": 1, "text_base64": "*"})", "text_base64 must be");
        row("view is a list", R"({"perceiverscope": 1, "view": []})", "view must be");
        row("missing", R"({"perceiverscope": 1, "files": ["x.png", "y.png"]})", "x.png, ");
    }

    void damagedSessions()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        write(m_folder / "a.pscope", bytes.toStdString());
        const auto read = readSession(m_folder / "a.pscope");
        QVERIFY(!read.ok());
        const QString sentence = QString::fromStdString(read.error().message);
        QVERIFY2(sentence.contains(words) && sentence.contains("a.pscope"), qPrintable(sentence));
    }

    void noSession() { QCOMPARE(int(readSession(m_folder / "a.pscope").error().kind), int(ErrorKind::NoInput)); }

    // Drops.

    void oneAndTwoFiles()
    {
        const std::string a = picture(m_folder / "a.png", 8, 6), b = picture(m_folder / "b.PNG", 8, 6),
                          small = picture(m_folder / "small.bmp", 6, 8);
        write(m_folder / "words.txt", "x");
        auto items = groupDrop({a});
        QCOMPARE(items.size(), size_t(1));
        QCOMPARE(int(items[0].task), int(SourceTask::Image));
        QCOMPARE(items[0].title, "a.png");
        items = groupDrop({b, a});
        QCOMPARE(items.size(), size_t(1));
        QCOMPARE(int(items[0].task), int(SourceTask::Flow));
        QCOMPARE(items[0].title, "b.PNG → a.png");
        QCOMPARE(items[0].files, (std::vector<fs::path>{b, a}));
        QCOMPARE(
            dropSentence({b, a}), "Two pictures: the motion from the first to the second, if they are of one size");
        items = groupDrop({a, small});
        QCOMPARE(items.size(), size_t(2));
        QCOMPARE(int(items[1].task), int(SourceTask::Image));
        QCOMPARE(dropSentence({a, m_folder / "words.txt"}), "2 items, one after another");
        items = groupDrop({m_folder / "words.txt"});
        QCOMPARE(int(items.at(0).task), int(SourceTask::Text));
        write(m_folder / "s.pscope", "{}");
        QCOMPARE(int(groupDrop({m_folder / "s.pscope"}).at(0).task), int(SourceTask::Session));
        QVERIFY(groupDrop({}).empty());
    }

    // A camera's orientation counts: as it is shown, not as it is stored.
    void headsSayWhatPicturesAre()
    {
        for (const char* name : {"fuzz_image/turned", "fuzz_image/png", "fuzz_image/jpeg", "fuzz_image/bmp"}) {
            const fs::path path = kSource / "tests/fuzz/corpus" / name;
            const auto head = app::media::readImageHead(path);
            const auto image = app::media::readImage(path);
            QVERIFY(head.ok() && image.ok());
            QCOMPARE(head.value().width, image.value().width);
            QCOMPARE(head.value().height, image.value().height);
        }
        const std::string large = picture(m_folder / "noise.jpg", 900, 700);
        // A comment longer than what is read at first, before the size.
        std::string bytes = content(large);
        std::string comment("\xff\xfe\xff\xff", 4);
        comment += std::string(0xFFFF - 2, 'x');
        std::string longer = bytes.substr(0, 2);
        for (int i = 0; i < 6; ++i)
            longer += comment;
        write(large, longer + bytes.substr(2));
        const auto head = app::media::readImageHead(large);
        QVERIFY2(head.ok(), head.ok() ? "" : head.error().message.c_str());
        QCOMPARE(head.value().width, 900);
    }

    void groundTruths()
    {
        const std::string a = picture(m_folder / "a.png", 8, 6), b = picture(m_folder / "b.png", 8, 6),
                          kitti = picture(m_folder / "c.png", 8, 6, QImage::Format_RGBX64);
        write(m_folder / "f.flo", "x");
        const fs::path flo = m_folder / "f.flo";
        auto items = groupDrop({flo});
        QCOMPARE(int(items.at(0).state), int(ItemState::Failed));
        QVERIFY(items[0].note.find("open two frames first") != std::string::npos);
        QCOMPARE(dropSentence({flo}), items[0].note);
        QCOMPARE(dropSentence({flo}, true), "A flow field: the ground truth of the two frames");
        QCOMPARE(int(groupDrop({flo}, true).at(0).task), int(SourceTask::GroundTruth));
        QCOMPARE(int(groupDrop({kitti}).at(0).task), int(SourceTask::Image));
        QCOMPARE(int(groupDrop({kitti}, true).at(0).task), int(SourceTask::GroundTruth));
        for (const fs::path& truth : {flo, fs::path(kitti)}) {
            items = groupDrop({a, truth, b});
            QCOMPARE(items.size(), size_t(2));
            QCOMPARE(int(items[0].task), int(SourceTask::Flow));
            QCOMPARE(items[0].files, (std::vector<fs::path>{a, b}));
            QCOMPARE(int(items[1].task), int(SourceTask::GroundTruth));
        }
    }

    void videos()
    {
        for (const char* name : {"a.mp4", "b.MKV", "c.webm", "d.gif", "e.avi", "f.mov"}) {
            write(m_folder / name, "x"); // what is in it is seen when it is opened
            const auto items = groupDrop({m_folder / name});
            QCOMPARE(items.size(), size_t(1));
            QCOMPARE(int(items[0].task), int(SourceTask::Video));
            QCOMPARE(items[0].title, name);
            QCOMPARE(dropSentence({m_folder / name}), "A video: the motion from frame to frame");
            QVERIFY(
                namePatterns().find(
                    items[0].files[0].extension() == ".MKV" ? "*.mkv" : "*" + items[0].files[0].extension().string())
                != std::string::npos);
        }
        QVERIFY(namePatterns(true).find("*.png") == std::string::npos);
        QCOMPARE(int(groupDrop({m_folder / "gone.mp4"}).at(0).task), int(SourceTask::None));
    }

    // Numbered pictures of one size and nothing else; alone.
    void folderAsVideo()
    {
        const fs::path folder = m_folder / "frames";
        for (int i = 8; i <= 10; ++i)
            picture(folder / ("f" + std::to_string(i) + ".png"), 5, 4);
        write(folder / "sound.wav", "x"); // is no part of it
        auto items = groupDrop({folder / ""});
        QCOMPARE(items.size(), size_t(1));
        QCOMPARE(int(items[0].task), int(SourceTask::Video));
        QCOMPARE(items[0].title, "frames");
        const auto clip = groupDrop({kSource / "assets/samples/clip"}); // enough pictures, and a sound
        QCOMPARE(clip.size(), size_t(1));
        QCOMPARE(int(clip[0].task), int(SourceTask::Clip));
        QCOMPARE(items[0].files, std::vector<fs::path>{folder});
        const std::string other = picture(m_folder / "other.png", 5, 4);
        QCOMPARE(groupDrop({folder, other}).size(), size_t(4));
        write(folder / "words.txt", "x");
        QCOMPARE(groupDrop({folder}).size(), size_t(4));
        fs::remove(folder / "words.txt");
        picture(folder / "f11.png", 6, 4);
        items = groupDrop({folder});
        QCOMPARE(items.size(), size_t(4));
        QCOMPARE(int(items[0].task), int(SourceTask::Image));
        std::error_code failed;
        QCOMPARE(filesIn(folder, failed),
            (std::vector<fs::path>{folder / "f8.png", folder / "f9.png", folder / "f10.png", folder / "f11.png"}));
    }

    void manyFiles()
    {
        std::vector<fs::path> paths;
        for (int i = 1; i <= 200; ++i)
            paths.push_back(picture(m_folder / ("frame_" + std::to_string(i) + ".png"), 5, 4));
        paths.push_back(m_folder / "gone.png");
        paths.push_back(m_folder / "sheet.xlsx");
        write(m_folder / "sheet.xlsx", "x");
        write(m_folder / "broken.png", "no picture");
        paths.push_back(m_folder / "broken.png");
        const auto items = groupDrop(paths);
        QCOMPARE(items.size(), size_t(203));
        QCOMPARE(int(items[199].task), int(SourceTask::Image));
        QCOMPARE(items[0].note, "one of 200 numbered frames of one size: open two of them for the motion between them");
        QVERIFY(items[200].note.starts_with("there is no file"));
        QVERIFY(items[201].note.find("kind that cannot be opened") != std::string::npos);
        QVERIFY(items[202].note.find("not a picture") != std::string::npos);
        for (size_t i = 200; i < 203; ++i)
            QCOMPARE(int(items[i].state), int(ItemState::Failed));
        QCOMPARE(dropSentence(paths), "202 items, one after another, and 1 that cannot be opened"); // by their names
        // Pictures of one size whose names are no sequence have no remark.
        const auto others = groupDrop({picture(m_folder / "x.png", 5, 4), paths[0], paths[1]});
        QCOMPARE(others[1].note, "");
    }

    void folders()
    {
        const fs::path folder = m_folder / "many";
        for (int i = 1; i <= 205; ++i)
            write(folder / (std::to_string(i) + ".txt"), "x");
        picture(folder / "inner/x.png", 4, 4);
        write(folder / "sheet.xlsx", "x");
        auto items = groupDrop({folder / ""});
        QCOMPARE(items.size(), kMostOfAFolder);
        QCOMPARE(items[1].title, "2.txt");
        QCOMPARE(items[199].title, "200.txt");
        QVERIFY2(items[0].note.starts_with("the first 200 of the 205 files"), items[0].note.c_str());
        items = groupDrop({folder / "inner", picture(m_folder / "y.png", 4, 4)});
        QCOMPARE(items.size(), size_t(1)); // the two make a pair
        QCOMPARE(int(items[0].task), int(SourceTask::Flow));
        fs::create_directories(m_folder / "empty");
        QVERIFY(groupDrop({m_folder / "empty"}).at(0).note.find("holds no picture") != std::string::npos);
        QVERIFY(groupDrop({testCase("bare")}).at(0).note.find("is a model's folder") != std::string::npos);
    }

    void listOfItems()
    {
        SourceList list;
        const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(list.startNext(), -1);
        const std::string a = picture(m_folder / "a.png", 8, 6), b = picture(m_folder / "b.png", 6, 8),
                          c = picture(m_folder / "c.png", 6, 5);
        list.add(groupDrop({a, b, c, m_folder / "gone.txt"}));
        list.add({});
        QCOMPARE(list.rowCount(), 4);
        QCOMPARE(titles(list), (QStringList{"a.png", "b.png", "c.png", "gone.txt"}));
        QCOMPARE(list.count(ItemState::Failed), 1);
        list.retry(3); // nothing can be done with it
        QCOMPARE(list.count(ItemState::Failed), 1);

        QSignalSpy changed(&list, &QAbstractItemModel::dataChanged);
        QCOMPARE(list.startNext(), 0);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(list.index(0).data(SourceList::StateRole).toInt(), int(ItemState::Running));
        list.setState(0, ItemState::Done, "cat, 91 %");
        QCOMPARE(list.index(0).data(Qt::AccessibleDescriptionRole).toString(), "done: cat, 91 %");
        fs::remove(b);
        QCOMPARE(list.startNext(), 2);
        QCOMPARE(int(list.item(1).state), int(ItemState::Failed));
        QVERIFY(list.index(1).data(SourceList::NoteRole).toString().endsWith("b.png is no longer there"));
        picture(b, 6, 8);
        list.retry(1);
        QCOMPARE(int(list.item(1).state), int(ItemState::Waiting));
        QCOMPARE(list.item(1).note, "");
        list.cancelAll();
        QCOMPARE(list.count(ItemState::Failed), 3);
        QCOMPARE(list.startNext(), -1);

        QVERIFY(list.removeRows(1, 2));
        QVERIFY(!list.removeRows(1, 2));
        QCOMPARE(titles(list), (QStringList{"a.png", "gone.txt"}));
        QCOMPARE(list.index(0).data(SourceList::FilesRole).toStringList(), QStringList{QString::fromStdString(a)});
        list.clear();
        QCOMPARE(list.rowCount(), 0);
        list.setState(0, ItemState::Done);
    }

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(TestSources)
#include "test_sources.moc"
