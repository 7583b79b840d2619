// What a view shows, in files: weights that come back exactly, pixels at chosen places, pages that other programs can
// read, and writing that cannot succeed.
#include "app/exports/map_export.h"
#include "app/formats/atomic_file.h"
#include "app/formats/flow_files.h"

#include <QFile>
#include <QPainter>
#include <QRandomGenerator>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <cmath>
#include <csignal>
#include <cstring>
#include <sys/resource.h>
#include <unistd.h>

using namespace app;
using engine::ErrorKind;
using engine::HostTensor;
using exports::ShownMap;
namespace fs = std::filesystem;

namespace {

constexpr int kMargin = 24; // of a page, in its units

HostTensor randomMap(engine::Shape shape)
{
    HostTensor map(std::move(shape));
    QRandomGenerator random(7);
    for (float& weight : map.values)
        weight = float(std::pow(random.generateDouble(), 20)); // from nearly nothing to one
    return map;
}

QByteArray contents(const fs::path& path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// All letters of an SVG, in their order; nothing when it is not well-formed.
QStringList letters(const QByteArray& svg)
{
    QStringList all;
    QXmlStreamReader reader(svg);
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::StartElement
            && (reader.name() == u"text" || reader.name() == u"title"))
            all << reader.readElementText().trimmed();
    return reader.hasError() ? QStringList() : all;
}

bool near(QRgb a, QRgb b, int off)
{
    return std::abs(qRed(a) - qRed(b)) <= off && std::abs(qGreen(a) - qGreen(b)) <= off
        && std::abs(qBlue(a) - qBlue(b)) <= off;
}

} // namespace

class TestExports : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    fs::path file(const char* name) const { return (m_folder.path() + "/" + name).toStdString(); }

