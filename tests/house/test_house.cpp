// The arrows between the floors, read off the #include lines: each folder may use only what lies below it.
#include <QDirIterator>
#include <QRegularExpression>
#include <QtTest>

namespace {

struct Rule {
    const char* folder;
    QStringList mayUse; // prefixes of quoted includes
    QString mustNot; // expression over whole lines
};

const Rule kRules[] = {
    {"engine/base", {"engine/base/"}, "<Q|vulkan"},
    {"engine/ops", {"engine/ops/", "engine/base/"}, "<Q|vulkan"},
    {"engine/weights", {"engine/weights/", "engine/base/"}, "<Q|vulkan"},
    {"engine/vulkan", {"engine/vulkan/", "engine/ops/", "engine/base/", "shaders/"}, "<Q"},
    {"engine/perceiver", {"engine/perceiver/", "engine/ops/", "engine/weights/", "engine/base/"}, "<Q|vulkan"},
    {"engine/tasks", {"engine/tasks/", "engine/perceiver/", "engine/ops/", "engine/weights/", "engine/base/"},
        "<Q|vulkan"},
    {"app", {"app/", "engine/engine.h", "engine/base/"}, "QtWidgets|<QWidget|<QApplication|<vulkan"},
    {"ui", {"ui/", "app/", "engine/base/"}, "<vulkan"},
};

// What is wrong with the includes of one file; empty when nothing is.
QStringList violations(const Rule& rule, const QString& text)
{
    static const QRegularExpression include(
        R"(^\s*#include\s+(["<])([^">]+)[">])", QRegularExpression::MultilineOption);
    QStringList found;
    for (auto it = include.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        const QString name = match.captured(2);
        const bool quoted = match.captured(1) == "\"";
        const bool allowed = std::any_of(
            rule.mayUse.begin(), rule.mayUse.end(), [&](const QString& prefix) { return name.startsWith(prefix); });
        if ((quoted && !allowed) || QRegularExpression(rule.mustNot).match(quoted ? QString() : "<" + name).hasMatch())
            found.append(name);
    }
    return found;
}

} // namespace

class TestHouse : public QObject {
    Q_OBJECT

private slots:
    void aWrongArrowIsSeen()
    {
        QCOMPARE(violations(kRules[1], "#include \"engine/vulkan/stream.h\"\n"), QStringList{"engine/vulkan/stream.h"});
        QCOMPARE(violations(kRules[0], "#include <QString>\n"), QStringList{"QString"});
        QCOMPARE(violations(kRules[6], "#include <QWidget>\n"), QStringList{"QWidget"});
        QCOMPARE(violations(kRules[1], "#include \"engine/base/result.h\"\n#include <vector>\n"), QStringList{});
    }

    void arrowsPointOneWay_data()
    {
        QTest::addColumn<int>("rule");
        for (int i = 0; i < int(std::size(kRules)); ++i)
            QTest::newRow(kRules[i].folder) << i;
    }

    void arrowsPointOneWay()
    {
        QFETCH(int, rule);
        int files = 0;
        QDirIterator it(QString(PERCEIVERSCOPE_SOURCE_DIR) + "/" + kRules[rule].folder, {"*.h", "*.cpp"}, QDir::Files,
            QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            const QStringList wrong = violations(kRules[rule], text);
            QVERIFY2(wrong.isEmpty(), qPrintable(file.fileName() + " uses " + wrong.join(", ")));
            ++files;
        }
        QVERIFY(files > 0);
    }

    void everyKernelSaysWhatItComputes()
    {
        QDirIterator it(QString(PERCEIVERSCOPE_SOURCE_DIR) + "/shaders", {"*.comp"}, QDir::Files);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString head = QString::fromUtf8(file.readAll()).section("layout(", 0, 0);
            QVERIFY2(head.contains("\n//"), qPrintable(file.fileName()));
        }
    }
};

QTEST_GUILESS_MAIN(TestHouse)
#include "test_house.moc"
