// The window without a screen: samples, dropped files, and what it says of files that it cannot show. With a folder in
// PERCEIVERSCOPE_SHOTS it leaves pictures of its pages there.
#include "ui/canvas/canvas.h"
#include "ui/main_window.h"
#include "ui/panels/answer_panel.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/picture_scene.h"
#include "ui/start_page.h"
#include "ui/theme.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

class TestWindow : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        ui::applyTheme();
    }

    void init()
    {
        m_window = std::make_unique<ui::MainWindow>(m_folder.filePath("settings.ini"));
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_pages = qobject_cast<QStackedWidget*>(m_window->centralWidget());
        m_picture = m_window->findChild<ui::PictureScene*>();
        m_frames = m_window->findChild<ui::FramesScene*>();
    }

    void cleanup() { m_window.reset(); }

    void startPageShowsSamples()
    {
        const auto cards = m_window->findChildren<QPushButton*>("card");
        QCOMPARE(cards.size(), 6);
        for (const QPushButton* card : cards) {
            QVERIFY(!card->accessibleName().isEmpty());
            const QImage picture = card->findChild<QLabel*>("thumbnail")->pixmap().toImage();
            const QPoint middle = picture.rect().center();
            QVERIFY2(qAlpha(picture.pixel(middle)) == 255, qPrintable(card->accessibleName()));
        }
        shoot("start");
    }

    void clickOpensASample()
    {
        QTest::mouseClick(m_window->findChildren<QPushButton*>("card").first(), Qt::LeftButton);
        QTRY_COMPARE(m_pages->currentWidget(), m_frames);
        const auto panes = m_frames->findChildren<ui::Canvas*>();
        QCOMPARE(panes.size(), 5);
        QCOMPARE(panes.last()->picture().size(), QSize(584, 388));
        QVERIFY2(status().contains("pscope flow '"), qPrintable(status()));
        shoot("frames");
        QTest::keyClick(m_window.get(), Qt::Key_Escape); // stops the run
        QCOMPARE(m_pages->currentWidget(), m_frames);
        QTest::keyClick(m_window.get(), Qt::Key_Escape);
        QVERIFY(m_pages->currentWidget() != m_frames);
    }

    void dropOpensAPicture()
    {
        const QString file = picture("a b's.png", QSize(33, 17));
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        const QPoint where(50, 50);
        QDragEnterEvent enter(where, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QCOMPARE(m_window->findChild<ui::StartPage*>()->findChild<QLabel*>("headline")->text(),
            QString("A picture: what is in it"));
        shoot("drop");
        QDropEvent drop(where, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(m_window.get(), &drop);
        QTRY_COMPARE(m_pages->currentWidget(), m_picture);
        QCOMPARE(m_picture->canvas()->picture().size(), QSize(33, 17));
        QVERIFY2(status().contains("a b'\\''s.png'"), qPrintable(status())); // as a shell takes it
    }

    void otherThingsAreNotTaken()
    {
        QMimeData data;
        data.setText("words");
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(!enter.isAccepted());
    }

    void textIsShown()
    {
        const QString file = m_folder.filePath("words.txt");
        write(file, "Größe [MASK]");
        m_window->open({file});
        QTRY_COMPARE(m_window->findChild<QPlainTextEdit*>()->toPlainText(), QString("Größe [MASK]"));
        QVERIFY2(status().contains("14 bytes"), qPrintable(status()));
        QTRY_VERIFY_WITH_TIMEOUT(answer().contains("Größe "), kPatience);
        QVERIFY2(answer().contains(" %"), qPrintable(answer()));
    }

    void markdownIsAText()
    {
        const QString file = m_folder.filePath("notes.md");
        write(file, "A film [MASK]");
        m_window->open({file});
        QTRY_COMPARE(m_window->findChild<QPlainTextEdit*>()->toPlainText(), QString("A film [MASK]"));
    }

    // What was found is shown, and where it came from; the button takes the attention away again.
    void pictureIsAnswered()
    {
        QTest::mouseClick(m_window->findChildren<QPushButton*>("card").at(1), Qt::LeftButton);
        ui::Canvas* canvas = m_picture->canvas();
        QVERIFY(canvas->overlay().isNull());
        QTRY_VERIFY_WITH_TIMEOUT(firstShare().startsWith("cat:"), kPatience);
        QVERIFY2(answer().startsWith("Image classification"), qPrintable(answer()));
        QCOMPARE(m_window->findChildren<QProgressBar*>("share").size(), 10);
        QTRY_VERIFY_WITH_TIMEOUT(!canvas->overlay().isNull(), kPatience);
        shoot("picture");
        QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier);
        QVERIFY(canvas->overlay().isNull());
    }

    void framesAreAnswered()
    {
        const QString file = picture("frame.png", QSize(48, 32));
        m_window->open({file, file});
        QTRY_VERIFY_WITH_TIMEOUT(answer().contains("Mean motion 0.0"), kPatience);
        QVERIFY2(m_window->width() <= 1280, "the answer's panel pushes the window beyond a small screen");
        QVERIFY2(m_window->height() <= 768, qPrintable(QString::number(m_window->height())));
        QCOMPARE(m_frames->canvas()->picture().size(), QSize(48, 32));
    }

    void textIsAnsweredAgainAfterAChange()
    {
        const QString file = m_folder.filePath("mood.txt");
        write(file, "A wonderful film with a great cast. I loved every minute of it.");
        m_window->open({file});
        QTRY_VERIFY_WITH_TIMEOUT(firstShare().startsWith("positive"), kPatience);
        auto* text = m_window->findChild<QPlainTextEdit*>();
        QTRY_VERIFY_WITH_TIMEOUT(!text->extraSelections().isEmpty(), kPatience);
        shoot("text");
        text->setPlainText("The worst film of the year: boring and badly acted. A waste of money.");
        QVERIFY(text->extraSelections().isEmpty());
        QTest::keyClick(m_window.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(firstShare().startsWith("negative"), kPatience);
    }

    // The newest of several questions is the one that is answered.
    void newestQuestionWins()
    {
        const auto cards = m_window->findChildren<QPushButton*>("card");
        QTest::mouseClick(cards.first(), Qt::LeftButton); // flow takes seconds
        QTest::qWait(300);
        QTest::mouseClick(cards.at(1), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(firstShare().startsWith("cat:"), kPatience);
        QVERIFY2(answer().startsWith("Image classification"), qPrintable(answer()));
    }

    void closingInMidRunEndsIt()
    {
        QTest::mouseClick(m_window->findChildren<QPushButton*>("card").first(), Qt::LeftButton);
        QTest::qWait(200);
        m_window.reset();
    }

    void tooLongATextIsSaid()
    {
        const QString file = m_folder.filePath("long.txt");
        write(file, QByteArray(5000, 'a'));
        m_window->open({file});
        QTRY_VERIFY_WITH_TIMEOUT(answer().contains("2046") || answer().contains("2048"), kPatience);
    }

    void badFilesAreSaid_data()
    {
        const QString damaged = m_folder.filePath("damaged.png");
        write(damaged, "\x89PNG\r\n");
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("missing") << QStringList{m_folder.filePath("none.png")} << "there is no file";
        QTest::newRow("missing text") << QStringList{m_folder.filePath("none.txt")} << "there is no file";
        QTest::newRow("damaged") << QStringList{damaged} << "damaged.png is not a picture";
    }

    void badFilesAreSaid()
    {
        QFETCH(QStringList, files);
        QFETCH(QString, sentence);
        QWidget* before = m_pages->currentWidget();
        m_window->open(files);
        QCOMPARE(m_pages->currentWidget(), before);
        QTRY_VERIFY2(status().contains(sentence), qPrintable(status()));
    }

private:
    static constexpr int kPatience = 120'000; // for a machine that compiles its kernels beside other work

    // All words of the answer panel.
    QString answer() const
    {
        QStringList words;
        for (const QLabel* label : m_window->findChild<ui::AnswerPanel*>()->findChildren<QLabel*>())
            words << label->text();
        for (const QToolButton* guess : m_window->findChild<ui::AnswerPanel*>()->findChildren<QToolButton*>("guess"))
            words << guess->text();
        return words.join('\n');
    }
    QString firstShare() const
    {
        const auto bars = m_window->findChildren<QProgressBar*>("share");
        return bars.isEmpty() ? QString() : bars.first()->parentWidget()->accessibleName();
    }
    QString status() const { return m_window->findChild<QLabel*>("status")->text(); }

    QString picture(const QString& name, QSize size) const
    {
        QImage image(size, QImage::Format_RGB888);
        image.fill(Qt::darkCyan);
        image.save(m_folder.filePath(name));
        return m_folder.filePath(name);
    }

    static void write(const QString& name, const QByteArray& bytes)
    {
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    void shoot(const QString& name) const
    {
        if (const QString folder = qEnvironmentVariable("PERCEIVERSCOPE_SHOTS"); !folder.isEmpty())
            QVERIFY(m_window->grab().save(folder + "/" + name + ".png"));
    }

    QTemporaryDir m_folder;
    std::unique_ptr<ui::MainWindow> m_window;
    QStackedWidget* m_pages = nullptr;
    ui::PictureScene* m_picture = nullptr;
    ui::FramesScene* m_frames = nullptr;
};

QTEST_MAIN(TestWindow)
#include "test_window.moc"
