// An installation into a folder that is then moved: its files, its programs far from the sources, and whether the
// desktop's own tools accept and understand what was installed. What a missing tool would check is skipped.
#include "ui/program_icon.h"

#include <QGuiApplication>
#include <QImage>
#include <QMimeDatabase>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

namespace {

const QString kId = "org.perceiverscope.PerceiverScope";

struct Outcome {
    int code = -1;
    QString out, all; // all: stderr as well
};

Outcome run(const QString& program, const QStringList& arguments, const QString& folder = {})
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(program, arguments);
    Outcome outcome;
    if (process.waitForFinished(120000) && process.exitStatus() == QProcess::NormalExit)
        outcome.code = process.exitCode();
    outcome.out = QString::fromUtf8(process.readAllStandardOutput());
    outcome.all = outcome.out + QString::fromUtf8(process.readAllStandardError());
    return outcome;
}

QString textOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size(), qPrintable(path));
}

// "--top" and the like.
QSet<QString> longOptions(const QString& text)
{
    static const QRegularExpression pattern("(?<![\\w-])--[a-z][a-z-]*");
    QSet<QString> found;
    for (auto match = pattern.globalMatch(text); match.hasNext();)
        found << match.next().captured();
    return found;
}

QStringList sorted(const QSet<QString>& set)
{
    QStringList list = set.values();
    list.sort();
    return list;
}

QString manPage(const char* name)
{
    return textOf(QString(PERCEIVERSCOPE_SOURCE_DIR "/assets/desktop/%1.1").arg(name)).remove('\\');
}

QString version()
{
    static const QRegularExpression pattern("project\\(PerceiverScope VERSION ([0-9.]+)");
    return pattern.match(textOf(PERCEIVERSCOPE_SOURCE_DIR "/CMakeLists.txt")).captured(1);
}

} // namespace

#define NEEDS(tool)                                                                                                    \
    if (QStandardPaths::findExecutable(tool).isEmpty())                                                                \
    QSKIP(tool " is not installed")

