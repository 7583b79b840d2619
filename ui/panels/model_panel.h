// The model: its figure with the real sizes, a sentence on what is pointed at, what it weighs and costs, and its card.
// It takes plain values and knows no document. Interface thread.
#pragma once

#include "app/document/analysis.h"

#include <QUrl>
#include <QWidget>

class QGridLayout;
class QLabel;
class QScrollArea;
class QTextBrowser;
class QToolButton;

namespace ui {

class ModelFigureView;

class ModelPanel : public QWidget {
    Q_OBJECT

public:
    explicit ModelPanel(QWidget* parent = nullptr);

    // cardMarkdown: empty hides the card; deviceBytes: 0 while not known.
    void showModel(const app::document::ModelFacts& facts, const QString& cardMarkdown, uint64_t deviceBytes);
    void showNothing();
    // The figure as large as it fits into `size`, on the panel's ground; ratio: pixels a length.
    QImage figure(QSize size, qreal ratio) const;
    const ModelFigureView& figureView() const { return *m_figure; }
    QSize sizeHint() const override { return {420, 720}; }
    QSize minimumSizeHint() const override { return {300, 160}; }

signals:
    void linkAsked(const QUrl& link); // of the card: nothing opens by itself

private:
    void showCosts(const app::document::ModelFacts& facts, uint64_t deviceBytes);
    void openCard(bool open);
    bool eventFilter(QObject* watched, QEvent* event) override;
    void fitCard();
    void fitLesson(); // keeps the room of the longest sentence, so that nothing moves as one points along

    QLabel *m_nothing, *m_lesson;
    ModelFigureView* m_figure;
    QGridLayout* m_costs;
    QToolButton* m_cardHead;
    QTextBrowser* m_card;
    QScrollArea* m_scroll;
};

} // namespace ui
