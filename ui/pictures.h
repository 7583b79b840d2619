// Picture files as Qt's images, read as the models read them. Any thread.
#pragma once

#include "engine/base/image.h"
#include "engine/base/result.h"

#include <QImage>

namespace ui {

engine::Result<QImage> readPicture(const QString& file);
QImage toQImage(const engine::Image& image);

} // namespace ui
