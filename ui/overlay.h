// Attention drawn over what it looked at: a picture's heat, a text's colours. Any thread, where nothing else is said.
#pragma once

#include "app/document/analysis.h"

#include <QImage>
#include <QTextEdit>

namespace ui {

// The weights of a picture over it, where the model saw it: dark where it did not look.
QImage attentionOver(const QImage& picture, const app::document::Analysis& answer);

// Backgrounds for a text's characters by the weights of their bytes. Interface thread.
QList<QTextEdit::ExtraSelection> attentionOver(QTextDocument* document, const std::vector<float>& byteWeights);

} // namespace ui
