#include "ui/pictures.h"

#include "app/media/image_reader.h"

namespace ui {

engine::Result<QImage> readPicture(const QString& file)
{
    TRY_ASSIGN(const engine::Image image, app::media::readImage(file.toStdString()));
    return toQImage(image);
}

QImage toQImage(const engine::Image& image)
{
    return QImage(image.rgb.data(), image.width, image.height, qsizetype(image.width) * 3, QImage::Format_RGB888)
        .copy(); // the pixels go with `image`
}

} // namespace ui
