#include "ui/scenes/picture_scene.h"

#include "app/views/map_picture.h"
#include "app/views/qt_image.h"
#include "ui/canvas/canvas.h"
#include "ui/theme.h"

#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

namespace ui {

using namespace app::document;

PictureScene::PictureScene(Document& document, QWidget* parent)
    : SceneView(document, parent)
    , m_canvas(new Canvas(m_viewport))
    , m_compared{new Canvas(m_viewport), new Canvas(m_viewport)}
{
    m_canvas->setAccessibleName(tr("The picture"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(kSpace / 2);
    for (Canvas* canvas : {m_compared[0], m_canvas, m_compared[1]})
        split->addWidget(canvas);
    for (Canvas* canvas : m_compared) {
        canvas->hide();
        connect(canvas, &Canvas::pointed, this, &PictureScene::point);
    }
    m_compared[0]->setAccessibleName(tr("The pinned map A"));
    m_compared[1]->setAccessibleName(tr("The difference A − B"));
    layout->addWidget(split);
    connect(m_canvas, &Canvas::pointed, this, &PictureScene::point);
    connect(m_canvas, &Canvas::left, this, [this] {
        m_document.selection().leave();
        m_canvas->setReadout({});
        emit readout({});
    });
    connect(m_canvas, &Canvas::doubleClicked, m_canvas, &Canvas::fit);
    connect(m_canvas, &Canvas::clicked, this, [this](QPoint pixel, bool add) {
        if (const auto cell = cellAt(pixel))
            m_document.selection().lock(Part::Inputs, {*cell}, add);
    });
    connect(m_canvas, &Canvas::dragged, this, [this](QRect pixels, bool add) {
        if (!m_document.analysis())
            return;
        std::vector<uint32_t> cells;
        const Analysis& analysis = *m_document.analysis();
        for (uint32_t cell = 0; cell < uint32_t(engine::elementCount(analysis.inputGrid)); ++cell)
            if (cellRect(cell).intersects(QRectF(pixels)))
                cells.push_back(cell);
        m_document.selection().lock(Part::Inputs, std::move(cells), add);
    });
}

QRectF PictureScene::crop() const
{
    const auto& c = m_document.analysis()->crop;
    return QRectF(c.left, c.top, c.width, c.height);
}

std::optional<uint32_t> PictureScene::cellAt(QPoint pixel) const
{
    if (!m_document.analysis() || !crop().contains(pixel))
        return {};
    const auto& grid = m_document.analysis()->inputGrid;
    const QRectF part = crop();
    const int64_t x = std::min(int64_t((pixel.x() + 0.5 - part.left()) / part.width() * double(grid[1])), grid[1] - 1);
    const int64_t y = std::min(int64_t((pixel.y() + 0.5 - part.top()) / part.height() * double(grid[0])), grid[0] - 1);
    return uint32_t(y * grid[1] + x);
}

QRectF PictureScene::cellRect(uint32_t cell) const
{
    const auto& grid = m_document.analysis()->inputGrid;
    const QRectF part = crop();
    const double width = part.width() / double(grid[1]), height = part.height() / double(grid[0]);
    return {part.left() + double(cell % uint32_t(grid[1])) * width,
        part.top() + double(cell / uint32_t(grid[1])) * height, width, height};
}

void PictureScene::point(QPoint pixel)
{
    QString text = tr("x %1  y %2").arg(pixel.x()).arg(pixel.y());
    if (const auto cell = cellAt(pixel)) {
        // Only where the question starts at the picture: else pointing would take the answer's map away.
        if (fromOf(m_document.selection().view().question.direction) == Part::Inputs)
            m_document.selection().point(Part::Inputs, {*cell});
        const ShownMap map = shownMap(m_document);
        if (!map.empty() && map.over == Part::Inputs)
            text += tr("   weight %1   rank %2 of %3")
                        .arg(weightText(double(map.weights.values[*cell])))
                        .arg(app::views::rankOf(map.weights.values, *cell))
                        .arg(map.weights.size());
    } else if (m_document.analysis()) {
        text += tr("   the model is not shown this part");
        m_document.selection().leave();
    }
    m_canvas->setReadout(text);
    emit readout(text);
}

void PictureScene::showInput()
{
    m_viewport.fit();
    m_canvas->setPicture(app::views::toQImage(*m_document.question().pictures[0]));
    m_canvas->setShade({});
    m_canvas->setReadout({});
    showMap();
}

void PictureScene::showAnswer()
{
    const auto& grid = m_document.analysis()->inputGrid;
    m_canvas->setShade(crop());
    m_canvas->setCell(crop(), QSize(int(grid[1]), int(grid[0])));
    showMap();
}

void PictureScene::showMap()
{
    // Side by side, B stays on its canvas, whichever the Map panel shows alone.
    const bool compares = comparable(m_document) && shownMap(m_document).over == Part::Inputs;
    putMap(m_canvas, compares ? shownMap(m_document, Compare::B) : shownMap(m_document));
    const Compare others[] = {Compare::A, Compare::Difference};
    for (size_t i = 0; i < 2; ++i) {
        m_compared[i]->setVisible(compares);
        if (!compares)
            continue;
        if (m_compared[i]->picture().cacheKey() != m_canvas->picture().cacheKey())
            m_compared[i]->setPicture(m_canvas->picture());
        m_compared[i]->setShade(crop());
        putMap(m_compared[i], shownMap(m_document, others[i]));
    }
    std::vector<QRectF> marks;
    if (m_document.analysis())
        if (const auto asked = m_document.selection().asked(); asked && fromOf(asked->direction) == Part::Inputs)
            for (const uint32_t cell : asked->elements)
                marks.push_back(cellRect(cell));
    m_canvas->setMarks(std::move(marks));
}

void PictureScene::putMap(Canvas* canvas, const ShownMap& map)
{
    const Look& look = m_document.selection().view().look;
    canvas->setTitle(map.title, map.empty() ? QString() : map.more);
    canvas->setAccessibleDescription(map.sentence);
    if (!look.overlay || map.empty() || map.over != Part::Inputs) {
        canvas->setOverlay({}, {});
        canvas->setContours({});
        canvas->setScaleBar({});
        canvas->setMarginals({}, {});
        return;
    }
    const QRectF part = crop();
    canvas->setOverlay(app::views::overlayImage(map.weights, map.colours, map.scale, look.opacity, map.top), part);
    canvas->setScaleBar(scaleBarOf(map));
    std::vector<QPolygonF> lines;
    if (look.contours)
        lines = contourLines(map.weights, map.largest(),
            QTransform::fromTranslate(part.left(), part.top())
                .scale(part.width() / double(map.weights.shape[1]), part.height() / double(map.weights.shape[0])));
    canvas->setContours(std::move(lines));
    if (look.marginals) {
        auto [columns, rows] = app::views::marginals(map.weights);
        canvas->setMarginals(std::move(columns), std::move(rows));
    } else {
        canvas->setMarginals({}, {});
    }
}

QImage PictureScene::shot()
{
    return m_compared[0]->isVisible() ? grab().toImage() : m_canvas->shot();
}

} // namespace ui
