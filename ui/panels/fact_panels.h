// Panels that take plain values, joined to the document: motion, waves, timings. Interface thread.
#pragma once

#include "ui/panels/panel.h"

namespace ui {

Panel* makeFlowPanel(PanelContext context);
Panel* makeSpectrumPanel(PanelContext context);
Panel* makeTimingsPanel(PanelContext context);

} // namespace ui
