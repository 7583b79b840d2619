// How the map is made and drawn: heads, the way through the latent layers, colours, scale; the comparison of two maps;
// leaving out what is selected; shares and sums in words. Interface thread.
#pragma once

#include "ui/panels/panel.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;

namespace ui {

class MapPanel : public Panel {
    Q_OBJECT

public:
    explicit MapPanel(PanelContext context, QWidget* parent = nullptr);

    void knockOut(); // what is locked, or the chosen head

private:
    void showView(); // the controls as the view says
    void showFigures();
    void change(const std::function<void(app::document::View&)>& how, const QString& name);

    QComboBox *m_heads, *m_through, *m_colours, *m_curve, *m_compare;
    QSpinBox *m_head, *m_layer;
    QCheckBox *m_global, *m_overlay, *m_contours, *m_marginals;
    QSlider *m_opacity, *m_discard;
    QPushButton *m_pin, *m_knockOut;
    QLabel *m_figures;
    bool m_setting = false;
};

} // namespace ui
