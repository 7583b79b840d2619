// How well what a person typed fits a text: words begin with it, then it stands somewhere, then its letters do in
// order. Upper and lower case and accents are equal. Pure functions; any thread.
#pragma once

#include <QList>
#include <QString>
#include <optional>

namespace ui {

struct FuzzyMatch {
    int cost; // 0 to 99: words begin with it; to 199: inside of words; to 299: only its letters in order
    QList<int> letters; // of the text, ascending: those that were matched
};

// One word, without spaces. None where its letters are not all there in order.
std::optional<FuzzyMatch> fuzzyMatch(const QString& word, const QString& text);

// Lower case, each letter without its accent; as long as text, so that places agree.
QString folded(const QString& text);

// Whether every word of the query stands somewhere in the text.
bool hasAllWords(const QString& query, const QString& text);

} // namespace ui
