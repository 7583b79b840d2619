// A text byte for byte, in lines: a bar a byte as high as its weight, the byte beneath, hidden ones as boxes. Interface
// thread.
#pragma once

#include <QAbstractScrollArea>
#include <functional>
#include <string>
#include <vector>

namespace ui {

class ByteBars : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit ByteBars(QWidget* parent = nullptr);
    void setText(std::string bytes, std::vector<std::pair<int64_t, int64_t>> hidden); // ranges [first, end)
    // A weight 0 … 1 a byte, and its colour; empty: none.
    void setWeights(std::vector<float> shown, std::function<QColor(float)> colour);
    QSize minimumSizeHint() const override { return {160, 60}; }

signals:
    void pointed(qint64 byte);
    void left();
    void clicked(qint64 byte, bool add);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    int perLine() const;
    int lineHeight() const;
    int64_t byteAt(QPointF place) const; // -1: none
    void arrange();

    std::string m_bytes;
    std::vector<bool> m_hidden; // a byte
    std::vector<float> m_weights;
    std::function<QColor(float)> m_colour;
};

} // namespace ui
