#include "ui/answer_panel.h"

#include "app/commands/shown_byte.h"
#include "app/formats/flow_metrics.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>
#include <cmath>

namespace ui {

namespace {

constexpr int kWidth = 328;

QString shown(int byte)
{
    return byte == ' ' ? "␣" : byte < 0 ? "·" : QString::fromStdString(app::commands::shownByte(byte));
}

QLabel* line(const QString& text, const char* name)
{
    auto* label = new QLabel(text);
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

AnswerPanel::AnswerPanel(QWidget* parent)
    : QWidget(parent)
    , m_title(line({}, "headline"))
    , m_about(line({}, "quiet"))
    , m_progress(new QProgressBar)
    , m_lines(new QVBoxLayout)
{
    setObjectName("answer");
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(kWidth);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(kSpace / 2);
    m_progress->setAccessibleName(tr("Progress of the run"));
    m_lines->setSpacing(kSpace);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kSpace, 2 * kSpace, 2 * kSpace, 2 * kSpace);
    layout->setSpacing(kSpace);
    layout->addWidget(m_title);
    layout->addWidget(m_about);
    layout->addWidget(m_progress);
    layout->addSpacing(kSpace);
    layout->addLayout(m_lines);
    layout->addStretch();
}

void AnswerPanel::clear()
{
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void AnswerPanel::addLine(const QString& text, const char* name)
{
    m_lines->addWidget(line(text, name));
}

void AnswerPanel::addShare(const QString& label, float probability)
{
    auto* row = new QWidget;
    row->setAccessibleName(tr("%1: %2 percent").arg(label).arg(double(probability) * 100, 0, 'f', 1));
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpace / 4);
    auto* words = new QHBoxLayout;
    words->addWidget(new QLabel(label), 1);
    words->addWidget(line(tr("%1 %").arg(double(probability) * 100, 0, 'f', 1), "quiet"));
    layout->addLayout(words);
    auto* bar = new QProgressBar;
    bar->setObjectName("share");
    bar->setTextVisible(false);
    bar->setFixedHeight(kSpace / 2);
    bar->setRange(0, 1000);
    bar->setValue(int(std::lround(double(probability) * 1000)));
    layout->addWidget(bar);
    m_lines->addWidget(row);
}

void AnswerPanel::showWaiting(const QString& task)
{
    clear();
    m_title->setText(task);
    m_about->setText(tr("Running…  Esc stops it"));
    m_progress->setRange(0, 0);
    m_progress->show();
}

void AnswerPanel::showProgress(double share, double secondsLeft)
{
    m_progress->setRange(0, 1000);
    m_progress->setValue(int(std::lround(share * 1000)));
    if (secondsLeft >= 1)
        m_about->setText(tr("About %1 s left.  Esc stops it").arg(std::ceil(secondsLeft)));
}

void AnswerPanel::showAnswer(const app::document::Analysis& answer)
{
    clear();
    m_progress->hide();
    m_title->setText(QString::fromStdString(answer.task));
    m_about->setText(tr("Starter model “%1” · %2 s").arg(QString::fromStdString(answer.model)).arg(answer.seconds, 0, 'f', 2));
    for (const auto& share : answer.shares)
        addShare(QString::fromStdString(share.label), share.probability);
    if (answer.flow) {
        addLine(tr("Colours show the direction of motion; full colour is %1 pixels.").arg(double(answer.flowScale), 0, 'f', 2), "");
        addLine(tr("Mean motion %1 pixels").arg(app::formats::meanMotion(*answer.flow), 0, 'f', 3), "");
    }
    if (!answer.filled.empty())
        addLine(QString::fromStdString(answer.filled), "");
    for (const auto& masked : answer.masked) {
        QStringList guesses;
        for (const auto& guess : masked.best)
            guesses << tr("%1\u00a0%2 %").arg(shown(guess.byte)).arg(double(guess.probability) * 100, 0, 'f', 1);
        addLine(guesses.join("  "), "quiet");
    }
    if (!answer.remark.empty())
        addLine(QString::fromStdString(answer.remark), "quiet");
}

void AnswerPanel::showFailure(const QString& sentence)
{
    clear();
    m_progress->hide();
    m_about->setText({});
    addLine(sentence, "");
}

} // namespace ui
