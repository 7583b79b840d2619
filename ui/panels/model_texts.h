// What the figure of a model says in words: its parts in reading order, their names, their sizes and a sentence each,
// and the whole for a screen reader. After figure 2 of the Perceiver IO paper (arXiv 2107.14795). Any thread.
#pragma once

#include "app/document/analysis.h"

#include <QString>
#include <utility>

namespace ui {

enum class FigurePart { Inputs, Latents, Encoder, Layers, Queries, Decoder, Outputs };

// A bare encoder has no Queries and no Decoder; its Outputs are its last latents.
bool hasDecoder(const app::document::ModelFacts& facts);
std::vector<FigurePart> figureParts(const app::document::ModelFacts& facts); // as the numbers flow

bool isArray(FigurePart part);
// Rows and columns of an array; 0 columns where the facts do not tell: outputs of several kinds, which
// are of several widths, and the queries for them.
std::pair<int64_t, int64_t> arraySize(const app::document::ModelFacts& facts, FigurePart part);

QString partName(const app::document::ModelFacts& facts, FigurePart part); // "Encoder cross-attention"
QString partDetail(const app::document::ModelFacts& facts, FigurePart part); // "182,528 × 322", "1 head"
QString partSentence(const app::document::ModelFacts& facts, FigurePart part);
QString modelInWords(const app::document::ModelFacts& facts); // all of them

// Name and value of what a model weighs and costs; deviceBytes 0: not known, left out.
std::vector<std::pair<QString, QString>> modelCosts(const app::document::ModelFacts& facts, uint64_t deviceBytes);

} // namespace ui
