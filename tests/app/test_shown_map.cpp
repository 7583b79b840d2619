// What is said of a map in words, of real answers: where it lies in a text.
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

private:
    void ask(const std::string& text, Document::Masks masks = {})
    {
        m_document->openText(text, std::move(masks));
        QTRY_VERIFY_WITH_TIMEOUT(m_document->analysis() && !m_document->runs(), kPatience);
    }

    std::unique_ptr<Document> m_document;
};

QTEST_GUILESS_MAIN(TestShownMap)
#include "test_shown_map.moc"
