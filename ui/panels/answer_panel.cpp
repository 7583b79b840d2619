#include "ui/panels/answer_panel.h"

#include "app/commands/shown_byte.h"
#include "app/document/shown_map.h"
#include "app/formats/flow_metrics.h"
#include "ui/panels/attention_shares.h"
#include "ui/scenes/text_scene.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <functional>

namespace ui {

using namespace app::document;

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

// A row that says when the mouse, or the keyboard's focus, is on it.
class Row : public QWidget {
public:
    explicit Row(std::function<void(bool)> pointed) : m_pointed(std::move(pointed)) { setAttribute(Qt::WA_Hover); }

protected:
    void enterEvent(QEnterEvent*) override { m_pointed(true); }
    void leaveEvent(QEvent*) override { m_pointed(false); }

private:
    std::function<void(bool)> m_pointed;
};

constexpr size_t kMostShares = 20;

QString percent(float probability)
{
    return QString("%1 %").arg(double(probability) * 100, 0, 'f', 1);
}

} // namespace

AnswerPanel::AnswerPanel(PanelContext context, QWidget* parent)
    : Panel(context, parent)
    , m_title(line({}, "headline"))
    , m_about(line({}, "quiet"))
    , m_progress(new QProgressBar)
    , m_lines(new QVBoxLayout)
    , m_attention(new AttentionShares)
    , m_remark(line({}, "quiet"))
{
    setAttribute(Qt::WA_StyledBackground);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(kSpace / 2);
    m_progress->setAccessibleName(tr("Progress of the run"));
    m_progress->hide();
    m_lines->setSpacing(kSpace);
    auto* inside = new QWidget;
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->setSpacing(kSpace);
    layout->addWidget(m_title);
    layout->addWidget(m_about);
    layout->addWidget(m_progress);
    layout->addSpacing(kSpace);
    layout->addWidget(m_attention);
    layout->addLayout(m_lines);
    layout->addWidget(m_remark);
    layout->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    inside->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // as wide as the panel, whatever is in it
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);

    connect(&m_document, &Document::started, this, &AnswerPanel::showWaiting);
    connect(&m_document, &Document::progressed, this, &AnswerPanel::showProgress);
    connect(&m_document, &Document::answered, this, &AnswerPanel::showAnswer);
    connect(&m_document, &Document::failed, this, &AnswerPanel::showFailure);
    connect(&m_document, &Document::mapChanged, this, &AnswerPanel::showRemark);
    connect(&m_document, &Document::mapChanged, this, &AnswerPanel::showAttention);
    for (const auto& signal : {&Selection::viewChanged, &Selection::askedChanged})
        connect(&m_document.selection(), signal, this, &AnswerPanel::showRemark);
    connect(&m_document, &Document::stopped, this, [this] {
        if (m_document.analysis()) // it still stands
            showAnswer();
        else
            showFailure(tr("Stopped. Esc goes back to the start page."));
    });
}

QSize AnswerPanel::sizeHint() const
{
    return {kWidth, 300};
}

