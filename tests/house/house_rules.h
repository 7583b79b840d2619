// The rules that hold the folders apart, checked on the text of a source file: who may include whom, where Qt and
// Vulkan may be named, how long a file may get, and that headers and kernels say at their head what they are.
// Linking catches most wrong includes, but not those of header-only parts. Any thread.
#pragma once

#include <QStringList>

namespace house {

constexpr int kLongestFile = 400;

// path: relative to the project's folder, such as "engine/base/result.h". One sentence for every broken rule.
QStringList violations(const QString& path, const QString& text);

} // namespace house
