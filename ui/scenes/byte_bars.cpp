#include "ui/scenes/byte_bars.h"

#include "ui/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kCell = 14; // pixels a byte
constexpr int kBar = 34, kLowBar = 26; // of one map, of several
constexpr int kEdge = 3 * kSpace; // as the text's
constexpr int kNamedEdge = 5 * kSpace; // with the maps' names

} // namespace

ByteBars::ByteBars(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    setAccessibleName(tr("The map byte for byte"));
    setAccessibleDescription(tr("The Table panel has the same weights in numbers."));
}

void ByteBars::setText(std::string bytes, std::vector<std::pair<int64_t, int64_t>> hidden)
{
    m_bytes = std::move(bytes);
    m_hidden.assign(m_bytes.size(), false);
    for (size_t i = m_bytes.find("[MASK]"); i != std::string::npos; i = m_bytes.find("[MASK]", i + 6))
        hidden.emplace_back(i, i + 6);
    for (const auto& [first, end] : hidden)
        for (int64_t i = first; i < std::min<int64_t>(end, int64_t(m_bytes.size())); ++i)
            m_hidden[size_t(i)] = true;
    arrange();
}

void ByteBars::setRows(std::vector<Row> rows)
{
    m_rows = std::move(rows);
    arrange();
}

int ByteBars::edge() const
{
    return m_rows.size() > 1 ? kNamedEdge : kEdge;
}

int ByteBars::perLine() const
{
    return std::max(1, (viewport()->width() - edge() - kEdge) / kCell);
}

int ByteBars::barHeight() const
{
    return m_rows.size() > 1 ? kLowBar : kBar;
}

int ByteBars::lineHeight() const
{
    return int(std::max<size_t>(1, m_rows.size())) * (barHeight() + kSpace / 2) + fontMetrics().height() + kSpace;
}

void ByteBars::arrange()
{
    const int lines = (int(m_bytes.size()) + perLine() - 1) / perLine();
    verticalScrollBar()->setRange(0, std::max(0, lines * lineHeight() + kSpace - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight() / 2);
    viewport()->update();
}

void ByteBars::resizeEvent(QResizeEvent*)
{
    arrange();
}

int64_t ByteBars::byteAt(QPointF place) const
{
    const int column = int(place.x() - edge()) / kCell;
    const int line = int(place.y() + verticalScrollBar()->value()) / lineHeight();
    const int64_t byte = int64_t(line) * perLine() + column;
    return place.x() < edge() || column >= perLine() || byte < 0 || byte >= int64_t(m_bytes.size()) ? -1 : byte;
}

void ByteBars::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().color(QPalette::Window));
    const int each = perLine(), high = lineHeight(), top = verticalScrollBar()->value();
    const int64_t first = std::max(0, top / high) * int64_t(each),
                  end
        = std::min<int64_t>(int64_t(m_bytes.size()), int64_t((top + viewport()->height()) / high + 1) * each);
    const QColor accent = palette().color(QPalette::Highlight), quiet = palette().color(QPalette::PlaceholderText);
    const auto none = std::vector<Row>(1);
    const std::vector<Row>& rows = m_rows.empty() ? none : m_rows;
    const int bars = barHeight();
    for (int64_t i = first; i < end; ++i) {
        const QRect cell(edge() + int(i % each) * kCell, int(i / each) * high - top, kCell, high);
        QRect bar(cell.left() + 1, cell.top() + kSpace / 2, kCell - 2, bars);
        for (const Row& row : rows) {
            if (rows.size() > 1 && i % each == 0) {
                painter.setPen(quiet);
                painter.drawText(
                    QRect(0, bar.top(), edge() - kSpace, bars), Qt::AlignVCenter | Qt::AlignRight, row.name);
            }
            const int zero = row.fromMiddle ? bar.center().y() : bar.bottom();
            painter.fillRect(QRect(bar.left(), zero, bar.width(), 1), palette().color(QPalette::Mid));
            if (size_t(i) < row.shown.size()) {
                const float weight = row.shown[size_t(i)];
                const int height = int(std::lround(float(bars) * (row.fromMiddle ? weight - 0.5f : weight)));
                const bool any = row.fromMiddle ? height != 0 : weight > 0;
                if (any)
                    painter.fillRect(height < 0
                            ? QRect(bar.left(), zero + 1, bar.width(), -height)
                            : QRect(bar.left(), zero - std::max(1, height), bar.width(), std::max(1, height)),
                        row.colour(weight));
            }
            bar.translate(0, bars + kSpace / 2);
        }
        const QRect letter(cell.left(), bar.top() - kSpace / 2 + 1, kCell, fontMetrics().height());
        if (m_hidden[size_t(i)]) {
            painter.setPen(accent);
            painter.drawRect(letter.adjusted(2, 2, -3, -3));
            continue;
        }
        const auto byte = uint8_t(m_bytes[size_t(i)]);
        painter.setPen(byte == ' ' || byte >= 0x80 ? quiet : palette().color(QPalette::Text));
        painter.drawText(letter, Qt::AlignCenter,
            byte == ' '        ? QString("·")
                : byte >= 0x80 ? QString("•")
                : byte < 0x20  ? QString("↵")
                               : QString(QChar(byte)));
    }
}

void ByteBars::mouseMoveEvent(QMouseEvent* event)
{
    if (const int64_t byte = byteAt(event->position()); byte >= 0)
        emit pointed(byte);
    else
        emit left();
}

void ByteBars::mousePressEvent(QMouseEvent* event)
{
    if (const int64_t byte = byteAt(event->position()); byte >= 0 && event->button() == Qt::LeftButton)
        emit clicked(byte, event->modifiers().testFlag(Qt::ShiftModifier));
}

void ByteBars::leaveEvent(QEvent*)
{
    emit left();
}

} // namespace ui
