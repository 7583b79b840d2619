// A clip's sound as it was and as the model rebuilt it, as spectrograms one above the other, and how the attention is
// spread over time: a bar a picture, a line over the sound. Time runs to the right, with a mark where the clip is. What
// is pointed at and clicked is said; arrows move a cursor, Return clicks. Interface thread.
#pragma once

#include "app/document/clip_parts.h"

#include <QImage>
#include <QPixmap>
#include <QWidget>
#include <optional>

namespace ui {

class SoundStrip : public QWidget {
    Q_OBJECT

public:
    enum class Row { Given, Rebuilt, Attention };
    // A place in the strip; share: 0 … 1 of the clip's time; height: 0 … 1 of the frequencies.
    struct At {
        Row row = Row::Given;
        double share = 0, height = 0;

        bool operator==(const At&) const = default;
    };

    explicit SoundStrip(QWidget* parent = nullptr);

    // null: not known yet.
    void setClip(const std::shared_ptr<const app::document::ClipAnswer>& clip, double seconds, int64_t sampleRate);
    // Of a map over the inputs (it lies on the given sound) or over the outputs (on the rebuilt one); none: nothing.
    void setAttention(std::optional<app::document::MapOverTime> shares, Row on);
    void setMarks(std::vector<At> marks, double width); // what is asked about; width: share of the time
    void setPlace(double share);
    QString valueAt(const At& at) const; // of a sound: "0.213 s  1.20 kHz  −43 dB"
    QSize sizeHint() const override { return {640, 250}; }
    QSize minimumSizeHint() const override { return {240, 170}; }

signals:
    void pointed(ui::SoundStrip::At at); // at a sound
    void left();
    void clicked(ui::SoundStrip::At at, bool add);
    void placed(double share); // on the attention's row, or the axis: go there

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QFont small() const;
    QRectF rowRect(Row row) const;
    QRectF plot() const; // all rows
    std::optional<At> at(QPointF point) const;
    double xOf(double share) const;
    void point(std::optional<At> at);
    void change(); // something but the place and what is pointed at
    QPixmap painted() const; // all but those
    void paintSound(QPainter& painter, Row row, const QImage& picture, const QString& name) const;
    void paintAttention(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;

    std::shared_ptr<const app::document::ClipAnswer> m_clip;
    double m_seconds = 0;
    int64_t m_rate = 0;
    QImage m_given, m_rebuilt;
    QPixmap m_painted; // null: to be made
    std::optional<app::document::MapOverTime> m_shares;
    Row m_sharesOn = Row::Given;
    std::vector<At> m_marks;
    double m_markWidth = 0, m_place = 0;
    std::optional<At> m_cursor; // pointed at, or the keyboard's
};

} // namespace ui
