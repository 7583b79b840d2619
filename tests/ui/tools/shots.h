// Pictures of the window for people to look at, made without a screen.
#pragma once

#include <QString>

namespace tools {

// FOLDER/<scene>-<dark|light>-<scale>x.png; false when one of them could not be made.
bool shoot(const QString& folder, const QString& scale);
// Of a video: opened, playing, paused, scrubbed.
bool shootVideo(const QString& folder, const QString& file);

} // namespace tools
