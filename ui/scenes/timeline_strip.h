// A video from its first pair of frames to its last, as a strip: a bar a pair as high as its motion (its mean, and what
// 95 % of its pixels do not exceed), cuts, and the place. The mouse points, and scrubs while pressed; so do the arrow
// keys. Interface thread.
#pragma once

#include "app/document/video.h"

#include <QWidget>
#include <optional>

namespace ui {

class TimelineStrip : public QWidget {
    Q_OBJECT

public:
    explicit TimelineStrip(QWidget* parent = nullptr);

    void setVideo(const app::document::Video* video); // null: none; it must outlive this or be taken away
    void setPlace(int64_t pair);
    int64_t place() const { return m_place; }
    int64_t pairAt(double x) const; // within the video
    double xOf(int64_t pair) const; // the middle of its bar
    QString sentenceOf(int64_t pair) const; // "0:03.120 · frame 79 of 750 · mean 1.20 px, 95 % below 3.41 px"
    QSize sizeHint() const override { return {400, 56}; }
    QSize minimumSizeHint() const override { return {120, 56}; }

signals:
    void scrubbed(qint64 pair); // the mouse or a key wants to be there

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF plot() const;
    QFont small() const;
    void paintBars(QPainter& painter) const;
    void paintScale(QPainter& painter) const;
    void paintPlace(QPainter& painter, int64_t pair, const QColor& colour, bool knob) const;
    void scrub(int64_t pair);

    const app::document::Video* m_video = nullptr;
    int64_t m_place = 0;
    std::optional<int64_t> m_hovered;
};

} // namespace ui
