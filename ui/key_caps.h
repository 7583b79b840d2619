// Keys drawn as caps, as they look on a keyboard: "Ctrl" "Shift" "P". Interface thread.
#pragma once

#include <QStringList>
#include <QWidget>

namespace ui {

QSize keyCapsSize(const QStringList& keys, const QFont& font);
// At the right end of rect, or the left; in the middle of its height.
void drawKeyCaps(QPainter* painter, const QRect& rect, const QStringList& keys, bool right, bool enabled = true);

class KeyCaps : public QWidget {
    Q_OBJECT

public:
    explicit KeyCaps(const QStringList& keys, QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QStringList m_keys;
};

} // namespace ui
