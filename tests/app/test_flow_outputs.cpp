// What pscope flow makes of a video beside flow files and drawn videos: ST maps and motion vectors as compositing
// programs take them, read back with OpenEXR and held against the flow; pictures, the table alone, from a frame on; and
// nothing of anybody else's is replaced.
#include "app/formats/flow_files.h"
#include "tests/app/moving_video.h"
#include "tests/app/run_pscope.h"

#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfInputFile.h>
#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

using engine::FlowField;
using moving::bytesOf;
using moving::filesOf;
using moving::kHeight;
using moving::kWidth;

namespace {

constexpr int kPairs = 6;

std::vector<float> channel(const QString& path, const char* name)
{
    Imf::InputFile file(path.toLocal8Bit().constData());
    const auto* found = file.header().channels().findChannel(name);
    if (!found || found->type != Imf::FLOAT)
        return {};
    std::vector<float> values(size_t(kWidth) * kHeight, NAN);
    Imf::FrameBuffer frame;
    frame.insert(name,
        Imf::Slice(Imf::FLOAT, reinterpret_cast<char*>(values.data()), sizeof(float), size_t(kWidth) * sizeof(float)));
    file.setFrameBuffer(frame);
    file.readPixels(0, kHeight - 1);
    return values;
}

FlowField flowIn(const QString& path)
{
    auto read = app::formats::readFlow(path.toStdString());
    return read.ok() ? std::move(read).value() : FlowField();
}

QString numbered(int frame, const QString& ending)
{
    return QString("%1%2").arg(frame, 6, 10, QChar('0')).arg(ending);
}

} // namespace

