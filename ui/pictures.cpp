#include "ui/pictures.h"

#include "app/media/image_reader.h"

namespace ui {

engine::Result<QImage> readPicture(const QString& file)
{
    TRY_ASSIGN(const engine::Image image, app::media::readImage(file.toStdString()));
    return toQImage(image);
}

} // namespace ui
