// Files to a question: a picture, two frames of one size, or a text. Any thread but the interface's, which must not wait.
#pragma once

#include "app/document/analysis.h"

#include <QStringList>

namespace app::document {

constexpr int64_t kMostTextBytes = 1 << 20;

// Errors are sentences for the user: what cannot be opened, why, and what would be.
engine::Result<Question> readQuestion(const QStringList& files);

} // namespace app::document
