// What is said of a map in words: where it lies in a text, and what a text is coloured by, with real answers.
#include "app/document/shown_map.h"

#include <QtTest>

using namespace app::document;

namespace {

constexpr int kPatience = 30'000; // ms

} // namespace

class TestShownMap : public QObject {
    Q_OBJECT

private slots:
    void init() { m_document = std::make_unique<Document>(); }

    // Of the words that a model reads as one, [MASK] alone is a hidden byte; the others only where they were hidden.
    void wordsOfTheTokenizer()
    {
        ask("a[SEP]b[MASK][PAD]c", {{13, 18}});
        const auto nameOf = [&](int64_t byte) {
            return elementName(Part::Inputs, tokenOfByte(*m_document->analysis(), byte).value(), *m_document);
        };
        QCOMPARE(nameOf(0), QString("byte 0 “a”"));
        QCOMPARE(nameOf(3), QString("word [SEP] at 1"));
        QCOMPARE(nameOf(8), QString("hidden byte at 7"));
        QCOMPARE(nameOf(13), QString("hidden byte at 13"));
        QCOMPARE(nameOf(18), QString("byte 18 “c”"));
        QCOMPARE(m_document->analysis()->masked.size(), size_t(2));
        ask("A [PAD] film.");
        QCOMPARE(m_document->analysis()->task, "Mood of a text");
        QCOMPARE(nameOf(4), QString("word [PAD] at 2"));
    }

    void colouring()
    {
        ask("A fine film.");
        QVERIFY(m_document->analysis()->remark.empty()); // it would not know what is asked
        Selection& selection = m_document->selection();
        QCOMPARE(colouringOf(*m_document), QString("The text is coloured by what the answer looked at."));
        selection.setDirection(Direction::InputToLatents);
        QVERIFY2(says("point at a byte"), qPrintable(colouringOf(*m_document)));
        selection.lock(Part::Inputs, {3}, false);
        QVERIFY2(
            says("is not coloured: this question is answered by the latents"), qPrintable(colouringOf(*m_document)));
        selection.setDirection(Direction::InputToOutputs);
        QVERIFY2(says("the one answer has no place"), qPrintable(colouringOf(*m_document)));
        selection.lock(Part::Latents, {5}, false);
        QCOMPARE(colouringOf(*m_document), QString("The text is coloured by where latent 5 looks."));
        Look look = selection.view().look;
        look.overlay = false;
        selection.setLook(look, "off");
        QVERIFY2(says("switched off"), qPrintable(colouringOf(*m_document)));
        look.overlay = true;
        selection.setLook(look, "on");
        ask("A f[MASK]ne film.");
        QVERIFY2(says("what a hidden byte was guessed from"), qPrintable(colouringOf(*m_document)));
        selection.lock(Part::Inputs, {1}, false);
        selection.setDirection(Direction::InputToOutputs);
        QCOMPARE(colouringOf(*m_document), QString("The text is coloured by what byte 0 “A” takes part in."));
    }

private:
    void ask(const std::string& text, Document::Masks masks = {})
    {
        m_document->openText(text, std::move(masks));
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis() && !m_document->runs(), kPatience);
    }
    bool says(const char* words) const { return colouringOf(*m_document).contains(words); }

    std::unique_ptr<Document> m_document;
};

QTEST_GUILESS_MAIN(TestShownMap)
#include "test_shown_map.moc"
