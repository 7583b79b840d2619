// The flow in numbers, beside its picture: lengths as a histogram, directions as a rose, what is hidden, how far it is
// from the truth, and the scale that it is drawn to. About 300 pixels wide; it scrolls when it is not high enough.
// Nothing is computed here but words: the figures come with the flow. Interface thread.
#pragma once

#include "app/views/flow_figures.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QScrollArea;

namespace ui {

class Block;
class DirectionRose;
class LengthChart;

class FlowPanel : public QWidget {
    Q_OBJECT

public:
    explicit FlowPanel(QWidget* parent = nullptr);
    // Made by app::views::shown(). Null is nothing.
    void showFlow(std::shared_ptr<const app::views::FlowShown> flow);
    void showNothing();
    app::views::FlowScale scale() const { return m_scale; }
    // As the controls would, without the signal: for settings and undo.
    void setScale(const app::views::FlowScale& scale);
    // What “auto” is for a whole video, pixels; 0: one for each motion.
    void setAuto(float pixels);
    void setStep(int64_t frames); // that the motion is found over

signals:
    void scaleChanged(const app::views::FlowScale& scale);
    // The flow backward is wanted. The button waits for the next showFlow.
    void occlusionAsked();

private:
    void addMotion();
    void addDirections();
    void addTruth();
    void addScale();
    void fillMotion(const app::views::MotionFigures& figures);
    void fillDirections(const app::views::MotionFigures& figures);
    void fillTruth();
    void fillScale();
    void chooseMode(int index);
    void chooseValue(double value);
    float largest() const; // pixels at full colour; 0 without a flow

    std::shared_ptr<const app::views::FlowShown> m_flow;
    app::views::FlowScale m_scale;
    float m_auto = 0;
    int64_t m_step = 1;
    QLabel* m_empty;
    QWidget* m_content;
    QScrollArea* m_scroll;

    LengthChart* m_lengths;
    QLabel* m_lengthWords;
    QLabel *m_mean, *m_median, *m_p95, *m_largest, *m_unknown, *m_unknownName, *m_occluded;
    QPushButton* m_findOcclusion;
    DirectionRose* m_rose;
    QLabel* m_roseWords;
    QLabel* m_ways[4]; // right, up, left, down
    Block* m_truth;
    QLabel *m_errors[4], *m_truthWords;
    QWidget* m_errorRow;
    QComboBox* m_mode;
    QDoubleSpinBox* m_value;
    QLabel* m_found;
};

} // namespace ui
