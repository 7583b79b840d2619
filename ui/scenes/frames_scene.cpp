#include "ui/scenes/frames_scene.h"

#include "app/document/background.h"
#include "app/formats/flow_files.h"
#include "app/views/qt_image.h"
#include "ui/canvas/canvas.h"
#include "ui/scenes/timeline.h"
#include "ui/theme.h"

#include <QButtonGroup>
#include <QCoreApplication>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPainter>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

namespace ui {

using namespace app::document;
using app::views::FlowView;

namespace {

constexpr int kBlinkMilliseconds = 450;

} // namespace

FramesScene::FramesScene(Document& document, QWidget* parent)
    : SceneView(document, parent)
    , m_main(new Canvas(m_viewport))
    , m_first(new Canvas(m_detail))
    , m_second(new Canvas(m_detail))
    , m_compared{new Canvas(m_detail), new Canvas(m_detail)}
    , m_bar(new QBoxLayout(QBoxLayout::TopToBottom))
    , m_panes(new QButtonGroup(this))
    , m_timeline(new Timeline(document))
{
    m_main->setAccessibleName(tr("The motion"));
    m_first->setAccessibleName(tr("Frame 1 with the attention"));
    m_second->setAccessibleName(tr("Frame 2 with the attention"));
    m_bar->setContentsMargins(kSpace, kSpace, kSpace, kSpace);
    m_bar->setSpacing(kSpace);
    QHBoxLayout* rows[] = {new QHBoxLayout, new QHBoxLayout};
    for (const auto& text : app::views::flowViewTexts())
        addPane(rows[0], QCoreApplication::translate("FlowView", text.name),
            QCoreApplication::translate("FlowView", text.tip), FramesPane::Flow, text.view);
    addPane(rows[1], tr("Frame 1"), tr("The first frame as it is"), FramesPane::First, {});
    addPane(rows[1], tr("Frame 2"), tr("The second frame as it is"), FramesPane::Second, {});
    addPane(rows[1], tr("Blink"), tr("Both frames in turn"), FramesPane::Blink, {});
    addPane(
        rows[1], tr("Slider"), tr("Frame 1 left of the slider, frame 2 right of it: drag it"), FramesPane::Slider, {});
    for (QHBoxLayout* row : rows) {
        row->setSpacing(0);
        row->addStretch();
        m_bar->addLayout(row);
    }
    m_compared[0]->setAccessibleName(tr("Frame 1 with the pinned map A"));
    m_compared[1]->setAccessibleName(tr("Frame 1 with the difference A − B"));
    auto* lower = new QSplitter(Qt::Horizontal);
    for (Canvas* canvas : {m_compared[0], m_first, m_second, m_compared[1]})
        lower->addWidget(canvas);
    for (Canvas* canvas : m_compared)
        canvas->hide();
    lower->setSizes({1000, 1000, 1000, 1000});
    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(m_main);
    split->addWidget(lower);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({640, 420});
    for (QSplitter* each : {lower, split}) {
        each->setHandleWidth(kSpace / 2);
        each->setChildrenCollapsible(true);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(m_bar);
    layout->addWidget(split, 1);
    layout->addWidget(m_timeline);
    for (Canvas* canvas : {m_main, m_first, m_second, m_compared[0], m_compared[1]}) {
        connect(canvas, &Canvas::pointed, this, &FramesScene::point);
        connect(canvas, &Canvas::left, this, [this] {
            m_document.selection().leave();
            m_main->setReadout({});
            emit readout({});
        });
        connect(canvas, &Canvas::doubleClicked, canvas, &Canvas::fit);
        connect(canvas, &Canvas::clicked, this, [this](QPoint at, bool add) {
            if (const auto asked = pixel(at))
                m_document.selection().lock(partClicked(), {*asked}, add);
        });
        connect(canvas, &Canvas::dragged, this, [this](QRect pixels, bool add) {
            if (!m_document.analysis())
                return;
            std::vector<uint32_t> all;
            const uint32_t width = uint32_t(m_document.analysis()->inputGrid[1]);
            for (int y = pixels.top(); y <= pixels.bottom(); ++y)
                for (int x = pixels.left(); x <= pixels.right(); ++x)
                    all.push_back(uint32_t(y) * width + uint32_t(x));
            m_document.selection().lock(partClicked(), std::move(all), add);
        });
    }
    connect(&document, &Document::previewed, this, [this](const auto& coarse) {
        if (m_shown)
            return; // asked again: the answer before is finer
        m_coarse = coarse;
        showPane();
    });
    connect(&m_detail, &Viewport::changed, this, [this] {
        if (!m_follows)
            m_detailZoom = m_detail.magnification(); // by hand
    });
    m_blink.setInterval(kBlinkMilliseconds);
    connect(&m_blink, &QTimer::timeout, this, [this] {
        m_blinksSecond = !m_blinksSecond;
        m_main->setPicture(m_frames[m_blinksSecond]);
        m_main->setTitle(frameName(m_blinksSecond), {});
    });
    connect(&document, &Document::pairChanged, this, [this] {
        if (current())
            showNextPair();
    });
    // Not within what draws: the next pair's drawing begins with it.
    connect(this, &FramesScene::drawn, m_timeline, &Timeline::advance, Qt::QueuedConnection);
}

// Beside the list of what was opened there is too little room for all views in one row.
void FramesScene::resizeEvent(QResizeEvent* event)
{
    SceneView::resizeEvent(event);
    const int both = m_bar->itemAt(0)->sizeHint().width() + m_bar->itemAt(1)->sizeHint().width() + 3 * kSpace;
    m_bar->setDirection(width() >= both ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_bar->setStretch(1, width() >= both);
}

void FramesScene::addPane(
    QHBoxLayout* bar, const QString& name, const QString& tip, FramesPane pane, std::optional<FlowView> view)
{
    auto* button = new QToolButton;
    button->setObjectName("segment");
    button->setText(name);
    button->setToolTip(tip);
    button->setCheckable(true);
    m_panes->addButton(button, int(pane) * 100 + (view ? int(*view) : 0));
    bar->addWidget(button);
    connect(button, &QToolButton::clicked, this, [this, name, pane, view] {
        Look look = m_document.selection().view().look;
        look.frames = pane;
        if (view)
            look.flow = *view;
        m_document.selection().setLook(look, tr("showing %1").arg(name.toLower()));
    });
}

// A pixel is an input and an output: an output unless the question starts at inputs.
Part FramesScene::partClicked() const
{
    return fromOf(m_document.selection().view().question.direction) == Part::Inputs ? Part::Inputs : Part::Outputs;
}

std::optional<uint32_t> FramesScene::pixel(QPoint at) const
{
    if (!m_document.analysis())
        return {};
    const auto& grid = m_document.analysis()->inputGrid;
    return uint32_t(
        std::clamp<int64_t>(at.y(), 0, grid[0] - 1) * grid[1] + std::clamp<int64_t>(at.x(), 0, grid[1] - 1));
}

void FramesScene::point(QPoint at)
{
    QString text = tr("x %1  y %2").arg(at.x()).arg(at.y());
    if (const auto asked = pixel(at)) {
        const Part from = fromOf(m_document.selection().view().question.direction);
        if (from != Part::Latents)
            m_document.selection().point(from, {*asked});
        if (m_shown)
            text = QString::fromStdString(app::views::valueAt(m_shown->flow, m_shown->extras(), at.x(), at.y()));
    }
    m_main->setReadout(text);
    emit readout(text);
}

void FramesScene::showInput()
{
    m_viewport.fit();
    m_follows = true;
    m_detail.fit();
    m_follows = false;
    m_detailZoom = 0;
    putFrames();
    m_main->setReadout({});
    m_drawn.reset();
    showMap();
    emit shownChanged();
}

void FramesScene::putFrames()
{
    m_shown.reset();
    m_coarse.reset();
    for (size_t i = 0; i < 2; ++i)
        m_frames[i] = app::views::toQImage(*m_document.question().pictures[i]);
    for (Canvas* canvas : {m_first, m_compared[0], m_compared[1]})
        canvas->setPicture(m_frames[0]);
    m_second->setPicture(m_frames[1]);
}

// Where one is looking stays. While a video plays the motion before stands until its own is drawn.
void FramesScene::showNextPair()
{
    putFrames();
    m_drawn.reset();
    if (m_timeline->playing())
        return;
    showMap(); // the panels' figures stay until the next ones are there
}

QString FramesScene::frameName(int which) const
{
    const Video* video = m_document.video();
    return tr("Frame %1").arg(m_document.question().frame.value_or(0) + 1 + (video ? which * video->step() : which));
}

void FramesScene::showAnswer()
{
    const Analysis& analysis = *m_document.analysis();
    m_coarse.reset();
    if (m_shown && m_shown->truth) {
        app::views::FlowShown parts = *analysis.motion;
        parts.truth = m_shown->truth;
        parts.truthName = m_shown->truthName;
        m_shown = app::views::shown(std::move(parts));
    } else {
        m_shown = analysis.motion;
    }
    m_drawn.reset();
    if (analysis.backward) { // it was asked for to be seen
        Look look = m_document.selection().view().look;
        look.flow = FlowView::Occlusion;
        look.frames = FramesPane::Flow;
        m_document.selection().setLook(look, tr("showing occlusion"));
    }
    showMap();
    emit shownChanged();
}

void FramesScene::compareWith(const QString& file)
{
    const QString name = QFileInfo(file).fileName();
    if (!m_shown) {
        emit compared(
            name, tr("The truth is compared with a motion: open two frames first, and drop it when they are answered"));
        return;
    }
    using Compared = std::pair<FlowShownPtr, QString>;
    inBackground(
        this,
        [shown = m_shown, file, name]() -> Compared {
            auto truth = app::formats::readFlow(file.toStdString());
            if (!truth.ok())
                return {nullptr, QString::fromStdString(truth.error().message)};
            if (truth.value().width != shown->flow.width || truth.value().height != shown->flow.height)
                return {nullptr,
                    tr("%1 is %2 × %3, the frames are %4 × %5: this is the truth of another pair")
                        .arg(name)
                        .arg(truth.value().width)
                        .arg(truth.value().height)
                        .arg(shown->flow.width)
                        .arg(shown->flow.height)};
            app::views::FlowShown parts = *shown;
            parts.truth = std::move(truth).value();
            parts.truthName = name.toStdString();
            return {app::views::shown(std::move(parts)), {}};
        },
        [this, name, before = m_shown](const Compared& found) {
            if (before != m_shown) // another motion by now
                return;
            if (found.first)
                showTruth(found.first);
            emit compared(name, found.second);
        });
}

void FramesScene::showTruth(const FlowShownPtr& shown)
{
    m_shown = shown;
    m_drawn.reset();
    Look look = m_document.selection().view().look;
    look.flow = FlowView::Error;
    look.frames = FramesPane::Flow;
    m_document.selection().setLook(look, tr("showing the error"));
    showMap();
    emit shownChanged();
}

QImage FramesScene::shot()
{
    return m_main->shot();
}

} // namespace ui
