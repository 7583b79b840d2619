#include "ui/key_caps.h"

#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QPainter>

namespace ui {

namespace {

constexpr int kGap = kSpace / 2;

QFont capFont(QFont font)
{
    font.setPointSizeF(font.pointSizeF() * 0.85);
    return font;
}

QSize capSize(const QString& key, const QFontMetrics& metrics)
{
    const int height = metrics.height() + kGap;
    return {std::max(metrics.horizontalAdvance(key) + 2 * kGap + 2, height), height};
}

} // namespace

QSize keyCapsSize(const QStringList& keys, const QFont& font)
{
    const QFontMetrics metrics(capFont(font));
    QSize size(0, 0);
    for (const QString& key : keys) {
        const QSize cap = capSize(key, metrics);
        size = {size.width() + (size.width() > 0 ? kGap : 0) + cap.width(), cap.height() + 1};
    }
    return size;
}

void drawKeyCaps(QPainter* painter, const QRect& rect, const QStringList& keys, bool right, bool enabled)
{
    painter->save();
    const QFont font = capFont(painter->font());
    const QSize all = keyCapsSize(keys, painter->font());
    const QFontMetrics metrics(font);
    painter->setFont(font);
    QPoint at(right ? rect.right() + 1 - all.width() : rect.left(), rect.center().y() - all.height() / 2 + 1);
    for (const QString& key : keys) {
        const QRect cap(at, capSize(key, metrics));
        // The lower edge a pixel thicker: a key stands out of its board.
        drawBox(painter, cap.adjusted(0, 1, 0, 1), {.fill = colours().edge, .radius = 4});
        drawBox(painter, cap, {.fill = colours().raised, .border = colours().line, .radius = 4});
        painter->setPen(enabled ? colours().text : colours().faint);
        painter->drawText(cap, Qt::AlignCenter, key);
        at.rx() += cap.width() + kGap;
    }
    painter->restore();
}

KeyCaps::KeyCaps(const QStringList& keys, QWidget* parent) : QWidget(parent), m_keys(keys)
{
    setAccessibleName(keys.join(' '));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize KeyCaps::sizeHint() const
{
    return keyCapsSize(m_keys, font());
}

void KeyCaps::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawKeyCaps(&painter, rect(), m_keys, false);
}

} // namespace ui
