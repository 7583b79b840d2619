#include "ui/scenes/clip_bar.h"

#include "ui/scenes/clip_player.h"
#include "ui/scenes/transport.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

constexpr double kSpeeds[] = {1, 0.5, 0.25};

} // namespace

ClipBar::ClipBar(Document& document, ClipPlayer& player, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_player(player)
    , m_transport(new Transport)
    , m_before(new QToolButton)
    , m_after(new QToolButton)
    , m_slider(new QSlider(Qt::Horizontal))
    , m_time(new QLabel)
    , m_clip(new QLabel)
    , m_heard(new QComboBox)
    , m_speed(new QComboBox)
    , m_loop(new QToolButton)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kSpace, kSpace, kSpace, kSpace);
    row->setSpacing(kSpace);
    row->addWidget(m_transport);
    m_before->setText(tr("‹ Clip"));
    m_before->setToolTip(tr("The clip before this one in the file"));
    m_after->setText(tr("Clip ›"));
    m_after->setToolTip(tr("The clip behind this one in the file"));
    m_slider->setTracking(false); // another place is read and asked about: when it is chosen
    m_slider->setAccessibleName(tr("Where in the file the clip begins"));
    m_slider->setToolTip(tr("Where in the file the clip begins"));
    row->addWidget(m_before);
    row->addWidget(m_slider, 1);
    row->addWidget(m_after);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch();
    words->addWidget(m_time);
    words->addWidget(m_clip);
    words->addStretch();
    row->addLayout(words);
    m_time->setObjectName("title");
    m_clip->setObjectName("quiet");
    row->addStretch();
    m_heard->addItems({tr("Original sound"), tr("Rebuilt sound"), tr("No sound")});
    m_heard->setAccessibleName(tr("What is heard"));
    m_heard->setToolTip(tr("What is heard while it plays"));
    for (const double speed : kSpeeds)
        m_speed->addItem(speed == 1 ? tr("1 ×") : tr("%1 ×").arg(speed), speed);
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("How fast it plays; slower without sound"));
    m_loop->setText(tr("Loop"));
    m_loop->setCheckable(true);
    m_loop->setChecked(player.loops());
    m_loop->setToolTip(tr("On: this clip again and again. Off: the next clip of the file follows when the model has "
                          "answered about it"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_heard, m_speed, m_loop})
        row->addWidget(widget);

    connect(m_slider, &QSlider::valueChanged, this, [this](int value) { m_document.showClip(value / 1000.0); });
    connect(m_slider, &QSlider::sliderMoved, this, [this](int value) { m_time->setText(clockText(value / 1000.0)); });
    connect(m_before, &QToolButton::clicked, this, [this] { goOn(-1); });
    connect(m_after, &QToolButton::clicked, this, [this] { goOn(1); });
    connect(m_heard, &QComboBox::currentIndexChanged, this, &ClipBar::heardChanged);
    connect(m_speed, &QComboBox::currentIndexChanged, this,
        [this] { m_player.setSpeed(m_speed->currentData().toDouble()); });
    connect(m_loop, &QToolButton::toggled, &m_player, &ClipPlayer::setLoops);
    connect(&m_player, &ClipPlayer::moved, this, &ClipBar::showPlace);
    for (const auto& signal : {&Document::opened, &Document::pairChanged})
        connect(&document, signal, this, &ClipBar::showClip);
    for (const auto& signal : {&Document::failed, &Document::refused})
        connect(&document, signal, this, &ClipBar::showClip); // the slider goes back to what is shown
    connect(&document, &Document::stopped, this, &ClipBar::showClip);
}

void ClipBar::setActions(QAction* back, QAction* play, QAction* forward)
{
    m_transport->setActions(back, play, forward);
}

ClipBar::Heard ClipBar::heard() const
{
    return Heard(m_heard->currentIndex());
}

void ClipBar::setHeard(Heard heard)
{
    m_heard->setCurrentIndex(int(heard));
}

bool ClipBar::goOn(int clips)
{
    const auto& clip = m_document.question().clip;
    if (!clip)
        return false;
    const double next = std::max(0.0, clip->seconds + clips * clip->size.seconds());
    const double last = std::max(0.0, clip->length - clip->size.seconds());
    if (clip->length > 0 && next > last + clip->size.seconds() / 2)
        return false;
    if (std::abs(next - clip->seconds) < 1e-6)
        return false;
    m_document.showClip(next);
    return true;
}

void ClipBar::showClip()
{
    const auto& clip = m_document.question().clip;
    if (!clip)
        return;
    const double last = std::max(0.0, clip->length - clip->size.seconds());
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(0, int(std::lround(last * 1000)));
    m_slider->setSingleStep(40); // a picture
    m_slider->setPageStep(int(clip->size.seconds() * 1000));
    m_slider->setValue(int(std::lround(clip->seconds * 1000)));
    const bool more = last > 0.04;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_slider, m_before, m_after})
        widget->setVisible(more || clip->length <= 0);
    m_before->setEnabled(clip->seconds > 0);
    m_after->setEnabled(clip->length <= 0 || clip->seconds + clip->size.seconds() / 2 < last);
    m_clip->setText(clip->length > 0
            ? tr("clip of %1 s in %2").arg(clip->size.seconds(), 0, 'f', 2).arg(clockText(clip->length))
            : tr("clip of %1 s").arg(clip->size.seconds(), 0, 'f', 2));
    // As wide as it will ever be, so that nothing moves while it plays.
    m_time->setMinimumWidth(m_time->fontMetrics().horizontalAdvance(clockText(std::max(clip->length, 0.0)) + "0"));
    showPlace();
}

void ClipBar::showPlace()
{
    if (const auto& clip = m_document.question().clip; clip && !m_slider->isSliderDown())
        m_time->setText(clockText(clip->seconds + m_player.seconds()));
}

} // namespace ui
