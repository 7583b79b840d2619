// A titled piece of a panel: a quiet surface with round corners, its title in small capitals, a note beside it.
// Interface thread.
#pragma once

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace ui {

class Block : public QWidget {
    Q_OBJECT

public:
    explicit Block(const QString& title, QWidget* parent = nullptr);
    // What the title is about, a file's name: cut in its middle where it is too long, whole in its tooltip.
    void setNote(const QString& note);
    QVBoxLayout* lines() const { return m_lines; }

    // A line of text; quiet ones explain, the others say.
    static QLabel* text(const QString& words, bool quiet = false);
    // A number, its digits all of one width, larger where it stands alone.
    static QLabel* number(bool large = false);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_note;
    QVBoxLayout* m_lines;
};

} // namespace ui
