#include "ui/panels/model_figure_view.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kLeastWidth = 276; // of a panel 300 wide, within its margins and beside its scroll bar
constexpr double kCopyRatio = 2;

} // namespace

ModelFigureView::ModelFigureView(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Figure of the model"));
    setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* copy = new QAction(tr("Copy the figure"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this,
        [this] { QGuiApplication::clipboard()->setImage(image(m_layout.size.toSize(), kCopyRatio)); });
    addAction(copy);
}

void ModelFigureView::setFacts(const app::document::ModelFacts& facts)
{
    m_facts = facts;
    setAccessibleDescription(modelInWords(facts));
    light({});
    layOut();
    updateGeometry();
}

void ModelFigureView::layOut()
{
    m_layout = layOutFigure(m_facts, std::max(width(), kLeastWidth), font());
    update();
}

int ModelFigureView::heightForWidth(int width) const
{
    return int(std::ceil(layOutFigure(m_facts, std::max(width, kLeastWidth), font()).size.height()));
}

QSize ModelFigureView::sizeHint() const
{
    return {400, heightForWidth(400)};
}

QSize ModelFigureView::minimumSizeHint() const
{
    return {kLeastWidth, 100};
}

QImage ModelFigureView::image(const QSize& size, double ratio) const
{
    QImage image(size * ratio, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return image;
    image.setDevicePixelRatio(ratio);
    image.fill(palette().color(QPalette::Window));
    // Too high for its width: laid out wider and drawn smaller.
    double scale = std::min(1., double(size.width()) / kLeastWidth);
    FigureLayout layout = layOutFigure(m_facts, size.width() / scale, font());
    for (; layout.size.height() * scale > size.height() && scale > 0.05; scale *= 0.97)
        layout = layOutFigure(m_facts, size.width() / (scale * 0.97), font());
    QPainter painter(&image);
    painter.translate(
        (size.width() - layout.size.width() * scale) / 2, (size.height() - layout.size.height() * scale) / 2);
    painter.scale(scale, scale);
    paintFigure(painter, layout, palette(), {});
    return image;
}

void ModelFigureView::light(std::optional<FigurePart> part)
{
    if (part == m_lit)
        return;
    m_lit = part;
    // A reader says the new name of what has the focus.
    setAccessibleName(part ? partSentence(m_facts, *part) : tr("Figure of the model"));
    update();
    emit pointed(part ? partSentence(m_facts, *part) : QString());
}

bool ModelFigureView::event(QEvent* event)
{
    switch (event->type()) {
    case QEvent::ToolTip: {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const auto part = partAt(m_layout, help->pos()))
            QToolTip::showText(help->globalPos(), partSentence(m_facts, *part), this);
        else
            QToolTip::hideText();
        return true;
    }
    case QEvent::FontChange:
    case QEvent::StyleChange:
        layOut();
        updateGeometry();
        break;
    default:
        break;
    }
    return QWidget::event(event);
}

void ModelFigureView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintFigure(painter, m_layout, palette(), m_lit);
    if (m_reachedByKeys && !m_lit) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(palette().color(QPalette::Highlight));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
}

void ModelFigureView::resizeEvent(QResizeEvent*)
{
    layOut();
}

void ModelFigureView::mouseMoveEvent(QMouseEvent* event)
{
    light(partAt(m_layout, event->position()));
}

void ModelFigureView::leaveEvent(QEvent*)
{
    light({});
}

void ModelFigureView::keyPressEvent(QKeyEvent* event)
{
    const bool next = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down,
               before = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up;
    const auto parts = figureParts(m_facts);
    const auto now = m_lit ? std::find(parts.begin(), parts.end(), *m_lit) : parts.end();
    if (event->key() == Qt::Key_Escape && m_lit)
        return light({});
    if (!next && !before)
        return QWidget::keyPressEvent(event);
    if (now == parts.end())
        return light(next ? parts.front() : parts.back());
    if (next && now + 1 != parts.end())
        light(now[1]);
    if (before && now != parts.begin())
        light(now[-1]);
}

void ModelFigureView::focusInEvent(QFocusEvent* event)
{
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        light(figureParts(m_facts).front());
    m_reachedByKeys = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
}

void ModelFigureView::focusOutEvent(QFocusEvent* event)
{
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason)
        light({});
    m_reachedByKeys = false;
    QWidget::focusOutEvent(event);
}

} // namespace ui
