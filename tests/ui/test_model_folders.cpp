// A user's own model, through the dialog that a person sees: a good folder is offered, remembered and answers; of a bad
// one it is said what is wrong with it.
#include "tests/ui/journey.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QMessageBox>
#include <QtTest>

using journey::Journey;

namespace {

const QString kStarter = PERCEIVERSCOPE_SOURCE_DIR "/assets/starter/image";

bool copyModel(const QString& to)
{
    bool copied = QDir().mkpath(to);
    for (const QString& each : QDir(kStarter).entryList(QDir::Files))
        copied = copied && QFile::copy(kStarter + "/" + each, to + "/" + each);
    return copied;
}

QComboBox* models(Journey& j)
{
    for (QComboBox* box : j.window().findChildren<QComboBox*>())
        if (box->accessibleName() == "Model")
            return box;
    return nullptr;
}

int rowOf(const QComboBox* box, const QString& words)
{
    for (int row = 0; row < box->count(); ++row)
        if (box->itemText(row).contains(words))
            return row;
    return -1;
}

// The warning that opens, read and closed, when the event loop runs next.
void nextWarning(Journey& j, QString& said)
{
    QTimer::singleShot(0, &j.window(), [&j, &said] {
        auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
        if (!box)
            return nextWarning(j, said);
        said = box->text();
        box->accept();
    });
}

} // namespace

class TestModelFolders : public QObject {
    Q_OBJECT

private slots:
    void goodFolder()
    {
        Journey j;
        const QString folder = j.file("my model"), picture = j.save("one.png", journey::noise({40, 30}));
        QVERIFY(copyModel(folder));
        QVERIFY(j.drop({picture}));
        QVERIFY(j.answered());
        QCOMPARE(rowOf(models(j), "my model"), -1);
        j.nextFileDialog(folder);
        j.window().action("add model")->trigger();
        QCOMPARE(j.window().settings().modelFolders(), QStringList{folder});
        QVERIFY2(
            j.status().contains("my model") && j.status().contains("Choose it in the bar"), qPrintable(j.status()));
        QVERIFY(rowOf(models(j), "my model") >= 0);
        QCOMPARE(j.document().analysis()->model, std::string("image")); // offered, not chosen
        // Remembered, and it answers when it is chosen.
        QVERIFY(j.reopen());
        QCOMPARE(j.window().settings().modelFolders(), QStringList{folder});
        QVERIFY(j.drop({picture}));
        QVERIFY(j.answered());
        const int row = rowOf(models(j), "my model");
        QVERIFY(row >= 0);
        models(j)->setCurrentIndex(row);
        emit models(j)->activated(row);
        QVERIFY(j.answered());
        QCOMPARE(j.document().analysis()->model, folder.toStdString());
    }

    void badFolder_data()
    {
        QTest::addColumn<QByteArray>("config"); // none: an empty folder
        QTest::addColumn<QString>("sentence");
        QTest::newRow("empty") << QByteArray() << "holds no weights";
        QTest::newRow("damaged") << QByteArray("{") << "not a JSON object";
        QTest::newRow("other weights") << QByteArray("{}") << "model.safetensors";
    }

    void badFolder()
    {
        QFETCH(QByteArray, config);
        QFETCH(QString, sentence);
        Journey j;
        const QString folder = j.file("bad");
        if (config.isEmpty()) {
            QVERIFY(QDir().mkpath(folder));
        } else {
            QVERIFY(copyModel(folder));
            QVERIFY(QFile::remove(folder + "/config.json"));
            QVERIFY(!j.write("bad/config.json", config).isEmpty());
        }
        QString said;
        j.nextFileDialog(folder);
        nextWarning(j, said);
        j.window().action("add model")->trigger();
        QVERIFY2(said.contains(sentence) && said.contains("bad"), qPrintable(said));
        QVERIFY(j.window().settings().modelFolders().isEmpty());
    }

    // Left by Esc, nothing is added and nothing is said.
    void cancelled()
    {
        Journey j;
        const QString before = j.status();
        QTimer::singleShot(0, &j.window(), [] {
            if (auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget()))
                dialog->reject();
        });
        j.window().action("add model")->trigger();
        QVERIFY(j.window().settings().modelFolders().isEmpty());
        QCOMPARE(j.status(), before);
    }
};

int main(int argc, char** argv)
{
    TestModelFolders test;
    return journey::run(argc, argv, test);
}

#include "test_model_folders.moc"
