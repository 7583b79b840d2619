// Shows the figure of a model; its height follows its width. Pointing at a part, or reaching it with the arrow keys,
// lights it and tells what it does. Interface thread.
#pragma once

#include "ui/panels/model_figure.h"

#include <QWidget>

namespace ui {

class ModelFigureView : public QWidget {
    Q_OBJECT

public:
    explicit ModelFigureView(QWidget* parent = nullptr);
    void setFacts(const app::document::ModelFacts& facts);
    const app::document::ModelFacts& facts() const { return m_facts; }
    const FigureLayout& figureLayout() const { return m_layout; }
    std::optional<FigurePart> lit() const { return m_lit; }
    // The figure as large as it fits into `size`, in the middle, on the palette's ground; ratio: pixels a length.
    QImage image(const QSize& size, double ratio) const;

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void pointed(const QString& sentence); // empty: at nothing

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void layOut();
    void light(std::optional<FigurePart> part);

    app::document::ModelFacts m_facts;
    FigureLayout m_layout;
    std::optional<FigurePart> m_lit;
    bool m_reachedByKeys = false; // has the focus, and not by a click
};

} // namespace ui
