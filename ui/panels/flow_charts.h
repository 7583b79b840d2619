// The two drawings of the flow panel: lengths as bars, directions as a rose. What a bar stands for is said in words,
// under the mouse as a tooltip, with the arrow keys (Home, End) one bar after the other, and to a screen reader.
// Interface thread.
#pragma once

#include <QWidget>

namespace ui {

class Chart : public QWidget {
    Q_OBJECT

public:
    // As many words as values; none of the values is negative.
    void setBars(std::vector<double> values, QStringList words);
    int marked() const { return m_marked; } // -1: none

signals:
    void markedChanged(const QString& words); // empty: none

protected:
    explicit Chart(const QString& name);
    virtual int barAt(QPointF where) const = 0; // -1: none
    double largest() const; // above 0
    const std::vector<double>& values() const { return m_values; }
    // The accent, or the text's colour for the marked one.
    QColor barColour(int bar) const;
    void paintFocus(QPainter& painter) const;

    bool event(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void mark(int bar);

    std::vector<double> m_values;
    QStringList m_words;
    int m_marked = -1;
};

// Bars over an axis with its first and last value and, between them, its unit.
class LengthChart : public Chart {
    Q_OBJECT

public:
    LengthChart();
    void setAxis(const QString& first, const QString& unit, const QString& last);
    QSize sizeHint() const override;

protected:
    int barAt(QPointF where) const override;
    void paintEvent(QPaintEvent* event) override;

private:
    QRectF plot() const;

    QString m_first, m_unit, m_last;
};

// Sectors from the middle, the first to the right, counter-clockwise, each in its direction's colour of the wheel; the
// area of a sector is its share.
class DirectionRose : public Chart {
    Q_OBJECT

public:
    DirectionRose();
    QSize sizeHint() const override;

protected:
    int barAt(QPointF where) const override;
    void paintEvent(QPaintEvent* event) override;

private:
    double radius() const;
};

} // namespace ui
