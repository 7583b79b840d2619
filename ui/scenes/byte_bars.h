// A text byte for byte, in lines: a bar a byte as high as its weight, the byte beneath, hidden ones as boxes. Several
// maps stand one below the other, so that a byte's bars can be compared. Interface thread.
#pragma once

#include <QAbstractScrollArea>
#include <QString>
#include <functional>
#include <string>
#include <vector>

namespace ui {

class ByteBars : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit ByteBars(QWidget* parent = nullptr);
    void setText(std::string bytes, std::vector<std::pair<int64_t, int64_t>> hidden); // ranges [first, end)
    struct Row {
        QString name; // "A"; seen beside others only
        std::vector<float> shown; // 0 … 1, a byte each
        std::function<QColor(float)> colour;
        bool fromMiddle = false; // 0.5 is no weight: bars go up and down from there
    };
    void setRows(std::vector<Row> rows); // none: the bytes alone
    const std::vector<Row>& rows() const { return m_rows; }
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
    int edge() const; // left and right of the bytes
    int barHeight() const;
    int64_t byteAt(QPointF place) const; // -1: none
    void arrange();

    std::string m_bytes;
    std::vector<bool> m_hidden; // a byte
    std::vector<Row> m_rows;
};

} // namespace ui
