// The table of all panels.
#include "ui/panels/panel.h"

#include "ui/panels/answer_panel.h"
#include "ui/panels/fact_panels.h"
#include "ui/panels/latents_panel.h"
#include "ui/panels/layers_panel.h"
#include "ui/panels/map_panel.h"
#include "ui/panels/models_panel.h"
#include "ui/panels/table_panel.h"

#include <QCoreApplication>

namespace ui {

namespace {

template <typename T> Panel* make(PanelContext context)
{
    return new T(context);
}

constexpr PanelInfo kPanels[] = {
    {"answer", QT_TRANSLATE_NOOP("Panel", "Answer"), QT_TRANSLATE_NOOP("Panel", "What the model says"),
        make<AnswerPanel>},
    {"flow", QT_TRANSLATE_NOOP("Panel", "Motion"),
        QT_TRANSLATE_NOOP("Panel", "Lengths and directions of the motion, its scale, and how far it is from the truth"),
        makeFlowPanel},
    {"latents", QT_TRANSLATE_NOOP("Panel", "Latents"),
        QT_TRANSLATE_NOOP("Panel", "Where each latent looks: small maps, a scatter plot, a table"), make<LatentsPanel>},
    {"map", QT_TRANSLATE_NOOP("Panel", "Map"),
        QT_TRANSLATE_NOOP("Panel", "Heads, layers, colours, scale, comparison, knock-out"), make<MapPanel>},
    {"spectrum", QT_TRANSLATE_NOOP("Panel", "Spectrum"),
        QT_TRANSLATE_NOOP("Panel", "The waves in the shown map, and the bands of the model's positions"),
        makeSpectrumPanel},
    {"layers", QT_TRANSLATE_NOOP("Panel", "Layers"),
        QT_TRANSLATE_NOOP("Panel", "Which latent reads which: a small map for every head of every latent layer"),
        make<LayersPanel>},
    {"table", QT_TRANSLATE_NOOP("Panel", "Table"), QT_TRANSLATE_NOOP("Panel", "The shown map as numbers"),
        make<TablePanel>},
    {"timings", QT_TRANSLATE_NOOP("Panel", "Timings"), QT_TRANSLATE_NOOP("Panel", "Where the time of the run went"),
        makeTimingsPanel},
    {"model", QT_TRANSLATE_NOOP("Panel", "Model"),
        QT_TRANSLATE_NOOP("Panel", "The model as its paper draws it, with its real sizes"), make<ModelsPanel>},
};

} // namespace

std::span<const PanelInfo> panels()
{
    return kPanels;
}

} // namespace ui
