// Panels that take plain values, joined to the document: motion, waves, timings, the model. Interface thread.
#pragma once

#include "ui/panels/panel.h"

namespace ui {

Panel* makeFlowPanel(PanelContext context);
Panel* makeSpectrumPanel(PanelContext context);
Panel* makeTimingsPanel(PanelContext context);
Panel* makeModelPanel(PanelContext context);

} // namespace ui
