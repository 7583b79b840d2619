// A power spectrum seen from above: zero frequency in the middle, axes in cycles a picture, log power in magma. Four of a
// model's bands are rings with their numbers, one more stands out, and every band is a tick on the axes; two small circles
// hold the strongest wave. The wheel or + and - come closer; the mouse or the arrow keys point at a frequency. Interface
// thread.
#pragma once

#include "app/views/spectrum.h"

#include <QWidget>
#include <memory>
#include <optional>

namespace ui {

// What is drawn, made once for all that draw it.
struct ShownSpectrum {
    engine::HostTensor power; // centred
    std::vector<double> bandsX, bandsY; // as many of one as of the other
    app::views::SpectrumFigures figures;
    app::views::PowerRange range;
    QImage picture;

    int64_t acrossAt(int64_t column) const { return column - power.columns() / 2; }
    int64_t downAt(int64_t row) const { return row - power.rows() / 2; }
};

// 1, 2 or 5 times a power of ten, so that the span has no more than `most` steps; at least 1: cycles are whole.
double tickStep(double span, double most);
// Bands that are worth a ring: the last, and up to three below in even steps.
std::vector<size_t> ringsOf(size_t bands);

class SpectrumMap : public QWidget {
    Q_OBJECT

public:
    explicit SpectrumMap(QWidget* parent = nullptr);
    void setSpectrum(std::shared_ptr<const ShownSpectrum> spectrum, int outstandingBand); // -1: none stands out
    QSize minimumSizeHint() const override { return {240, 200}; }
    QSize sizeHint() const override { return {320, heightForWidth(320)}; }
    int heightForWidth(int width) const override;

    std::optional<QPoint> pointedAt() const { return m_pointed; } // column and row of the power
    void pointAt(std::optional<QPoint> cell);
    double zoom() const { return m_zoom; }
    void setZoom(double zoom);

signals:
    void pointed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF frame() const; // of the picture within the widget
    double pixelsOfCycle() const;
    void drawRings(QPainter& painter, const QRectF& frame) const;
    void drawAxes(QPainter& painter, const QRectF& frame) const;
    void drawPointed(QPainter& painter, const QRectF& frame) const;

    std::shared_ptr<const ShownSpectrum> m_spectrum;
    int m_outstanding = -1;
    double m_zoom = 1;
    std::optional<QPoint> m_pointed;
};

} // namespace ui
