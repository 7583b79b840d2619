// The answer in words and bars: the task and the model, classes or moods with their probabilities, guesses for hidden
// bytes (a click fills one in), what leaving something out changed, what to keep in mind. Interface thread.
#pragma once

#include "ui/panels/panel.h"

class QLabel;
class QProgressBar;
class QVBoxLayout;

namespace ui {

class AttentionShares;

class AnswerPanel : public Panel {
    Q_OBJECT

public:
    explicit AnswerPanel(PanelContext context, QWidget* parent = nullptr);
    void showFailure(const QString& sentence);
    QSize sizeHint() const override;

private:
    void showWaiting();
    void showProgress(double share, double secondsLeft); // 0 … 1; below 0 while unknown
    void showAnswer();
    void showRemark();
    void clear();
    void addLine(const QString& text, const char* name);
    // before: the probability that it is compared with
    void addShare(const QString& label, float probability, std::optional<float> before);
    void addGuesses(const engine::tasks::MaskedByte& masked);
    void addMotion(const app::document::Analysis& answer);
    void addClip(const app::document::Analysis& answer);
    void showAttention(); // of a clip, how the shown map is shared

    QLabel *m_title, *m_about;
    QProgressBar* m_progress;
    QVBoxLayout* m_lines;
    AttentionShares* m_attention;
    QLabel* m_remark; // what to keep in mind; hidden while there is no answer
};

} // namespace ui
