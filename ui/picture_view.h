// One picture, or several of one size side by side, as large as the room allows. Interface thread.
#pragma once

#include <QImage>
#include <QWidget>

namespace ui {

class PictureView : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    void setImages(const QList<QImage>& images);
    const QList<QImage>& images() const { return m_images; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QList<QImage> m_images;
};

} // namespace ui