void AnswerPanel::clear()
{
    m_remark->hide();
    m_attention->setShares({}, {});
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void AnswerPanel::addLine(const QString& text, const char* name)
{
    m_lines->addWidget(line(text, name));
}

void AnswerPanel::addShare(const QString& label, float probability, std::optional<float> before)
{
    auto* row = new QWidget;
    row->setAccessibleName(tr("%1: %2 percent").arg(label).arg(double(probability) * 100, 0, 'f', 1));
    row->setToolTip(tr("One output query answers for all of these: they share one map of attention."));
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpace / 4);
    auto* words = new QHBoxLayout;
    words->addWidget(new QLabel(label), 1);
    if (before) {
        const double points = double(probability - *before) * 100;
        auto* change = line(
            tr("was %1  %2%3").arg(percent(*before), points < 0 ? "−" : "+").arg(std::abs(points), 0, 'f', 1), "quiet");
        change->setWordWrap(false);
        words->addWidget(change);
    }
    auto* value = line(percent(probability), before ? "" : "quiet");
    value->setWordWrap(false);
    words->addWidget(value);
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

void AnswerPanel::addGuesses(const engine::tasks::MaskedByte& masked)
{
    auto* row = new Row([this, token = uint32_t(masked.token)](bool on) {
        if (on)
            m_document.selection().point(Part::Outputs, {token});
        else
            m_document.selection().leave();
    });
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpace / 2);
    auto* place = line(tr("%1").arg(masked.position), "quiet");
    place->setToolTip(tr("The hidden byte at %1 of the text").arg(masked.position));
    place->setFixedWidth(4 * kSpace);
    layout->addWidget(place);
    const Analysis& answer = *m_document.analysis();
    const Analysis* before = answer.before.get();
    QString was;
    if (before)
        for (const auto& earlier : before->masked)
            if (earlier.token == masked.token && !earlier.best.empty())
                was = tr("was %1 %2").arg(shown(earlier.best.front().byte), percent(earlier.best.front().probability));
    for (const auto& guess : masked.best) {
        if (layout->count() > 3 || (layout->count() > 1 && guess.probability < 0.01f))
            break;
        auto* button = new QToolButton;
        button->setObjectName("guess");
        button->setText(tr("%1  %2 %").arg(shown(guess.byte)).arg(double(guess.probability) * 100, 0, 'f', 0));
        button->setToolTip(
            tr("%1: fills it in. Pointing here shows where the guess came from.").arg(percent(guess.probability)));
        button->setAccessibleName(
            tr("Fill byte %1 with %2, %3").arg(masked.position).arg(shown(guess.byte), percent(guess.probability)));
        connect(button, &QToolButton::clicked, this,
            [this, masked, byte = guess.byte] { m_context.text.fill(masked, byte); });
        layout->addWidget(button);
    }
    if (!was.isEmpty())
        layout->addWidget(line(was, "quiet"));
    layout->addStretch();
    m_lines->addWidget(row);
}

void AnswerPanel::addMotion(const Analysis& answer)
{
    addLine(tr("Colours show the direction of motion; full colour is %1 pixels.")
                .arg(double(m_document.video() ? largestOf(answer.motion->figures, m_document.flowScale())
                                               : answer.flowScale),
                    0, 'f', 2),
        "");
    addLine(tr("Mean motion %1 pixels").arg(app::formats::meanMotion(*answer.flow), 0, 'f', 3), "");
    if (answer.before && answer.before->flow && answer.changed) {
        const auto& part = *answer.changed;
        double sum = 0, most = 0;
        for (int y = part.top; y < part.top + part.height; ++y)
            for (int x = part.left; x < part.left + part.width; ++x) {
                const float *a = answer.flow->vector(x, y), *b = answer.before->flow->vector(x, y);
                const double d = std::hypot(double(a[0] - b[0]), double(a[1] - b[1]));
                sum += d;
                most = std::max(most, d);
            }
        addLine(tr("Without it the motion in this tile changes by %1 pixels on average, %2 at most.")
                    .arg(sum / std::max(1, part.width * part.height), 0, 'g', 3)
                    .arg(most, 0, 'g', 3),
            "");
    }
}

void AnswerPanel::addClip(const Analysis& answer)
{
    const auto& rebuilt = answer.clip->rebuilt;
    const auto decibels = [](double db) { return db >= 199 ? tr("equal") : tr("%1 dB").arg(db, 0, 'f', 1); };
    const ClipAnswer* before = answer.without.empty() || !answer.before ? nullptr : answer.before->clip.get();
    const auto pair = [&](double now, double was) {
        return before ? tr("%1, was %2").arg(decibels(now), decibels(was)) : decibels(now);
    };
    auto* line = new QLabel(tr("Rebuilt pictures %1 · rebuilt sound %2")
                                .arg(pair(rebuilt.videoPsnr, before ? before->rebuilt.videoPsnr : 0),
                                    pair(rebuilt.soundPsnr, before ? before->rebuilt.soundPsnr : 0)));
    line->setWordWrap(true);
    line->setTextInteractionFlags(Qt::TextSelectableByMouse);
    line->setToolTip(
        tr("Peak signal-to-noise ratio: how far the reconstruction is from the clip, more is nearer. Of the "
           "pictures over colours from 0 to 1, of the sound over an amplitude of 1."));
    m_lines->addWidget(line);
}

