#include "ui/panels/block.h"

#include "ui/theme.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kRound = 8; // pixels, as the cards of the start page
constexpr int kLongestNote = 18 * kSpace;

} // namespace

Block::Block(const QString& title, QWidget* parent) : QWidget(parent), m_note(text({}, true)), m_lines(new QVBoxLayout)
{
    auto* heading = text(title.toUpper(), true);
    QFont font = heading->font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    m_note->setFont(font);
    m_note->setWordWrap(false);
    font.setWeight(QFont::DemiBold);
    font.setLetterSpacing(QFont::AbsoluteSpacing, 0.5);
    heading->setFont(font);
    heading->setWordWrap(false);
    auto* head = new QHBoxLayout;
    head->setSpacing(kSpace);
    head->addWidget(heading);
    head->addWidget(m_note, 1);
    m_lines->setSpacing(kSpace / 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSpace * 3 / 2, kSpace, kSpace * 3 / 2, kSpace * 3 / 2);
    layout->setSpacing(kSpace);
    layout->addLayout(head);
    layout->addLayout(m_lines);
    setAccessibleName(title);
}

void Block::setNote(const QString& note)
{
    m_note->setText(m_note->fontMetrics().elidedText(note, Qt::ElideMiddle, kLongestNote));
    m_note->setToolTip(note);
    m_note->setAccessibleName(note);
}

QLabel* Block::text(const QString& words, bool quiet)
{
    auto* label = new QLabel(words);
    label->setObjectName(quiet ? "quiet" : "");
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QLabel* Block::number(bool large)
{
    QLabel* label = text({});
    label->setWordWrap(false);
    QFont font = large ? label->font() : QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (large) {
        font.setPointSizeF(font.pointSizeF() * 1.35);
        font.setWeight(QFont::DemiBold);
    } else
        font.setPointSizeF(label->font().pointSizeF());
    label->setFont(font);
    label->setAlignment(large ? Qt::AlignHCenter : Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

void Block::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Mid));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRound, kRound);
}

} // namespace ui
