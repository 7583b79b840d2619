// Real models and a real run for the tests of the panels of facts, and what must hold of a figure's layout.
#pragma once

#include "ui/panels/model_figure.h"
#include "ui/theme.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QWidget>
#include <array>
#include <cmath>
#include <map>

namespace fact_cases {

using app::document::ModelFacts;
using engine::ops::PassTime;

// Of the starter model flow on two frames of 584 x 388, as `pscope bench` gave them on a software driver.
inline const std::vector<PassTime> kFlow = {
    {"image pyramid", 0.03054772, 0, 2},
    {"warp and median", 2.928174959, 9.8256e6, 18},
    {"preprocess", 19.191650497, 25.076170752e9, 1272},
    {"encoder cross-attention", 14.563832723, 41.064333312e9, 636},
    {"latent layers", 5.407888033, 27.264024576e9, 636},
    {"decoder cross-attention", 25.746408403, 60.923314176e9, 636},
};
inline constexpr double kFlowSeconds = 68.557100074;

// The starter models as `pscope inspect` gives them, and DeepMind's as model-spec does.
inline ModelFacts facts(const char* kind, std::array<int64_t, 4> arrays, int64_t layers, int64_t blocks,
    std::array<int64_t, 2> outputs, std::array<int64_t, 3> heads, int64_t parameters, uint64_t bytes, double gflop)
{
    return {kind, arrays[0], arrays[1], arrays[2], arrays[3], layers, blocks, outputs[0], outputs[1], heads[0],
        heads[1], heads[2], parameters, bytes, gflop};
}
inline const std::map<QString, ModelFacts> kModels = {
    {"starter-flow",
        facts("optical-flow", {1536, 64, 48, 128}, 3, 1, {1536, 2}, {4, 4, 4}, 406896, 1627584, 0.197394432)},
    {"starter-image", facts("image-conv", {225, 322, 64, 128}, 6, 1, {1, 10}, {8, 8, 1}, 866382, 1733028, 0.145296896)},
    {"starter-sentiment",
        facts("text-classification", {2048, 96, 1024, 192}, 2, 1, {1, 2}, {10, 8, 1}, 1979042, 3958084, 6.623888128)},
    {"starter-clip",
        facts("multimodal", {4257, 421, 704, 160}, 2, 1, {65697, 64}, {4, 4, 1}, 1170755, 2341510, 89.734147796)},
    {"language", facts("masked-lm", {2048, 768, 256, 1280}, 26, 1, {2048, 262}, {8, 8, 8}, 201108230, 804432920, 113)},
    {"fourier", facts("image-fourier", {50176, 261, 512, 1024}, 48, 8, {1, 1000}, {1, 8, 1}, 48440627, 193762508, 407)},
    {"flow",
        facts("optical-flow", {182528, 322, 2048, 512}, 24, 1, {182528, 2}, {1, 16, 1}, 41057134, 164228536, 1887)},
    {"multimodal", facts("multimodal", {52097, 704, 784, 512}, 8, 1, {802816, 3}, {1, 8, 1}, 19858855, 79435420, 6850)},
    {"bare", facts("bare", {33, 17, 5, 9}, 2, 1, {0, 0}, {1, 1, 0}, 1234, 4936, 0.0001)},
    {"tiny", facts("bare", {1, 1, 1, 1}, 0, 1, {1, 1}, {1, 0, 1}, 7, 28, 0.0000001)},
    {"huge",
        facts("optical-flow", {182528000, 10240, 204800, 12800}, 480, 80, {802816000, 10000}, {128, 160, 128},
            200000000000, 800000000000, 9e6)},
};

inline QString shots()
{
    return qEnvironmentVariable("PERCEIVERSCOPE_SHOTS");
}

inline void shoot(QWidget& widget, const QString& name, double ratio = 1)
{
    if (shots().isEmpty())
        return;
    QImage image(widget.size() * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(widget.palette().color(QPalette::Window));
    widget.render(&image, {}, {}, QWidget::DrawChildren);
    image.save(QString("%1/%2@%3.png").arg(shots(), name).arg(ratio));
}

inline void setDark(bool dark)
{
    QPalette palette;
    palette.setColor(QPalette::Window, dark ? Qt::black : Qt::white);
    palette.setColor(QPalette::WindowText, dark ? Qt::white : Qt::black);
    QApplication::setPalette(palette);
    ui::applyTheme();
}

// What is wrong with a layout, or nothing.
inline QString wrongWith(const ui::FigureLayout& layout)
{
    const QRectF all(QPointF(0, 0), layout.size);
    for (size_t i = 0; i < layout.labels.size(); ++i) {
        const auto& label = layout.labels[i];
        const QRectF place = label.rect.adjusted(0.01, 0.01, -0.01, -0.01);
        if (!all.contains(label.rect))
            return label.text + " leaves the figure";
        const QFontMetricsF metrics(label.font);
        const QRectF painted = metrics.boundingRect(
            label.rect, int(label.centred ? Qt::AlignHCenter : Qt::AlignLeft) | int(Qt::AlignTop), label.text);
        if (!label.rect.adjusted(-1, -1, 1, 1).contains(painted))
            return label.text + " is larger than its place";
        for (size_t j = 0; j < i; ++j)
            if (layout.labels[j].rect.intersects(place))
                return label.text + " lies on " + layout.labels[j].text;
        for (const auto& box : layout.boxes) {
            const bool attention = !ui::isArray(box.part), own = box.part == label.part;
            const bool within = box.rect.contains(place);
            if (box.rect.intersects(place) && !(own && within && (label.inside || attention)))
                return label.text + " lies on a box";
            const QRectF cards = box.rect.adjusted(0, -(box.cards - 1) * 4., (box.cards - 1) * 4., 0);
            if (!within && cards.intersects(place))
                return label.text + " lies on a stack";
            if (!all.contains(cards))
                return "a box leaves the figure";
        }
        for (const auto& arrow : layout.arrows) {
            QRectF along = QRectF(arrow.line.p1(), arrow.line.p2()).normalized().adjusted(-3.5, 0, 3.5, 0);
            if (arrow.line.y1() == arrow.line.y2())
                along = QRectF(arrow.line.p1(), arrow.line.p2()).normalized().adjusted(0, -1, 0, 1);
            if (along.intersects(place))
                return label.text + " lies on an arrow";
        }
    }
    for (size_t i = 0; i < layout.boxes.size(); ++i)
        for (size_t j = 0; j < i; ++j)
            if (layout.boxes[i].rect.intersects(layout.boxes[j].rect))
                return "two boxes overlap";
    for (const auto& arrow : layout.arrows)
        if (arrow.line.length() < 16 || arrow.line.x2() < arrow.line.x1() || arrow.line.y2() < arrow.line.y1())
            return "an arrow has no room";
    return {};
}

} // namespace fact_cases