void AnswerPanel::showAttention()
{
    const auto& answer = m_document.analysis();
    const MapPtr& map = m_document.map();
    m_attention->setShares(map && answer ? titleOf(map->question, m_document) : QString(),
        map && answer && answer->clip ? map->shares : std::vector<Share>());
}

void AnswerPanel::showWaiting()
{
    if (m_document.runsLive())
        return; // the answer before stands until the next one is there
    clear();
    m_title->setText(QString::fromStdString(app::document::taskOf(m_document.question()).second));
    m_about->setText(tr("Running…  Esc stops it"));
    m_progress->setRange(0, 0);
    m_progress->show();
}

void AnswerPanel::showProgress(double share, double secondsLeft)
{
    if (m_document.runsLive())
        return;
    m_progress->setRange(0, 1000);
    m_progress->setValue(int(std::lround(share * 1000)));
    if (secondsLeft >= 1)
        m_about->setText(tr("About %1 s left.  Esc stops it").arg(std::ceil(secondsLeft)));
}

void AnswerPanel::showAnswer()
{
    const Analysis& answer = *m_document.analysis();
    clear();
    m_progress->hide();
    m_title->setText(QString::fromStdString(answer.task));
    m_about->setText(tr("Model “%1” · %2 s")
                         .arg(QString::fromStdString(answer.model).section('/', -1))
                         .arg(answer.seconds, 0, 'f', 2));
    const Analysis* before = answer.without.empty() ? nullptr : answer.before.get();
    if (before) {
        const auto count = [](size_t n, const QString& one, const QString& more) {
            return n == 0 ? QString() : n == 1 ? one : more.arg(n);
        };
        QStringList what{count(answer.without.inputs.size(), tr("one input"), tr("%1 inputs")),
            count(answer.without.latents.size(), tr("one latent"), tr("%1 latents")),
            count(answer.without.heads.size(), tr("one head"), tr("%1 heads"))};
        what.removeAll({});
        addLine(tr("Without %1. Ctrl+Return runs the whole again.").arg(what.join(tr(", "))), "");
    }
    if (answer.clip)
        addClip(answer);
    for (size_t i = 0; i < std::min(answer.shares.size(), kMostShares); ++i) {
        if (answer.clip && !tellsApart(answer))
            break; // the remark says so
        const Share& share = answer.shares[i];
        std::optional<float> was;
        if (before)
            for (const auto& earlier : before->shares)
                if (earlier.label == share.label)
                    was = earlier.probability;
        addShare(QString::fromStdString(share.label), share.probability, was);
    }
    if (answer.flow)
        addMotion(answer);
    if (!answer.filled.empty())
        addLine(QString::fromStdString(answer.filled), "");
    for (const auto& masked : answer.masked)
        addGuesses(masked);
    m_remark->show();
    showRemark();
}

// Of a text, what its colours mean: another question is another remark.
void AnswerPanel::showRemark()
{
    const auto& answer = m_document.analysis();
    if (!answer || m_remark->isHidden())
        return;
    QStringList sentences{QString::fromStdString(answer->remark), colouringOf(m_document)};
    sentences.removeAll({});
    m_remark->setText(sentences.join('\n'));
}

void AnswerPanel::showFailure(const QString& sentence)
{
    clear();
    m_progress->hide();
    m_about->setText({});
    addLine(sentence, "");
}

} // namespace ui
