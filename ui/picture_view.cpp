#include "ui/picture_view.h"

#include "ui/theme.h"

#include <QPainter>

namespace ui {

void PictureView::setImages(const QList<QImage>& images)
{
    m_images = images;
    update();
}

void PictureView::paintEvent(QPaintEvent*)
{
    if (m_images.isEmpty())
        return;
    constexpr int kGap = 2 * kSpace;
    const int count = int(m_images.size());
    const QSize room((width() - kGap * (count + 1)) / count, height() - 2 * kGap);
    const QSize size = m_images.first().size().scaled(room, Qt::KeepAspectRatio);
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    int x = (width() - size.width() * count - kGap * (count - 1)) / 2;
    for (const QImage& image : m_images) {
        painter.drawImage(QRect(QPoint(x, (height() - size.height()) / 2), size), image);
        x += size.width() + kGap;
    }
}

} // namespace ui
