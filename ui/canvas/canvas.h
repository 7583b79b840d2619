// A picture to look into: it pans and zooms about the cursor, fits or shows pixel for pixel, draws a grid between large
// pixels, and lays over it what belongs to its places: a map, contours, an outline, marks, a second picture behind a
// slider. Says what is pointed at, clicked and dragged, in the picture's pixels. Interface thread.
#pragma once

#include "ui/canvas/pyramid.h"
#include "ui/canvas/viewport.h"

#include <QPolygonF>
#include <QWidget>
#include <functional>
#include <optional>

namespace ui {

// A strip of a colour map with what its ends mean.
struct ScaleBar {
    QImage strip; // one row
    QString low, high, unit;
};

class Canvas : public QWidget {
    Q_OBJECT

public:
    explicit Canvas(Viewport& viewport, QWidget* parent = nullptr);

    void setPicture(const QImage& picture);
    const QImage& picture() const { return m_pyramid.full(); }
    // Over the picture, stretched to this part of it (in its pixels). smooth: between the middles of cells.
    void setOverlay(const QImage& overlay, const QRectF& part, bool smooth = true);
    const QImage& overlay() const { return m_overlay; }
    void setShade(const QRectF& kept); // what lies outside is darkened; null: nothing is
    void setContours(std::vector<QPolygonF> lines);
    void setMarks(std::vector<QRectF> marks); // what is locked or pointed at
    void setScaleBar(std::optional<ScaleBar> bar);
    void setLegend(const QImage& legend, const QString& text); // upper right corner
    void setTitle(const QString& title, const QString& more);
    void setReadout(const QString& text); // lower left corner
    // A second picture of the same size, seen to the right of the slider; null: none.
    void setBeside(const QImage& picture);
    void setPaint(std::function<void(QPainter&, double zoom)> paint); // more, in the picture's coordinates
    // Sums along the axes, drawn at the rims of the part the overlay lies on; empty: none.
    void setMarginals(std::vector<float> columns, std::vector<float> rows);
    // The cells that are pointed at, in pixels of the picture: 1 for pixels. Grid and keys follow.
    void setCell(const QRectF& part, QSize cells);

    double zoom() const; // screen pixels a picture's pixel
    void zoomTo(double zoom, QPointF about); // about: a point of the widget
    QPointF toPicture(QPointF point) const;
    QPointF toWidget(QPointF point) const;
    QImage shot(); // what it shows, for export and the clipboard
    QSize sizeHint() const override { return {640, 480}; }
    QSize minimumSizeHint() const override { return {120, 90}; }

public slots:
    void fit() { m_viewport.fit(); }
    void pixelForPixel();
    void zoomIn();
    void zoomOut();

signals:
    void pointed(QPoint pixel); // inside the picture
    void left();
    void clicked(QPoint pixel, bool add);
    void dragged(QRect pixels, bool add); // a rectangle, normalised, inside the picture
    void doubleClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    enum class Drag { None, Pan, Select, Slider };

    double fitZoom() const;
    QPointF origin() const; // of the picture, on the widget
    std::optional<QPoint> pixelAt(QPointF point) const;
    void moveCursor(QPoint by);
    void paintPicture(QPainter& painter, Pyramid& picture, const QRectF& visible);
    void paintOver(QPainter& painter);
    void paintMarks(QPainter& painter);
    void paintMarginals(QPainter& painter);
    void paintBadges(QPainter& painter);
    double sliderX() const;

    Viewport& m_viewport;
    Pyramid m_pyramid, m_beside;
    QImage m_overlay, m_legend;
    QRectF m_overlayPart, m_shade, m_cellPart;
    QSize m_cells;
    bool m_smooth = true, m_space = false;
    std::vector<QPolygonF> m_contours;
    std::vector<QRectF> m_marks;
    std::optional<ScaleBar> m_scaleBar;
    QString m_legendText, m_title, m_more, m_readout;
    std::function<void(QPainter&, double)> m_paint;
    std::vector<float> m_columns, m_rows;
    double m_slider = 0.5; // share of the picture's width
    Drag m_drag = Drag::None;
    QPointF m_pressed, m_last;
    std::optional<QRect> m_rubber; // pixels
    std::optional<QPoint> m_cursor; // the keyboard's
};

} // namespace ui
