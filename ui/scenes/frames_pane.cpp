// What the large pane of two frames shows: the motion as it is looked at, or the frames.
#include "ui/scenes/frames_scene.h"

#include "app/document/background.h"
#include "app/views/flow_arrows.h"
#include "ui/canvas/canvas.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QCoreApplication>
#include <QPainter>

namespace ui {

using namespace app::document;
using app::views::FlowView;

namespace {

constexpr int kLegend = 84; // pixels

} // namespace

// Only when what it depends on is new, for flow views are not free.
void FramesScene::showPane()
{
    Look look = m_document.selection().view().look;
    look.flowScale = m_document.flowScale();
    if (auto* button = m_panes->button(int(look.frames) * 100 + (look.frames == FramesPane::Flow ? int(look.flow) : 0)))
        button->setChecked(true);
    const std::shared_ptr<const void> of = m_shown ? std::shared_ptr<const void>(m_shown) : m_coarse;
    const bool same = m_drawn && m_drawn->frames == look.frames && m_drawn->flow == look.flow
        && m_drawn->flowScale == look.flowScale && m_drawnOf == of;
    if (same)
        return;
    m_drawn = look;
    m_drawnOf = of;
    ++m_drawings; // what is still being drawn is out of date
    m_blink.stop();
    if (look.frames == FramesPane::Flow && showMotion(look))
        return; // drawn() follows
    if (look.frames != FramesPane::Flow)
        clearPane();
    switch (look.frames) {
    case FramesPane::First:
        m_main->setPicture(m_frames[0]);
        m_main->setTitle(frameName(0), {});
        break;
    case FramesPane::Second:
        m_main->setPicture(m_frames[1]);
        m_main->setTitle(frameName(1), {});
        break;
    case FramesPane::Blink:
        m_main->setPicture(m_frames[0]);
        m_main->setTitle(frameName(0), {});
        m_blinksSecond = false;
        m_blink.start();
        break;
    case FramesPane::Slider:
        m_main->setPicture(m_frames[0]);
        m_main->setBeside(m_frames[1]);
        m_main->setTitle(tr("%1 | %2").arg(frameName(0), frameName(1).toLower()), {});
        break;
    case FramesPane::Flow:
        break; // above
    }
    if (m_shown)
        emit drawn();
}

void FramesScene::clearPane()
{
    m_main->setBeside({});
    m_main->setLegend({}, {});
    m_main->setPaint({});
}

// Whether it is drawn beside this thread. What is there already or cannot be drawn stands there at once.
bool FramesScene::showMotion(const Look& look)
{
    if (!m_shown && m_coarse) {
        clearPane();
        m_main->setPicture(app::views::flowView(FlowView::Colours, *m_coarse, {}, {}, look.flowScale));
        m_main->setLegend(app::views::wheelLegend(kLegend, devicePixelRatioF()),
            tr("%1 px").arg(double(app::views::largestOf(*m_coarse, look.flowScale)), 0, 'f', 2));
        m_main->setTitle(tr("Flow"), tr("coarse so far, being refined"));
        return false;
    }
    if (!m_shown) {
        clearPane();
        m_main->setPicture(m_frames[0]);
        m_main->setTitle(frameName(0), tr("the motion is being found"));
        return false;
    }
    const auto& info = app::views::flowViewTexts()[size_t(look.flow)];
    if (const std::string lack
        = app::views::lackOf(look.flow, m_shown->flow, m_shown->first, m_shown->second, m_shown->extras());
        !lack.empty()) {
        clearPane();
        m_main->setPicture(m_frames[0]);
        m_main->setTitle(QCoreApplication::translate("FlowView", info.name),
            look.flow == FlowView::Occlusion
                ? tr("not found yet: “Find occlusion” in the Motion panel, or in the Ask menu")
                : QString::fromStdString(lack));
        return false;
    }
    showFlow(look);
    return true;
}

// Of large frames a view takes long to draw: what was shown stays until it is there.
void FramesScene::showFlow(Look look)
{
    struct Drawn {
        QImage picture, legend;
        std::shared_ptr<app::views::FlowArrows> arrows;
        QString caption;
    };
    inBackground(
        this,
        [shown = m_shown, look, ratio = devicePixelRatioF(), first = m_frames[0]] {
            Drawn drawn;
            const float largest = largestOf(shown->figures, look.flowScale);
            if (look.flow == FlowView::Arrows) { // drawn at the size they are seen in, so that they stay sharp
                drawn.picture = first;
                drawn.arrows = std::make_shared<app::views::FlowArrows>(app::views::flowArrows(shown->flow, largest));
            } else {
                drawn.picture = app::views::flowView(look.flow, *shown, look.flowScale);
            }
            if (look.flow == FlowView::Colours || look.flow == FlowView::Arrows)
                drawn.legend = app::views::wheelLegend(kLegend, ratio);
            drawn.caption = QString::fromStdString(
                app::views::captionOf(look.flow, shown->flow, look.flowScale, shown->extras()));
            return drawn;
        },
        [this, look, number = ++m_drawings, of = m_shown](const Drawn& drawn) {
            if (number != m_drawings || of != m_shown)
                return;
            clearPane();
            m_main->setPicture(drawn.picture);
            if (drawn.arrows)
                m_main->setPaint([arrows = drawn.arrows, size = drawn.picture.size()](QPainter& painter, double zoom) {
                    painter.fillRect(QRect(QPoint(0, 0), size), QColor(0, 0, 0, 110));
                    painter.save();
                    painter.scale(1 / zoom, 1 / zoom);
                    app::views::paintArrows(painter, *arrows, zoom);
                    painter.restore();
                });
            if (!drawn.legend.isNull())
                m_main->setLegend(drawn.legend,
                    look.flow == FlowView::Arrows
                        ? tr("direction")
                        : tr("%1 px").arg(double(largestOf(of->figures, look.flowScale)), 0, 'f', 2));
            m_main->setTitle(
                QCoreApplication::translate("FlowView", app::views::flowViewTexts()[size_t(look.flow)].name),
                drawn.caption);
            emit this->drawn();
        });
}

} // namespace ui
