// Picture files as Qt's images, read as the models read them. Any thread.
#pragma once

#include "app/views/qt_image.h"
#include "engine/base/result.h"

#include <QString>

namespace ui {

engine::Result<QImage> readPicture(const QString& file);
using app::views::toQImage;

} // namespace ui
