// A page with what a view shows: the picture, its scale with numbers, the caption. Painted alike on pixels, SVG and
// PDF. Lengths are in page units, of which a picture's longer side has 760 at most; letters have 12 and 14. Needs a
// QGuiApplication for its fonts (without one: nullopt of `create`); any thread.
#pragma once

#include "app/exports/picture_part.h"
#include "app/exports/sheet.h"
#include "engine/base/result.h"

#include <QBrush>
#include <QFont>

class QPainter;

namespace app::exports {

class Page {
public:
    // Usage where there is nothing to show, InputOutput where the picture would be too large.
    static engine::Result<Page> create(const ShownMap& shown);

    QSize size() const { return m_size; } // page units
    // Pixels in a page unit, at least 1: at so many the picture's pixels are the page's.
    double resolution() const { return m_resolution; }
    // The painter's units are the page's; on a picture painted at resolution() the picture's pixels stay as they are.
    void paint(QPainter& painter) const;
    // The caption as files may carry it: one line, without what XML forbids.
    QString title() const;
    Sheet sheet() const; // of this page, which must stay

private:
    struct Line {
        QPointF at; // baseline
        QString text;
        int font; // kSmall or kLarge
        bool quiet;
    };
    explicit Page(const ShownMap& shown);
    double layOutScale(const ShownMap& shown, double y); // gives the y below
    double layOutCaption(double y);
    void addLine(QString text, double x, double top, int font, bool quiet);
    void paintPicture(QPainter& painter) const;
    void paintScale(QPainter& painter) const;

    PicturePart m_part;
    double m_resolution = 1;
    QRectF m_picture, m_bar; // m_bar is empty without a scale
    double m_width = 0; // of the column of picture, scale and caption
    std::vector<Line> m_lines;
    std::vector<double> m_ticks; // x
    QGradientStops m_stops;
    QString m_caption;
    QSize m_size;
    bool m_dark = false;
};

} // namespace app::exports
