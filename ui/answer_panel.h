// The answer in words and bars, beside what was asked about: the task and the model, classes or moods with their
// probabilities, guesses for hidden bytes, what to keep in mind. Interface thread.
#pragma once

#include "app/document/analysis.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QVBoxLayout;

namespace ui {

class AnswerPanel : public QWidget {
    Q_OBJECT

public:
    explicit AnswerPanel(QWidget* parent = nullptr);
    void showWaiting(const QString& task);
    // share: 0 … 1; secondsLeft: below 0 while unknown
    void showProgress(double share, double secondsLeft);
    void showAnswer(const app::document::Analysis& answer);
    void showFailure(const QString& sentence);

private:
    void clear();
    void addLine(const QString& text, const char* name);
    void addShare(const QString& label, float probability);

    QLabel* m_title;
    QLabel* m_about;
    QProgressBar* m_progress;
    QVBoxLayout* m_lines;
};

} // namespace ui