class TestDesktop : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        qunsetenv("DESTDIR");
        const QString first = m_folder.filePath("first place"); // a space, which scripts forget
        const Outcome installed = run(CMAKE_PROGRAM, {"--install", BUILD_FOLDER, "--prefix", first});
        QVERIFY2(installed.code == 0, qPrintable(installed.all));
        m_prefix = m_folder.filePath("moved here");
        QVERIFY(QDir().rename(first, m_prefix));
        qputenv("XDG_DATA_DIRS", share("").toUtf8() + ":/usr/local/share:/usr/share");
        qputenv("XDG_DATA_HOME", m_folder.filePath("home").toUtf8());
    }

    void filesAreThere_data()
    {
        QTest::addColumn<QString>("file");
        QStringList files = {"bin/pscope", "bin/perceiverscope", "share/applications/" + kId + ".desktop",
            "share/metainfo/" + kId + ".metainfo.xml", "share/mime/packages/" + kId + ".xml", "share/man/man1/pscope.1",
            "share/man/man1/perceiverscope.1", "share/doc/perceiverscope/LICENSE",
            "share/icons/hicolor/scalable/apps/" + kId + ".svg",
            "share/icons/hicolor/symbolic/apps/" + kId + "-symbolic.svg",
            "share/perceiverscope/starter/flow/model.safetensors", "share/perceiverscope/samples/clip/sound.wav",
            "share/perceiverscope/selftest/masked-lm/exact.safetensors"};
        for (const QString& file : files)
            QTest::addRow("%s", qPrintable(file)) << file;
    }

    void filesAreThere()
    {
        QFETCH(QString, file);
        const QFileInfo info(m_prefix + "/" + file);
        QVERIFY2(info.isFile() && info.size() > 0, qPrintable(info.filePath()));
        QCOMPARE(info.isExecutable(), file.startsWith("bin/"));
    }

    void nothingElseIsThere()
    {
        QCOMPARE(QDir(m_prefix).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList({"bin", "share"}));
        QCOMPARE(QDir(share("")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
            QStringList({"applications", "doc", "icons", "man", "metainfo", "mime", "perceiverscope"}));
        QVERIFY(!QFileInfo::exists(share("perceiverscope/starter/training")));
    }

    void everyIconHasItsSize()
    {
        int found = 0;
        for (const QString& folder : QDir(share("icons/hicolor")).entryList({"*x*"}, QDir::Dirs)) {
            const QImage icon(share("icons/hicolor/" + folder + "/apps/" + kId + ".png"));
            QCOMPARE(QString("%1x%2").arg(icon.width()).arg(icon.height()), folder);
            QVERIFY2(icon.hasAlphaChannel() && icon.pixelColor(0, 0).alpha() < 128, qPrintable(folder));
            ++found;
        }
        QCOMPARE(found, 9);
    }

    void windowKnowsItsIconAndItsEntry()
    {
        const QIcon icon = ui::programIcon();
        for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
            const QImage drawn = icon.pixmap(size, size).toImage();
            const QImage file(share(QString("icons/hicolor/%1x%1/apps/%2.png").arg(size).arg(kId)));
            constexpr auto kKept = QImage::Format_ARGB32_Premultiplied; // what a pixmap keeps of a picture
            QCOMPARE(drawn.convertToFormat(kKept), file.convertToFormat(kKept));
        }
        ui::introduceToDesktop();
        QCOMPARE(QGuiApplication::desktopFileName(), kId);
        QVERIFY(QFileInfo::exists(share("applications/" + QGuiApplication::desktopFileName() + ".desktop")));
        QVERIFY(!QGuiApplication::windowIcon().isNull());
    }

    void programsRun()
    {
        for (const char* program : {"pscope", "perceiverscope"}) {
            const Outcome outcome = run(m_prefix + "/bin/" + program, {"--version"}, m_folder.path());
            QVERIFY2(outcome.code == 0, qPrintable(outcome.all));
            QVERIFY2(outcome.out.contains(version()), qPrintable(outcome.out));
        }
    }

    // From the installed files, not the sources': a model has another name here, and one stored case is left.
    void programFindsWhatStandsBesideIt()
    {
        const QString starter = share("perceiverscope/starter/"), selftest = share("perceiverscope/selftest/");
        QVERIFY(QDir().rename(starter + "text", starter + "only-here"));
        for (const char* stored : {"image-conv", "multimodal", "optical-flow"})
            QVERIFY(QDir(selftest + stored).removeRecursively());
        const QString pscope = m_prefix + "/bin/pscope";

        const Outcome models = run(pscope, {"inspect"}, m_folder.path());
        QVERIFY2(models.code == 0, qPrintable(models.all));
        const QStringList lines = models.out.split('\n');
        QCOMPARE(lines.filter(QRegularExpression("^only-here ")).size(), 1);
        QCOMPARE(lines.filter(QRegularExpression("^text ")).size(), 0);

        const Outcome tested = run(pscope, {"selftest"}, m_folder.path());
        QVERIFY2(tested.code == 0, qPrintable(tested.all));
        QVERIFY2(tested.out.contains("masked-lm"), qPrintable(tested.out));
        QVERIFY2(!tested.out.contains("optical-flow"), qPrintable(tested.out));
    }

    void programIsFoundThroughALink()
    {
        const QString link = m_folder.filePath("pscope");
        QVERIFY(QFile::link(m_prefix + "/bin/pscope", link));
        QVERIFY(QFileInfo::exists(share("perceiverscope/starter/image")));
        QVERIFY(QDir().rename(share("perceiverscope/starter/image"), share("perceiverscope/starter/image-here")));
        const Outcome models = run(link, {"inspect"}, m_folder.path());
        QVERIFY2(models.out.contains("image-here"), qPrintable(models.all));
    }

    // The page of pscope has every option of every command, under that command or under those of several commands.
    void manPageHasEveryOption()
    {
        const QString page = manPage("pscope");
        const Outcome help = run(m_prefix + "/bin/pscope", {"--help"});
        const QStringList commands
            = help.out.section("Subcommands:", 1).split('\n').filter(QRegularExpression("^  [a-z]"));
        QVERIFY2(commands.size() >= 12, qPrintable(help.out));
        const QString shared = page.section(".SH OPTIONS OF SEVERAL COMMANDS", 1).section(".SH EXIT", 0, 0);
        QVERIFY(!shared.isEmpty());
        QSet<QString> known = longOptions(help.out);
        for (const QString& line : commands) {
            const QString command = line.simplified().section(' ', 0, 0);
            // From the command's own heading to the next one.
            const QRegularExpression heading("\n\\.TP\n(fB" + command + "fR|\\.B " + command + "\n)");
            const auto match = heading.match(page);
            QVERIFY2(match.hasMatch(), qPrintable("pscope.1 does not have " + command));
            QString own = page.mid(match.capturedStart());
            own = own.left(own.indexOf(QRegularExpression("\n(\\.RE|\\.SH)")));
            const int next = int(own.indexOf(QRegularExpression("\n\\.TP\n(fB[a-z]|\\.B [a-z])"), 1));
            own = own.left(next < 0 ? own.size() : next);
            const QSet<QString> options = longOptions(run(m_prefix + "/bin/pscope", {command, "--help"}).out);
            QVERIFY(options.size() >= 3);
            const QSet<QString> missing = options - longOptions(own) - longOptions(shared);
            QVERIFY2(missing.isEmpty(), qPrintable(command + ": " + sorted(missing).join(' ')));
            const QSet<QString> invented = longOptions(own) - options;
            QVERIFY2(invented.isEmpty(), qPrintable(command + ": " + sorted(invented).join(' ')));
            known += options;
        }
        QCOMPARE(sorted(longOptions(shared) - known), QStringList());
        QVERIFY(page.contains("PerceiverScope " + version()));
    }

    void manPageOfTheWindow()
    {
        const QString page = manPage("perceiverscope");
        const QSet<QString> options = longOptions(run(m_prefix + "/bin/perceiverscope", {"--help"}).out);
        QVERIFY(options.contains("--version"));
        QCOMPARE(sorted(longOptions(page)), sorted(options));
        QVERIFY(page.contains("PerceiverScope " + version()));
    }

    void manPagesAreWellFormed()
    {
        NEEDS("groff");
        for (const char* name : {"pscope.1", "perceiverscope.1"}) {
            const Outcome read
                = run("groff", {"-ww", "-man", "-Tascii", "-P-cbou", share(QString("man/man1/") + name)});
            QVERIFY2(read.code == 0, qPrintable(read.all));
            QCOMPARE(read.all, read.out); // no warning
            QVERIFY2(read.out.contains("SYNOPSIS"), qPrintable(read.out));
        }
    }

    void desktopEntry()
    {
        const QString entry = textOf(share("applications/" + kId + ".desktop"));
        QVERIFY(entry.contains("\nIcon=" + kId + "\n"));
        QVERIFY(entry.contains("\nExec=perceiverscope %F\n"));
        static const QRegularExpression pattern("\nMimeType=(.*)\n");
        for (const QString& type : pattern.match(entry).captured(1).split(';', Qt::SkipEmptyParts))
            if (!type.startsWith("application/x-perceiverscope")) // of our own: types()
                QCOMPARE(QMimeDatabase().mimeTypeForName(type).name(), type); // no alias, no slip
    }

    void desktopEntryIsValid()
    {
        NEEDS("desktop-file-validate");
        const Outcome read = run("desktop-file-validate", {share("applications/" + kId + ".desktop")});
        QVERIFY2(read.code == 0 && read.all.isEmpty(), qPrintable(read.all));
    }

    void metainfoTellsThisVersion()
    {
        const QString text = textOf(share("metainfo/" + kId + ".metainfo.xml"));
        static const QRegularExpression release("<release version=\"([0-9.]+)\"");
        QCOMPARE(release.match(text).captured(1), version()); // the newest is the first
    }

    void metainfoIsValid()
    {
        NEEDS("appstreamcli");
        QStringList arguments{"validate", "--no-net", share("metainfo/" + kId + ".metainfo.xml")};
        Outcome read = run("appstreamcli", arguments);
        // The program has no page of its own yet, which AppStream 1.0 warns of; to 0.16 this tag is unknown.
        if (read.all.contains("url-homepage-missing")) {
            arguments << "--override=url-homepage-missing=info";
            read = run("appstreamcli", arguments);
        }
        QVERIFY2(read.code == 0, qPrintable(read.all));
    }

    void xmlIsWellFormed()
    {
        NEEDS("xmllint");
        const Outcome read = run("xmllint",
            {"--noout", share("mime/packages/" + kId + ".xml"), share("metainfo/" + kId + ".metainfo.xml"),
                share("icons/hicolor/scalable/apps/" + kId + ".svg"),
                share("icons/hicolor/symbolic/apps/" + kId + "-symbolic.svg")});
        QVERIFY2(read.code == 0 && read.all.isEmpty(), qPrintable(read.all));
    }

    void types()
    {
        NEEDS("update-mime-database");
        const Outcome update = run("update-mime-database", {share("mime")});
        QVERIFY2(update.code == 0, qPrintable(update.all));
        write(m_folder.filePath("a.flo"), "anything");
        write(m_folder.filePath("a.pscope"), "{}");
        write(m_folder.filePath("unnamed"), QByteArray("PIEH\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0", 20));
        write(m_folder.filePath("other"), QByteArray("HEIP\1\0\0\0", 8));
        const QMimeDatabase types;
        const auto typeOf = [&](const char* name) { return types.mimeTypeForFile(m_folder.filePath(name)); };
        QCOMPARE(typeOf("a.flo").name(), "image/x-middlebury-flow");
        QCOMPARE(typeOf("unnamed").name(), "image/x-middlebury-flow");
        QVERIFY(typeOf("other").name() != "image/x-middlebury-flow");
        QCOMPARE(typeOf("a.pscope").name(), "application/x-perceiverscope-session");
        QCOMPARE(typeOf("a.pscope").comment(), "PerceiverScope session");
        QCOMPARE(typeOf("a.pscope").iconName(), kId);
        QVERIFY(typeOf("a.pscope").inherits("application/json"));
    }

    void otherToolsSeeTheTypes()
    {
        NEEDS("gio");
        NEEDS("update-mime-database");
        QCOMPARE(run("update-mime-database", {share("mime")}).code, 0);
        write(m_folder.filePath("b.flo"), "PIEH");
        write(m_folder.filePath("b.pscope"), "{}");
        const auto info = [&](const char* name) {
            return run("gio", {"info", "-a", "standard::content-type", m_folder.filePath(name)}).all;
        };
        QVERIFY2(info("b.flo").contains("image/x-middlebury-flow"), qPrintable(info("b.flo")));
        QVERIFY2(info("b.pscope").contains("x-perceiverscope-session"), qPrintable(info("b.pscope")));
    }

private:
    QString share(const QString& path) const { return m_prefix + "/share/" + path; }

    QTemporaryDir m_folder;
    QString m_prefix;
};

QTEST_MAIN(TestDesktop)
#include "test_desktop.moc"
