#include "app/views/qt_image.h"

namespace app::views {

QImage toQImage(const engine::Image& image)
{
    return QImage(image.rgb.data(), image.width, image.height, qsizetype(image.width) * 3, QImage::Format_RGB888)
        .copy(); // the pixels go with `image`
}

} // namespace app::views
