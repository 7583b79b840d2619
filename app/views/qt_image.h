// The engine's pictures as Qt's. Any thread.
#pragma once

#include "engine/base/image.h"

#include <QImage>

namespace app::views {

// A copy: it lives on without `image`. Null for a picture without pixels.
QImage toQImage(const engine::Image& image);

} // namespace app::views
