#include "ui/overlay.h"

#include <QGuiApplication>
#include <QPainter>
#include <QPalette>
#include <QTextCursor>
#include <algorithm>
#include <cmath>

namespace ui {

QImage attentionOver(const QImage& picture, const app::document::Analysis& answer)
{
    if (answer.weights.shape.size() < 2)
        return picture;
    const int rows = int(answer.weights.shape[0]), columns = int(answer.weights.shape[1]);
    const auto& weights = answer.weights.values;
    const float most = std::max(*std::max_element(weights.begin(), weights.end()), 1e-20f);
    QImage shade(columns, rows, QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x) {
            const float weight = weights[size_t(y) * size_t(columns) + size_t(x)] / most;
            shade.setPixel(x, y, qRgba(0, 0, 0, int((1 - std::sqrt(weight)) * 205)));
        }
    QImage result = picture.convertToFormat(QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&result);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const auto& c = answer.crop;
    const QRect crop(c.left, c.top, c.width, c.height);
    painter.setClipRegion(QRegion(result.rect()).subtracted(crop));
    painter.fillRect(result.rect(), QColor(0, 0, 0, 205)); // what the model was not shown
    painter.setClipping(false);
    painter.drawImage(crop, shade);
    return result;
}

QList<QTextEdit::ExtraSelection> attentionOver(QTextDocument* document, const std::vector<float>& byteWeights)
{
    QList<QTextEdit::ExtraSelection> selections;
    if (byteWeights.empty())
        return selections;
    const float most = std::max(*std::max_element(byteWeights.begin(), byteWeights.end()), 1e-20f);
    const QPalette palette = QGuiApplication::palette();
    const QColor ground = palette.color(QPalette::Base), accent = palette.color(QPalette::Highlight);
    // opaque: neighbours share a column of pixels, which would be coloured twice
    const auto mixed = [&](float share) {
        const auto between = [share](float a, float b) { return a + (b - a) * share; };
        return QColor::fromRgbF(between(ground.redF(), accent.redF()), between(ground.greenF(), accent.greenF()),
            between(ground.blueF(), accent.blueF()));
    };
    const QString text = document->toPlainText();
    size_t byte = 0;
    for (qsizetype i = 0; i < text.size() && byte < byteWeights.size();) {
        const qsizetype units = text[i].isHighSurrogate() && i + 1 < text.size() ? 2 : 1;
        const size_t bytes = size_t(QStringView(text).mid(i, units).toUtf8().size());
        float weight = 0;
        for (size_t b = byte; b < std::min(byte + bytes, byteWeights.size()); ++b)
            weight = std::max(weight, byteWeights[b] / most);
        if (weight > 0.02f) {
            QTextEdit::ExtraSelection selection;
            selection.cursor = QTextCursor(document);
            selection.cursor.setPosition(int(i));
            selection.cursor.setPosition(int(i + units), QTextCursor::KeepAnchor);
            selection.format.setBackground(mixed(0.75f * weight));
            selections << selection;
        }
        i += units;
        byte += bytes;
    }
    return selections;
}

} // namespace ui
