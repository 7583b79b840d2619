#include "ui/style_glyphs.h"

#include "ui/theme.h"

#include <QIconEngine>
#include <QPainterPath>

namespace ui {

namespace {

// Corners in a square from -1 to 1; a stroke ends where a point repeats.
QPolygonF strokeOf(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Up:
        return {{-0.6, 0.3}, {0, -0.3}, {0.6, 0.3}};
    case Glyph::Down:
        return {{-0.6, -0.3}, {0, 0.3}, {0.6, -0.3}};
    case Glyph::Left:
        return {{0.3, -0.6}, {-0.3, 0}, {0.3, 0.6}};
    case Glyph::Right:
        return {{-0.3, -0.6}, {0.3, 0}, {-0.3, 0.6}};
    case Glyph::Check:
        return {{-0.7, 0.05}, {-0.2, 0.55}, {0.7, -0.5}};
    case Glyph::Dash:
        return {{-0.55, 0}, {0.55, 0}};
    case Glyph::Cross:
        return {{-0.55, -0.55}, {0.55, 0.55}, {0.55, 0.55}, {-0.55, 0.55}, {0.55, -0.55}};
    case Glyph::Float:
        return {{-0.6, -0.5}, {0.6, -0.5}, {0.6, 0.5}, {-0.6, 0.5}, {-0.6, -0.55}};
    case Glyph::Play:
        return {{-0.4, -0.65}, {0.6, 0}, {-0.4, 0.65}, {-0.4, -0.65}};
    case Glyph::Pause:
        return {{-0.35, -0.6}, {-0.35, 0.6}, {-0.35, 0.6}, {0.35, -0.6}, {0.35, 0.6}};
    case Glyph::Back:
        return {{0.45, -0.6}, {-0.15, 0}, {0.45, 0.6}, {0.45, 0.6}, {-0.55, -0.6}, {-0.55, 0.6}};
    case Glyph::Forward:
        return {{-0.45, -0.6}, {0.15, 0}, {-0.45, 0.6}, {-0.45, 0.6}, {0.55, -0.6}, {0.55, 0.6}};
    }
    return {};
}

class GlyphEngine : public QIconEngine {
public:
    explicit GlyphEngine(Glyph glyph) : m_glyph(glyph) { }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        // An icon's pixels may be finer than the style's: the sign grows with them.
        const double size = std::min(rect.width(), rect.height());
        painter->save();
        painter->translate(QRectF(rect).center());
        painter->scale(size / 16, size / 16);
        drawGlyph(
            painter, m_glyph, QRectF(-6, -6, 12, 12), mode == QIcon::Disabled ? colours().faint : colours().quiet);
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap made(size);
        made.fill(Qt::transparent);
        QPainter painter(&made);
        paint(&painter, made.rect(), mode, state);
        return made;
    }
    QIconEngine* clone() const override { return new GlyphEngine(m_glyph); }

private:
    Glyph m_glyph;
};

} // namespace

void drawGlyph(QPainter* painter, Glyph glyph, const QRectF& rect, const QColor& colour)
{
    const double half = std::min({rect.width(), rect.height(), 16.0}) / 2;
    const QPolygonF points = strokeOf(glyph);
    QPainterPath path(rect.center() + points.first() * half);
    for (int i = 1; i < points.size(); ++i)
        if (i + 1 < points.size() && points[i] == points[i + 1]) {
            path.lineTo(rect.center() + points[i] * half);
            path.moveTo(rect.center() + points[i + 2] * half);
            i += 2;
        } else
            path.lineTo(rect.center() + points[i] * half);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(colour, std::max(1.2, half / 4.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPath(path);
    painter->restore();
}

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new GlyphEngine(glyph));
}

void drawBox(QPainter* painter, const QRectF& rect, const Box& box)
{
    const double width = box.ring ? 2 : 1;
    const QRectF inside = box.border.isValid() ? rect.adjusted(width / 2, width / 2, -width / 2, -width / 2) : rect;
    QPainterPath path;
    // A side that is not round reaches past rect and is cut there.
    const QRectF whole = inside.adjusted(box.roundLeft ? 0 : -box.radius, 0, box.roundRight ? 0 : box.radius, 0);
    path.addRoundedRect(whole, box.radius, box.radius);
    if (!box.roundLeft || !box.roundRight) {
        QPainterPath cut;
        cut.addRect(inside);
        path = path.intersected(cut);
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(box.border.isValid() ? QPen(box.border, width) : QPen(Qt::NoPen));
    painter->setBrush(box.fill.isValid() ? QBrush(box.fill) : QBrush(Qt::NoBrush));
    painter->drawPath(path);
    painter->restore();
}

} // namespace ui
