#include "ui/panels/attention_shares.h"

#include "ui/theme.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kBar = kSpace + kSpace / 2; // pixels high
constexpr int kSwatch = kSpace;

// Of one accent: the first part in it, the next thinner, the last a line.
QColor colourOf(size_t part)
{
    QColor colour = part == 0 ? colours().accent : part == 1 ? colours().quiet : colours().edge;
    return colour;
}

} // namespace

AttentionShares::AttentionShares(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setToolTip(
        tr("How the weights of the shown map are shared: those on the pictures, on the sound, and on the label."));
    hide();
}

void AttentionShares::setShares(const QString& title, const std::vector<app::document::Share>& shares)
{
    m_title = title;
    m_shares = shares;
    QStringList words{title};
    for (const auto& share : shares)
        words << tr("%1 %2 %").arg(QString::fromStdString(share.label)).arg(double(share.probability) * 100, 0, 'f', 1);
    setAccessibleName(words.join(", "));
    setVisible(!shares.empty());
    update();
}

QSize AttentionShares::sizeHint() const
{
    return {240, 2 * fontMetrics().height() + kBar + 2 * kSpace};
}

void AttentionShares::paintEvent(QPaintEvent*)
{
    if (m_shares.empty())
        return;
    QPainter painter(this);
    const int line = fontMetrics().height();
    painter.setPen(colours().text);
    painter.drawText(QRect(0, 0, width(), line), Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(m_title, Qt::ElideRight, width()));
    double x = 0;
    const double top = line + kSpace / 2.0;
    for (size_t i = 0; i < m_shares.size(); ++i) {
        const double wide = double(m_shares[i].probability) * width();
        // However small, what is there is seen.
        painter.fillRect(QRectF(x, top, m_shares[i].probability > 0 ? std::max(1.0, wide) : 0, kBar), colourOf(i));
        x += wide;
    }
    const int below = int(top) + kBar + kSpace / 2;
    const int each = width() / int(m_shares.size());
    for (size_t i = 0; i < m_shares.size(); ++i) {
        const QRect place(int(i) * each, below, each, line);
        painter.fillRect(QRect(place.left(), place.center().y() - kSwatch / 2, kSwatch, kSwatch), colourOf(i));
        painter.setPen(colours().quiet);
        painter.drawText(place.adjusted(kSwatch + kSpace / 2, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
            tr("%1 %2 %")
                .arg(QString::fromStdString(m_shares[i].label))
                .arg(double(m_shares[i].probability) * 100, 0, 'f', 1));
    }
}

} // namespace ui