private slots:
    void init()
    {
        for (const fs::directory_entry& entry : fs::directory_iterator(m_folder.path().toStdString()))
            fs::remove_all(entry);
    }

    void csvComesBack()
    {
        ShownMap shown{.map = randomMap({5, 7})};
        shown.map.values[3] = 0;
        shown.map.values[4] = -1.0f / 3;
        shown.map.values[5] = 1e-42f; // below the smallest normal number
        QVERIFY(exports::exportMap(file("map.csv"), shown).ok());
        const auto lines = contents(file("map.csv")).split('\n');
        QCOMPARE(lines.size(), 1 + 35 + 1);
        QCOMPARE(lines.first(), "row,column,weight");
        for (int i = 0; i < 35; ++i) {
            const auto cells = lines[1 + i].split(',');
            QCOMPARE(cells.size(), 3);
            QCOMPARE(cells[0].toInt(), i / 7);
            QCOMPARE(cells[1].toInt(), i % 7);
            QVERIFY(std::strtof(cells[2].constData(), nullptr) == shown.map.values[size_t(i)]);
        }
    }

    void npyComesBack()
    {
        const ShownMap shown{.map = randomMap({3, 5, 2})}; // as flow, which can be read
        QVERIFY(exports::exportMap(file("map.npy"), shown).ok());
        const auto read = formats::readFlow(file("map.npy"));
        QVERIFY(read.ok());
        QCOMPARE(read.value().width, 5);
        QCOMPARE(read.value().height, 3);
        QVERIFY(read.value().uv == shown.map.values);
        QVERIFY(exports::exportMap(file("line.NPY"), {.map = randomMap({9})}).ok());
        const QByteArray bytes = contents(file("line.NPY"));
        QVERIFY(bytes.contains("(9,)"));
        QCOMPARE(std::memcmp(bytes.constData() + bytes.size() - 36, randomMap({9}).values.data(), 36), 0);
    }

    void pngOfAMap()
    {
        const ShownMap shown{.map = HostTensor({2, 2}, {0, 1, 2, 4}), .caption = "Four weights", .unit = "share"};
        QVERIFY(exports::exportMap(file("map.png"), shown).ok());
        const QImage image(QString::fromStdString(file("map.png").string()));
        QCOMPARE(image.width(), 640 + 2 * kMargin);
        QCOMPARE(image.text("Title"), "Four weights");
        for (int i = 0; i < 4; ++i) {
            const QRgb colour = views::colourAt(shown.colours, shown.map.values[size_t(i)] / 4);
            for (const QPoint corner : {QPoint(1, 1), QPoint(160, 160), QPoint(318, 318)})
                QCOMPARE(image.pixel(QPoint(kMargin + i % 2 * 320, kMargin + i / 2 * 320) + corner), colour);
        }
        QCOMPARE(image.pixel(2, 2), qRgb(255, 255, 255));
        // The scale runs over the same width, from nothing to the largest.
        int rows = 0;
        for (int y = kMargin + 645; y < image.height(); ++y)
            rows += near(image.pixel(kMargin + 2, y), views::colourAt(shown.colours, 0), 3)
                && near(image.pixel(kMargin + 320, y), views::colourAt(shown.colours, 0.5f), 3)
                && near(image.pixel(kMargin + 637, y), views::colourAt(shown.colours, 1), 3);
        QVERIFY2(rows >= 8 && rows <= 10, qPrintable(QString::number(rows)));
        QCOMPARE(exports::pagePicture(shown).convertToFormat(image.format()), image);
    }

    void pngOverAPicture()
    {
        ShownMap shown{.ground = QImage(800, 400, QImage::Format_RGB32),
            .crop = QRect(200, 0, 400, 400),
            .map = HostTensor({2, 2}, {0, 0, 0, 1}),
            .opacity = 1,
            .darkPaper = true};
        shown.ground.fill(qRgb(10, 200, 30));
        const QImage page = exports::pagePicture(shown);
        const int left = int(std::lround(kMargin * 800 / 760.0)); // the picture's pixels are the page's
        const auto at = [&](int x, int y) { return page.pixel(left + x, left + y); };
        QCOMPARE(at(500, 300), views::colourAt(shown.colours, 1)); // the weight
        QCOMPARE(at(300, 300), qRgb(10, 200, 30)); // nothing, in the crop
        QCOMPARE(at(700, 300), qRgb(10, 200, 30)); // beside it
        QVERIFY(at(200, 200) != qRgb(10, 200, 30)); // its outline
        QCOMPARE(page.pixel(2, 2), qRgb(0x17, 0x19, 0x1e));
        shown.opacity = 0.5f;
        const QRgb top = views::colourAt(shown.colours, 1);
        QVERIFY(near(exports::pagePicture(shown).pixel(left + 500, left + 300),
            qRgb((qRed(top) + 10) / 2, (qGreen(top) + 200) / 2, (qBlue(top) + 30) / 2), 2));
    }

    // Two frames side by side, each under its part of the map.
    void framesOverAPicture()
    {
        ShownMap shown{
            .ground = QImage(760, 100, QImage::Format_RGB32), .map = HostTensor({2, 1, 2}, {0, 0, 1, 0}), .opacity = 1};
        shown.ground.fill(Qt::white);
        const QImage page = exports::pagePicture(shown);
        QCOMPARE(page.pixel(kMargin + 480, kMargin + 50), views::colourAt(shown.colours, 1));
        for (const int x : {100, 300, 670})
            QCOMPARE(page.pixel(kMargin + x, kMargin + 50), qRgb(255, 255, 255));
    }

    void contoursAreDrawn()
    {
        ShownMap shown{.ground = QImage(760, 760, QImage::Format_RGB32), .map = HostTensor({19, 19}), .opacity = 0};
        shown.ground.fill(Qt::red);
        shown.map.at(9, 9) = 1;
        const auto whites = [](const QImage& page) {
            int count = 0;
            for (int x = 300; x < 460; ++x)
                count += near(page.pixel(kMargin + x, kMargin + 380), qRgb(255, 230, 230), 25);
            return count;
        };
        QCOMPARE(whites(exports::pagePicture(shown)), 0);
        shown.contours = true;
        QVERIFY(whites(exports::pagePicture(shown)) >= 6); // three rings, two sides
    }

    void anotherPicture()
    {
        ShownMap shown{.caption = "Flow", .instead = QImage(800, 300, QImage::Format_RGB32)};
        shown.instead.fill(qRgb(1, 2, 3));
        shown.instead.setPixel(17, 11, qRgb(200, 100, 50));
        const QImage page = exports::pagePicture(shown);
        QCOMPARE(page.pixel(25 + 17, 25 + 11), qRgb(200, 100, 50));
        QCOMPARE(page.pixel(25 + 18, 25 + 11), qRgb(1, 2, 3));
        const auto written = exports::exportMap(file("flow.csv"), shown);
        QVERIFY(!written.ok());
        QCOMPARE(int(written.error().kind), int(ErrorKind::Usage));
        QVERIFY2(written.error().message.find(".png") != std::string::npos, written.error().message.c_str());
    }

    void svgIsWellFormed()
    {
        ShownMap shown{.map = HostTensor({2, 2}, {0, 1, 2, 4e-4f}),
            .contours = true,
            .caption = QString("Byte \x01 & <text> \"font-family=\" of “größe” width=\"1mm\" height=\"1mm\""),
            .unit = "share <of> attention"};
        shown.scale.discard = 0.25f;
        QVERIFY(exports::exportMap(file("map.svg"), shown).ok());
        const QByteArray svg = contents(file("map.svg"));
        const QStringList words = letters(svg);
        QString caption = shown.caption;
        caption.replace(QChar(1), QChar(0xfffd));
        QVERIFY(!words.isEmpty());
        QCOMPARE(words.first(), caption); // the title
        QCOMPARE(words.mid(7).join(' '), caption); // after it: the unit and five numbers
        QVERIFY2(words[1].startsWith("share <of> attention"), qPrintable(words[1]));
        QVERIFY2(words[1].contains("25 %"), qPrintable(words[1]));
        QCOMPARE(words.mid(2, 5), (QStringList{"0", "0.5", "1", "1.5", "2"}));
        // As pixels it is what the PNG is.
        QSvgRenderer renderer(svg);
        QVERIFY(renderer.isValid());
        const QImage page = exports::pagePicture(shown);
        QCOMPARE(renderer.defaultSize(), page.size());
        QImage image(page.size(), QImage::Format_RGB32);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        for (const QPoint at : {QPoint(60, 60), QPoint(620, 60), QPoint(60, 600), QPoint(2, 2)})
            QVERIFY2(near(image.pixel(at), page.pixel(at), 2), qPrintable(QString::number(at.x())));
    }

    void numbersOfTheScale()
    {
        ShownMap shown{.map = HostTensor({1, 3}, {0, 1e-5f, 2e-4f})};
        shown.scale.curve = views::MapScale::Curve::Logarithmic;
        const auto numbers = [&] {
            if (!exports::exportMap(file("scale.svg"), shown).ok())
                return QStringList();
            return letters(contents(file("scale.svg"))).filter(QRegularExpression("^[^a-z]*(e.*)?$")).mid(1);
        };
        const QString minus(QChar(0x2212)), atMost(QChar(0x2264)), atLeast(QChar(0x2265));
        QCOMPARE(numbers(),
            (QStringList{atMost + "2.00e" + minus + "8", "2.00e" + minus + "7", "2.00e" + minus + "6",
                "2.00e" + minus + "5", "2.00e" + minus + "4"}));
        shown.scale = {.global = true};
        shown.top = 1e-4f; // less than the map's largest
        QCOMPARE(numbers().last(), atLeast + "1.00e" + minus + "4");
        shown.map.values = {-1, 0, 3};
        shown.scale = {};
        shown.colours = views::ColourMap::Signed;
        QCOMPARE(numbers(), (QStringList{minus + "3", minus + "1.5", "0", "+1.5", "+3"}));
        shown.map.values = {0, 0, 0};
        QCOMPARE(numbers(), QStringList{"0"});
    }

    void pdfIsAPage()
    {
        const ShownMap shown{.map = randomMap({20, 30}),
            .contours = true,
            .caption = "A (map) of weights",
            .unit = "share",
            .darkPaper = true};
        QVERIFY(exports::exportMap(file("map.pdf"), shown).ok());
        const QByteArray pdf = contents(file("map.pdf"));
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY(pdf.trimmed().endsWith("%%EOF"));
        QCOMPARE(pdf.count("/Type /Page\n"), 1);
        QVERIFY(pdf.contains("/Count 1\n"));
        const QSize page = exports::pagePicture(shown).size();
        const QString box
            = QString("/MediaBox [0 0 %1.000000 %2.000000]").arg(page.width()).arg(page.height()); // points
        QVERIFY2(pdf.contains(box.toLatin1()), pdf.mid(pdf.indexOf("/MediaBox"), 60).constData());
    }

    // Letters go over several lines and stay between the margins, a word without end too.
    void longCaptions()
    {
        ShownMap shown{.map = HostTensor({1, 1}, {1}), .caption = "short"};
        const QImage before = exports::pagePicture(shown);
        shown.caption = QString("many words ").repeated(60) + QString(400, 'W') + "\nand a line";
        const QImage page = exports::pagePicture(shown);
        QCOMPARE(page.width(), before.width());
        QVERIFY(page.height() > before.height() + 15 * 16);
        for (int y = 0; y < page.height(); ++y)
            for (int x = 0; x < kMargin - 3; ++x) {
                QCOMPARE(page.pixel(x, y), qRgb(255, 255, 255));
                QCOMPARE(page.pixel(page.width() - 1 - x, y), qRgb(255, 255, 255));
            }
        for (int x = 0; x < page.width(); ++x)
            QCOMPARE(page.pixel(x, page.height() - kMargin / 2), qRgb(255, 255, 255));
        QVERIFY(exports::exportMap(file("long.svg"), shown).ok());
        QString all = letters(contents(file("long.svg"))).mid(1).join("");
        QCOMPARE(all.count('W'), 400);
        QVERIFY(all.endsWith("and a line"));
    }

    void shapesOfAllKinds()
    {
        for (const engine::Shape& shape : std::vector<engine::Shape>{
                 {1}, {9}, {512}, {1300}, {1, 1}, {224, 3}, {3, 224}, {5, 8, 12}, {2, 3, 4, 5}, {1, 3000}}) {
            const QImage page = exports::pagePicture({.map = randomMap(shape), .contours = true, .unit = "share"});
            QVERIFY2(!page.isNull() && page.width() <= 4000 && page.height() <= 4000, engine::toString(shape).c_str());
        }
        QVERIFY(exports::pagePicture({}).isNull());
        QVERIFY(exports::pagePicture({.map = HostTensor({0, 4})}).isNull());
        const auto nothing = exports::exportMap(file("nothing.pdf"), {.caption = "?"});
        QVERIFY(!nothing.ok());
        QCOMPARE(int(nothing.error().kind), int(ErrorKind::Usage));
    }

    void badExtension()
    {
        for (const char* name : {"map.gif", "map", "map.png.txt"}) {
            const auto written = exports::exportMap(file(name), {.map = randomMap({2, 2})});
            QVERIFY(!written.ok());
            QCOMPARE(int(written.error().kind), int(ErrorKind::Usage));
            for (const char* known : {".png", ".svg", ".pdf", ".csv", ".npy", name})
                QVERIFY2(written.error().message.find(known) != std::string::npos, written.error().message.c_str());
        }
        QVERIFY(exports::checkExportName("map.SVG").ok());
        QVERIFY(exports::hasLetters("map.pdf") && !exports::hasLetters("map.csv") && !exports::hasLetters("map"));
        QVERIFY(fs::is_empty(m_folder.path().toStdString()));
    }

    void writingThatCannotSucceed_data()
    {
        QTest::addColumn<QString>("extension");
        for (const char* extension : {".png", ".svg", ".pdf", ".csv", ".npy"})
            QTest::newRow(extension) << extension;
    }

    void writingThatCannotSucceed()
    {
        QFETCH(QString, extension);
        const ShownMap shown{.map = randomMap({40, 40}), .caption = "A map"};
        const auto fails = [&](const QString& path) {
            const auto written = exports::exportMap(path.toStdString(), shown);
            return !written.ok() && written.error().kind == ErrorKind::InputOutput
                && written.error().message.find(path.toStdString()) != std::string::npos
                && written.error().message.find("Unknown") == std::string::npos; // it says why
        };
        QVERIFY(fails(m_folder.filePath("missing/map" + extension)));
        if (QFile::exists("/proc/self")) // where nobody can write, root neither
            QVERIFY(fails("/proc/self/map" + extension));
        // A folder in the file's place stays as it is.
        QVERIFY(QDir(m_folder.path()).mkpath("map" + extension + "/inside"));
        QVERIFY(fails(m_folder.filePath("map" + extension)));
        QVERIFY(QDir(m_folder.filePath("map" + extension + "/inside")).exists());
        // A disk that has no more than 1000 bytes: a file that was there stays whole, no other is left.
        const QString old = m_folder.filePath("old" + extension);
        QVERIFY(formats::writeFile(old.toStdString(), std::vector<uint8_t>{'o', 'l', 'd'}).ok());
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit little = before;
        little.rlim_cur = 1000;
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &little), 0);
        const bool failed = fails(old), failedToo = fails(m_folder.filePath("new" + extension));
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, handler);
        QVERIFY(failed && failedToo);
        QCOMPARE(contents(old.toStdString()), "old");
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).size(), 2);
        if (geteuid() != 0) {
            QVERIFY(QDir(m_folder.path()).mkpath("locked"));
            const fs::path locked = file("locked");
            fs::permissions(locked, fs::perms::owner_read | fs::perms::owner_exec);
            const bool refused = fails(m_folder.filePath("locked/map" + extension));
            fs::permissions(locked, fs::perms::owner_all);
            QVERIFY(refused);
        }
    }

    void draggedOut()
    {
        const ShownMap shown{.map = randomMap({4, 4}), .caption = "A map"};
        QTemporaryDir folder;
        const auto first = exports::temporaryExport(folder, "why “tabby cat”?.png", shown);
        QVERIFY(first.ok());
        QCOMPARE(QString::fromStdString(first.value().filename().string()), "why “tabby cat”-.png");
        QVERIFY(!QImage(QString::fromStdString(first.value().string())).isNull());
        const auto second = exports::temporaryExport(folder, "why “tabby cat”?.png", shown);
        QVERIFY(second.ok());
        QCOMPARE(QString::fromStdString(second.value().filename().string()), "why “tabby cat”- 2.png");
        for (const QString& name : {QString("../../etc/x.csv"), QString(".csv.csv"), QString("a/b\n.csv"),
                 QString(500, QChar(0x4e2d)) + ".csv", QString("...csv")}) {
            const auto written = exports::temporaryExport(folder, name, shown);
            QVERIFY2(written.ok(), qPrintable(name));
            QCOMPARE(QString::fromStdString(written.value().parent_path().string()), folder.path());
            QVERIFY(!written.value().filename().string().starts_with('.'));
        }
        QVERIFY(!exports::temporaryExport(folder, "map.gif", shown).ok());
        const fs::path gone = folder.path().toStdString();
        QVERIFY(folder.remove());
        QVERIFY(!fs::exists(gone));
    }
};

QTEST_MAIN(TestExports)
#include "test_exports.moc"
