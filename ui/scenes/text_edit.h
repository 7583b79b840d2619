// A text whose bytes can be hidden and coloured: hidden bytes are boxes that keep their letters, colours are a weight a
// byte. Positions are bytes of the text as UTF-8; hidden stretches move with what is typed before them. Interface thread.
#pragma once

#include <QPlainTextEdit>
#include <QTextCursor>
#include <vector>

namespace ui {

class TextEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit TextEdit(QWidget* parent = nullptr);

    using Bytes = std::pair<int64_t, int64_t>; // first, end

    std::string bytes() const; // the text
    // Stretches hidden by hand; a word [MASK] hides one byte by itself.
    std::vector<Bytes> masks() const;
    void setMasks(const std::vector<Bytes>& masks);
    // What is selected, or the word at the cursor, is hidden; if all of it was, it is shown again.
    void toggleMask();
    // A weight 0 … 1 a byte: colours as the map's; empty: none. colour: of a weight.
    void setWeights(std::vector<float> shown, std::function<QColor(float)> colour);
    void setMarks(std::vector<Bytes> marks); // framed: what is asked about
    std::optional<int64_t> byteAt(QPoint place) const; // of the viewport
    QString glyphAt(int64_t byte) const; // "“é” C3 A9": what the byte belongs to

signals:
    void pointed(qint64 byte);
    void left();
    void clicked(qint64 byte, bool add);
    void masksChanged();
    void edited(); // by the person

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void countBytes(); // after every change
    int64_t byteOf(int position) const;
    int positionOf(int64_t byte) const;
    void colour();
    QList<QRectF> boxesOf(int from, int to) const; // of the viewport, a box a character

    std::vector<QTextCursor> m_masks;
    std::vector<int64_t> m_byteOf; // of every UTF-16 position, and the end
    std::vector<float> m_weights;
    std::function<QColor(float)> m_colour;
    std::vector<Bytes> m_marks;
    QPoint m_pressed;
};

} // namespace ui
