#include "ui/fuzzy_match.h"

namespace ui {

namespace {

constexpr int kInside = 100; // where the costs of the second kind begin
constexpr int kLetters = 200;
constexpr int kMostCost = 99;

bool startsWord(const QString& text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber();
}

FuzzyMatch run(int cost, qsizetype from, qsizetype count)
{
    FuzzyMatch match {cost, {}};
    for (qsizetype i = 0; i < count; ++i)
        match.letters << int(from + i);
    return match;
}

// From each place where the first letter stands, the letters as early as they come; the tightest of these. Letters that
// begin words cost nothing, so that initials find a command.
std::optional<FuzzyMatch> letters(const QString& word, const QString& text)
{
    std::optional<FuzzyMatch> best;
    for (qsizetype first = text.indexOf(word[0]); first >= 0; first = text.indexOf(word[0], first + 1)) {
        FuzzyMatch match {kLetters, {}};
        qsizetype at = first;
        int gaps = 0;
        for (qsizetype i = 0; i < word.size() && at >= 0; ++i) {
            at = text.indexOf(word[i], match.letters.isEmpty() ? first : match.letters.last() + 1);
            if (at < 0)
                break;
            if (!match.letters.isEmpty() && !startsWord(text, at))
                gaps += int(at) - match.letters.last() - 1;
            else if (match.letters.isEmpty() && !startsWord(text, at))
                gaps += 2;
            match.letters << int(at);
        }
        if (match.letters.size() < word.size())
            break; // later places have even less behind them
        match.cost = kLetters + std::min(gaps, kMostCost);
        if (!best || match.cost < best->cost)
            best = match;
    }
    return best;
}

} // namespace

QString folded(const QString& text)
{
    QString result(text.size(), Qt::Uninitialized);
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QString parts = text[i].decomposition();
        const bool accent = parts.size() > 1 && parts[0].isLetter() && text[i].decompositionTag() == QChar::Canonical;
        result[i] = (accent ? parts[0] : text[i]).toCaseFolded();
    }
    return result;
}

std::optional<FuzzyMatch> fuzzyMatch(const QString& word, const QString& text)
{
    const QString what = folded(word);
    const QString where = folded(text);
    if (what.isEmpty())
        return FuzzyMatch {0, {}};
    int words = 0;
    qsizetype inside = -1;
    for (qsizetype at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + 1)) {
        if (startsWord(where, at)) {
            for (qsizetype i = 1; i < at; ++i)
                words += startsWord(where, i);
            return run(std::min(at == 0 ? 0 : words + 1, kMostCost), at, what.size());
        }
        if (inside < 0)
            inside = at;
    }
    if (inside >= 0)
        return run(kInside + std::min(int(inside), kMostCost), inside, what.size());
    return letters(what, where);
}

bool hasAllWords(const QString& query, const QString& text)
{
    const QString where = folded(text);
    for (const QString& word : folded(query).split(' ', Qt::SkipEmptyParts))
        if (!where.contains(word))
            return false;
    return true;
}

} // namespace ui
