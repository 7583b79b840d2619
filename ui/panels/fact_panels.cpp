#include "ui/panels/fact_panels.h"

#include "app/document/shown_map.h"
#include "app/formats/atomic_file.h"
#include "ui/panels/flow_panel.h"
#include "ui/panels/spectrum_panel.h"
#include "ui/panels/timings_panel.h"
#include "ui/scenes/frames_scene.h"

#include <QFileDialog>
#include <QMessageBox>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

// A panel that is another widget.
class Frame : public Panel {
public:
    Frame(PanelContext context, QWidget* inside) : Panel(context)
    {
        auto* layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        // However much a panel would like, the window fits a small screen.
        auto* scroll = new QScrollArea;
        scroll->setWidget(inside);
        scroll->setWidgetResizable(true);
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        layout->addWidget(scroll);
    }
};

class Flow : public Frame {
public:
    explicit Flow(PanelContext context) : Flow(context, new FlowPanel) { }

private:
    Flow(PanelContext context, FlowPanel* panel) : Frame(context, panel)
    {
        FramesScene& frames = context.frames;
        connect(&frames, &FramesScene::shownChanged, panel, [this, panel, &frames] {
            panel->setAuto(m_document.video() ? m_document.video()->fullColour() : 0);
            panel->showFlow(frames.shown());
        });
        connect(&m_document, &Document::opened, panel, [this, panel] {
            if (sceneOf(m_document.question()) != Scene::Frames)
                panel->showNothing();
        });
        // The button waits for an answer, or for what comes in its place.
        for (const auto& signal : {&Document::stopped, &Document::answered})
            connect(&m_document, signal, panel, [panel, &frames] { panel->showFlow(frames.shown()); });
        connect(&m_document, &Document::failed, panel, [panel, &frames] { panel->showFlow(frames.shown()); });
        connect(panel, &FlowPanel::occlusionAsked, &m_document, &Document::findOcclusion);
        connect(panel, &FlowPanel::scaleChanged, this, [this](const app::views::FlowScale& scale) {
            Look look = m_document.selection().view().look;
            look.flowScale = scale;
            m_document.selection().setLook(look, tr("scale of the motion"));
        });
        connect(&m_document.selection(), &Selection::viewChanged, panel, [this, panel] {
            const auto& scale = m_document.selection().view().look.flowScale;
            if (scale != panel->scale())
                panel->setScale(scale);
        });
        panel->showNothing();
    }
};

class Spectrum : public Frame {
public:
    explicit Spectrum(PanelContext context) : Spectrum(context, new SpectrumPanel) { }

private:
    Spectrum(PanelContext context, SpectrumPanel* panel) : Frame(context, panel), m_panel(panel)
    {
        connect(&m_document, &Document::mapChanged, this, [this] { ask(); });
        connect(&m_document, &Document::answered, this, [this] { ask(); });
        connect(&m_document.selection(), &Selection::viewChanged, this, [this] { ask(); });
        connect(&m_document, &Document::opened, this,
            [this] { m_panel->showNothing(tr("The waves of a map appear with the answer.")); });
        connect(&m_document, &Document::spectrumChanged, this, [this] {
            const MapSpectrum& found = *m_document.spectrum();
            m_panel->showSpectrum(found.power, found.bandsAcross, found.bandsDown);
        });
        connect(&m_document, &Document::spectrumFailed, panel, &SpectrumPanel::showNothing);
        panel->showNothing(tr("Nothing is open."));
    }

    void seen(bool seen) override
    {
        if (seen)
            ask();
    }

    void ask()
    {
        const auto& analysis = m_document.analysis();
        if (!isVisible() || !analysis)
            return;
        const ShownMap shown = shownMap(m_document);
        engine::HostTensor map = shown.weights;
        if (analysis->clip && !shown.empty() && shown.over != Part::Latents) { // its pictures, one over the other
            map = onAllFrames(shown.over == Part::Inputs ? analysis->clip->inputs : analysis->clip->outputs, map);
        } else if (shown.part && map.shape.size() == 2) { // the tile alone: beyond it there is nothing
            map = weightsIn(shown.weights, *shown.part);
        } else if (shown.empty() && analysis->flow) {
            map = engine::HostTensor({analysis->flow->height, analysis->flow->width});
            for (size_t i = 0; i < map.values.size(); ++i)
                map.values[i] = std::hypot(analysis->flow->uv[2 * i], analysis->flow->uv[2 * i + 1]);
        }
        if (map.shape.size() != 2 || map.shape[0] < 2 || map.shape[1] < 2)
            return m_panel->showNothing(analysis->scene == Scene::Text || shown.over == Part::Latents
                    ? tr("Waves are those of a picture: this map lies on a line.")
                    : tr("No map is shown: choose a direction (1 to 5), or point at something."));
        m_document.askSpectrum(std::move(map));
    }

    SpectrumPanel* m_panel;
};

class Timings : public Frame {
public:
    explicit Timings(PanelContext context) : Timings(context, new TimingsPanel) { }

private:
    Timings(PanelContext context, TimingsPanel* panel) : Frame(context, panel)
    {
        connect(&m_document, &Document::answered, panel, [this, panel] {
            const Analysis& analysis = *m_document.analysis();
            panel->showTimings(analysis.timings, analysis.seconds,
                QString::fromStdString(analysis.device)
                    + (analysis.fast ? tr(", fast: products of 16-bit numbers") : QString()));
        });
        connect(&m_document, &Document::opened, panel, &TimingsPanel::showNothing);
        connect(panel, &TimingsPanel::csvAsked, this, [this, panel] {
            const QString name
                = QFileDialog::getSaveFileName(this, tr("Save the timings"), "timings.csv", tr("CSV (*.csv)"));
            if (name.isEmpty())
                return;
            const QByteArray text = panel->csv().toUtf8();
            const auto written = app::formats::writeFile(
                name.toStdString(), {reinterpret_cast<const uint8_t*>(text.constData()), size_t(text.size())});
            if (!written.ok())
                QMessageBox::warning(this, tr("Not saved"), QString::fromStdString(written.error().message));
        });
        panel->showNothing();
    }
};

} // namespace

Panel* makeFlowPanel(PanelContext context)
{
    return new Flow(context);
}

Panel* makeSpectrumPanel(PanelContext context)
{
    return new Spectrum(context);
}

Panel* makeTimingsPanel(PanelContext context)
{
    return new Timings(context);
}

} // namespace ui