class TestFlowOutputs : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }
    Outcome flow(const QString& output, const QStringList& more = {}) const
    {
        return pscope(QStringList{"flow", at("moving.mp4"), "-o", at(output), "-g", "cpu"} + more);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(moving::write(at("moving.mp4"), kPairs + 1));
        QCOMPARE(flow("plain", {"--both-ways"}).code, 0);
    }

    void stMaps()
    {
        const Outcome outcome = flow("st", {"--as", "st", "--both-ways"});
        QVERIFY2(outcome.code == 0, outcome.err);
        QCOMPARE(filesOf(at("st")).size(), size_t(2 * kPairs + 2));
        QCOMPARE(bytesOf(at("st/motion.csv")), bytesOf(at("plain/motion.csv")));
        for (const QString way : {".", ".back."})
            for (int i = 1; i <= kPairs; ++i) {
                const FlowField flow = flowIn(at("plain/" + numbered(i, way + "flo")));
                const QString file = at("st/" + numbered(i, way + "st.exr"));
                const auto r = channel(file, "R"), g = channel(file, "G"), b = channel(file, "B"),
                           a = channel(file, "A");
                QVERIFY(flow.width == kWidth && !r.empty() && !g.empty() && !b.empty() && !a.empty());
                for (int y = 0; y < kHeight; ++y)
                    for (int x = 0; x < kWidth; ++x) {
                        const size_t place = size_t(y) * kWidth + size_t(x);
                        const double u = double(flow.vector(x, y)[0]), v = double(flow.vector(x, y)[1]);
                        QVERIFY(std::abs(double(r[place]) * kWidth - (x + 0.5 + u)) < 1e-4);
                        // The lower edge is 0.
                        QVERIFY(std::abs(double(g[place]) * kHeight - (kHeight - y - 0.5 - v)) < 1e-4);
                        QVERIFY(b[place] == 0 && a[place] == 1);
                    }
                const FlowField back = flowIn(file);
                for (size_t k = 0; k < flow.uv.size(); ++k)
                    QVERIFY(std::abs(back.uv[k] - flow.uv[k]) < 1e-4f);
            }
        // Two frames, too; what is unknown has alpha 0.
        const auto made = app::formats::writeFlow(at("unknown.st.exr").toStdString(), [] {
            FlowField field(kWidth, kHeight);
            field.uv[0] = NAN;
            return field;
        }());
        QVERIFY(made.ok());
        QCOMPARE(channel(at("unknown.st.exr"), "A")[0], 0.0f);
        QCOMPARE(channel(at("unknown.st.exr"), "R")[0], 0.5f / kWidth);
        QVERIFY(std::isnan(flowIn(at("unknown.st.exr")).uv[0]) && flowIn(at("unknown.st.exr")).uv[2] == 0);
    }

    // Looked up at what the map says, the later frame becomes the earlier one.
    void stMapWarps()
    {
        const auto r = channel(at("st/000003.st.exr"), "R"), g = channel(at("st/000003.st.exr"), "G");
        const engine::Image earlier = moving::frameOf(2), later = moving::frameOf(3);
        double with = 0, without = 0;
        for (int y = 8; y < kHeight - 8; ++y)
            for (int x = 8; x < kWidth - 8; ++x) {
                const size_t place = size_t(y) * kWidth + size_t(x);
                const int fromX = int(std::lround(double(r[place]) * kWidth - 0.5)),
                          fromY = int(std::lround((1 - double(g[place])) * kHeight - 0.5));
                with += std::abs(int(later.pixel(fromX, fromY)[1]) - int(earlier.pixel(x, y)[1]));
                without += std::abs(int(later.pixel(x, y)[1]) - int(earlier.pixel(x, y)[1]));
            }
        QVERIFY2(with < 0.4 * without, qPrintable(QString("%1 against %2").arg(with).arg(without)));
    }

    void vectors()
    {
        QCOMPARE(flow("vectors", {"--as", "vectors"}).code, 0);
        QVERIFY(!QDir(at("vectors.parts")).exists());
        const auto files = filesOf(at("vectors"));
        QCOMPARE(files.size(), size_t(kPairs + 1 + 2));
        QCOMPARE(files.at("motion.csv"), bytesOf(at("plain/motion.csv")));
        for (int frame = 1; frame <= kPairs + 1; ++frame) {
            const QString file = at("vectors/" + numbered(frame, ".exr"));
            const bool first = frame == 1, last = frame == kPairs + 1;
            const FlowField on = last ? FlowField(kWidth, kHeight) : flowIn(at("plain/" + numbered(frame, ".flo"))),
                            back
                = first ? FlowField(kWidth, kHeight) : flowIn(at("plain/" + numbered(frame - 1, ".back.flo")));
            const auto u = channel(file, "forward.u"), v = channel(file, "forward.v"),
                       backU = channel(file, "backward.u"), backV = channel(file, "backward.v");
            QVERIFY(!u.empty() && !v.empty() && !backU.empty() && !backV.empty());
            for (size_t i = 0; i < u.size(); ++i) {
                QCOMPARE(u[i], on.uv[2 * i]);
                QCOMPARE(v[i], -on.uv[2 * i + 1]);
                QCOMPARE(backU[i], back.uv[2 * i]);
                QCOMPARE(backV[i], -back.uv[2 * i + 1]);
            }
        }
        const Outcome again = flow("vectors", {"--as", "vectors", "--json"});
        QVERIFY(again.code == 0 && again.json()["items"][0]["skipped"].toBool());
    }

    void picturesAndTable()
    {
        QCOMPARE(flow("drawn", {"--as", "picture", "--show", "side", "--scale", "3"}).code, 0);
        QCOMPARE(QDir(at("drawn")).entryList({"*.png"}).size(), qsizetype(kPairs));
        QCOMPARE(QImage(at("drawn/000006.png")).size(), QSize(2 * kWidth, kHeight));
        QVERIFY(flow("drawn", {"--as", "picture", "--show", "side", "--scale", "3", "--json"})
                    .json()["items"][0]["skipped"]
                    .toBool());
        QCOMPARE(flow("drawn", {"--as", "picture", "--show", "side", "--scale", "4"}).code, 74);
        QCOMPARE(flow("drawn", {"--as", "picture", "--scale", "4", "--overwrite"}).code, 0);
        QCOMPARE(QImage(at("drawn/000006.png")).size(), QSize(kWidth, kHeight));
        QCOMPARE(flow("table.csv").code, 0);
        QCOMPARE(bytesOf(at("table.csv")), bytesOf(at("plain/motion.csv")));
        QVERIFY(!QDir(at("table.csv.parts")).exists() && !QDir(at("drawn.parts")).exists());
        QCOMPARE(flow("table.csv").code, 74);
    }

    // Numbers are the video's, and so is the motion; a drawn video begins at 0.
    void fromAFrameOn()
    {
        QCOMPARE(flow("later", {"--from", "4"}).code, 0);
        const QStringList files = QDir(at("later")).entryList({"*.flo"});
        QCOMPARE(files, QStringList({"000004.flo", "000005.flo", "000006.flo"}));
        for (const QString& each : files)
            QCOMPARE(bytesOf(at("later/" + each)), bytesOf(at("plain/" + each)));
        const QList<QByteArray> all = bytesOf(at("plain/motion.csv")).split('\n'),
                                some = bytesOf(at("later/motion.csv")).split('\n');
        QCOMPARE(some.mid(1), all.mid(4));
        QCOMPARE(flow("later by two", {"--from", "2", "--step", "2"}).code, 0);
        QCOMPARE(QDir(at("later by two")).entryList({"*.flo"}), QStringList({"000002.flo", "000004.flo"}));
        QCOMPARE(flow("later.mkv", {"--from", "4"}).code, 0);
        const auto drawn = app::media::openFrames(at("later.mkv").toStdString());
        QVERIFY(drawn.ok() && drawn.value()->next().value()->seconds == 0);
        QCOMPARE(drawn.value()->count().value(), int64_t(3));
        const Outcome none = flow("none", {"--from", "7"});
        QCOMPARE(none.code, 65);
        QVERIFY2(none.err.contains("from frame 7 on"), none.err);
    }

    // --overwrite takes away what this program made, never other files.
    void othersStay()
    {
        for (const QString kind : {"flo", "picture", "vectors"}) {
            const QString folder = at("others " + kind);
            QVERIFY(QDir().mkpath(folder));
            QFile letter(folder + "/letter.txt");
            QVERIFY(letter.open(QIODevice::WriteOnly) && letter.write("dear") == 4);
            letter.close();
            QCOMPARE(flow("others " + kind, {"--as", kind, "--overwrite"}).code, 74);
            QCOMPARE(filesOf(folder).size(), size_t(1));
        }
        for (const QString name : {"holiday.mp4", "20260801.png", "000001.txt"}) {
            QVERIFY(QFile::copy(at("moving.mp4"), at("plain/" + name)));
            QCOMPARE(flow("plain", {"--step", "2", "--overwrite"}).code, 74);
            QVERIFY(QFile::remove(at("plain/" + name)));
        }
        QVERIFY(QFile::copy(at("plain/000001.flo"), at("plain/000009.flo.AbCdEf"))); // of a run that was killed
        QCOMPARE(flow("plain", {"--step", "2", "--overwrite"}).code, 0);
        QCOMPARE(QDir(at("plain")).entryList({"*.flo"}).size(), qsizetype(kPairs / 2));
    }
};

QTEST_GUILESS_MAIN(TestFlowOutputs)
#include "test_flow_outputs.moc"
