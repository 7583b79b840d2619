#include "ui/panels/flow_panel.h"

#include "ui/panels/block.h"
#include "ui/panels/flow_charts.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace ui {

using app::views::FlowScale;
using app::views::MotionFigures;

namespace {

constexpr int kWidth = 300;
constexpr float kLeastScale = 0.01f, kMostScale = 100'000;

QString pixels(double value)
{
    return FlowPanel::tr("%1 px").arg(value, 0, 'f', 2);
}

QString percent(double share)
{
    return FlowPanel::tr("%1 %").arg(share * 100, 0, 'f', 1);
}

// A named number: the name on the left, the number on the right.
QLabel* addRow(QVBoxLayout* lines, const QString& name, QLabel** shownName = nullptr)
{
    auto* row = new QHBoxLayout;
    auto* words = Block::text(name, true);
    auto* number = Block::number();
    number->setAccessibleName(name);
    row->addWidget(words, 1);
    row->addWidget(number);
    lines->addLayout(row);
    if (shownName)
        *shownName = words;
    return number;
}

// A chart says in a line below it what is marked; the line keeps its place.
QLabel* addWords(QVBoxLayout* lines, Chart* chart, const QString& otherwise)
{
    auto* words = Block::text(otherwise, true);
    words->setMinimumHeight(words->fontMetrics().height());
    QObject::connect(chart, &Chart::markedChanged, words,
        [words, otherwise](const QString& marked) { words->setText(marked.isEmpty() ? otherwise : marked); });
    lines->addWidget(words);
    return words;
}

} // namespace

FlowPanel::FlowPanel(QWidget* parent)
    : QWidget(parent)
    , m_empty(Block::text(tr("No flow yet. Drop two frames of one size."), true))
    , m_content(new QWidget)
    , m_scroll(new QScrollArea)
{
    setAccessibleName(tr("Flow"));
    auto* lines = new QVBoxLayout(m_content);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(kSpace);
    addMotion();
    addDirections();
    addTruth();
    addScale();
    lines->addStretch();
    m_scroll->setWidget(m_content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->addWidget(m_empty);
    layout->addWidget(m_scroll, 1);
    setMinimumWidth(kWidth);
    QWidget* const order[] = {m_lengths, m_findOcclusion, m_rose, m_mode, m_value};
    for (size_t i = 1; i < std::size(order); ++i)
        setTabOrder(order[i - 1], order[i]);
    showNothing();
}

void FlowPanel::addMotion()
{
    auto* block = new Block(tr("Motion"));
    QVBoxLayout* lines = block->lines();
    m_lengths = new LengthChart;
    lines->addWidget(m_lengths);
    m_lengthWords = addWords(lines, m_lengths, tr("Point at a bar, or use the arrow keys"));
    lines->addSpacing(kSpace / 2);
    m_mean = addRow(lines, tr("mean"));
    m_median = addRow(lines, tr("median"));
    m_p95 = addRow(lines, tr("95th percentile"));
    m_largest = addRow(lines, tr("largest"));
    m_unknown = addRow(lines, tr("unknown vectors"), &m_unknownName);
    m_occluded = addRow(lines, tr("occluded"));
    m_occluded->setToolTip(
        tr("The share of the first frame that the second does not show: there the flow backward does "
           "not lead back."));
    m_findOcclusion = new QPushButton;
    m_findOcclusion->setToolTip(tr("Runs the flow once more, from the second frame to the first, and compares."));
    connect(m_findOcclusion, &QPushButton::clicked, this, [this] {
        m_findOcclusion->setEnabled(false);
        m_findOcclusion->setText(tr("Finding occlusion…"));
        emit occlusionAsked();
    });
    lines->addWidget(m_findOcclusion);
    m_content->layout()->addWidget(block);
}

void FlowPanel::addDirections()
{
    auto* block = new Block(tr("Directions"));
    auto* row = new QHBoxLayout;
    row->setSpacing(kSpace * 2);
    m_rose = new DirectionRose;
    row->addWidget(m_rose);
    auto* ways = new QVBoxLayout;
    ways->setSpacing(kSpace / 2);
    ways->addStretch();
    const QString names[] = {tr("→ right"), tr("↑ up"), tr("← left"), tr("↓ down")};
    for (size_t i = 0; i < 4; ++i)
        m_ways[i] = addRow(ways, names[i]);
    ways->addStretch();
    row->addLayout(ways, 1);
    block->lines()->addLayout(row);
    block->setToolTip(
        tr("How much of all motion goes which way; long vectors count for more. 0° is to the right, 90° up."));
    m_roseWords = addWords(block->lines(), m_rose, tr("0° is to the right, 90° up"));
    m_content->layout()->addWidget(block);
}

void FlowPanel::addTruth()
{
    m_truth = new Block(tr("Against the truth"));
    m_errorRow = new QWidget;
    auto* row = new QHBoxLayout(m_errorRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kSpace / 2);
    const struct {
        QString name, tip;
    } figures[] = {
        {tr("EPE px"), tr("End-point error: how far a vector ends from the true one, on average.")},
        {tr("% > 1 px"), tr("The share of the pixels that are wrong by more than one pixel.")},
        {tr("% > 3 px"), tr("The share of the pixels that are wrong by more than three pixels.")},
        {tr("Fl-all %"),
            tr("KITTI's measure: wrong by more than three pixels and by more than 5 % of the true length.")},
    };
    for (size_t i = 0; i < 4; ++i) {
        auto* column = new QVBoxLayout;
        column->setSpacing(0);
        m_errors[i] = Block::number(true);
        auto* name = Block::text(figures[i].name, true);
        name->setWordWrap(false);
        name->setAlignment(Qt::AlignHCenter);
        QFont small = name->font();
        small.setPointSizeF(small.pointSizeF() * 0.85);
        name->setFont(small);
        for (QLabel* label : {m_errors[i], name})
            label->setToolTip(figures[i].tip);
        m_errors[i]->setAccessibleName(figures[i].name);
        column->addWidget(m_errors[i]);
        column->addWidget(name);
        row->addLayout(column, 1);
    }
    m_truthWords = Block::text({}, true);
    m_truth->lines()->addWidget(m_errorRow);
    m_truth->lines()->addWidget(m_truthWords);
    m_content->layout()->addWidget(m_truth);
}

void FlowPanel::addScale()
{
    auto* block = new Block(tr("Scale"));
    auto* row = new QHBoxLayout;
    row->setSpacing(kSpace);
    m_mode = new QComboBox;
    m_mode->addItems({tr("Auto"), tr("Fixed"), tr("Percentile")}); // in the order of FlowScale::Mode
    m_mode->setAccessibleName(tr("How the scale is chosen"));
    m_mode->setToolTip(tr("Which motion has the full colour. Auto: what 99.5 % of the vectors do not exceed; "
                          "of a video one for all of it, so far as it was looked at. A fixed scale makes pictures "
                          "comparable."));
    m_value = new QDoubleSpinBox;
    m_value->setAccessibleName(tr("The scale's value"));
    m_value->setKeyboardTracking(false); // half a number is no scale
    row->addWidget(m_mode, 1);
    row->addWidget(m_value, 1);
    block->lines()->addLayout(row);
    m_found = Block::text({}, true);
    block->lines()->addWidget(m_found);
    m_content->layout()->addWidget(block);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &FlowPanel::chooseMode);
    connect(m_value, &QDoubleSpinBox::valueChanged, this, &FlowPanel::chooseValue);
}

void FlowPanel::showNothing()
{
    m_flow = nullptr;
    m_scroll->hide();
    m_empty->show();
    fillScale();
}

void FlowPanel::showFlow(std::shared_ptr<const app::views::FlowShown> flow)
{
    if (!flow)
        return showNothing();
    m_flow = std::move(flow);
    fillMotion(m_flow->figures);
    fillDirections(m_flow->figures);
    fillTruth();
    fillScale();
    m_empty->hide();
    m_scroll->show();
}

void FlowPanel::fillMotion(const MotionFigures& figures)
{
    const bool any = figures.known > 0;
    std::vector<double> bars;
    QStringList words;
    for (size_t i = 0; any && i < figures.magnitudeHistogram.size(); ++i) {
        const int64_t count = figures.magnitudeHistogram[i];
        bars.push_back(double(count));
        words << tr("%1 to %2 px: %3 vectors, %4")
                     .arg(figures.magnitudeEdges[i], 0, 'f', 2)
                     .arg(figures.magnitudeEdges[i + 1], 0, 'f', 2)
                     .arg(count)
                     .arg(percent(double(count) / double(figures.known)));
    }
    m_lengths->setBars(std::move(bars), words);
    const double end = any ? figures.magnitudeEdges[figures.magnitudeEdges.size() - 2] * app::views::kLengthBins
            / double(app::views::kLengthBins - 1)
                           : 0;
    m_lengths->setAxis(any ? "0" : "",
        !any              ? tr("no vector is known")
            : m_step == 1 ? tr("px a frame")
                          : tr("px in %1 frames").arg(m_step),
        any ? tr(figures.largest > end * 1.0001 ? "%1 +" : "%1").arg(end, 0, 'f', 2) : "");
    const std::pair<QLabel*, double> numbers[]
        = {{m_mean, figures.mean}, {m_median, figures.median}, {m_p95, figures.p95}, {m_largest, figures.largest}};
    for (const auto& [label, value] : numbers)
        label->setText(any ? pixels(value) : tr("unknown"));
    m_unknown->setText(QString::number(figures.unknown));
    m_unknown->setVisible(figures.unknown > 0);
    m_unknownName->setVisible(figures.unknown > 0);
    m_occluded->setText(figures.occludedShare ? percent(*figures.occludedShare) : tr("not known"));
    m_findOcclusion->setVisible(!figures.occludedShare && any);
    m_findOcclusion->setEnabled(true);
    m_findOcclusion->setText(tr("Find occlusion"));
}

void FlowPanel::fillDirections(const MotionFigures& figures)
{
    const auto& bins = figures.directionHistogram;
    const double sum = std::accumulate(bins.begin(), bins.end(), 0.0);
    const int count = int(bins.size()), step = 360 / std::max(count, 1);
    double ways[4] = {};
    QStringList words;
    for (int i = 0; sum > 0 && i < count; ++i) {
        const double share = bins[size_t(i)] / sum;
        // A bin in the middle between two ways belongs half to each.
        const double way = double(i) * 4 / count, off = way - std::floor(way);
        ways[size_t(way) % 4] += off < 0.5 ? share : off == 0.5 ? share / 2 : 0;
        ways[(size_t(way) + 1) % 4] += off > 0.5 ? share : off == 0.5 ? share / 2 : 0;
        words << tr("%1° (%2° to %3°): %4 of the motion")
                     .arg(i * step)
                     .arg((i * step - step / 2 + 360) % 360)
                     .arg(i * step + step / 2)
                     .arg(percent(share));
    }
    m_rose->setBars(sum > 0 ? bins : std::vector<double>(), words);
    for (size_t i = 0; i < 4; ++i)
        m_ways[i]->setText(sum > 0 ? percent(ways[i]) : tr("none"));
}

void FlowPanel::fillTruth()
{
    const MotionFigures& figures = m_flow->figures;
    m_truth->setNote(QString::fromStdString(m_flow->truthName));
    m_errorRow->setVisible(figures.errors.has_value());
    m_truthWords->setVisible(!figures.errors);
    if (figures.errors) {
        const double values[] = {figures.errors->epe, figures.errors->px1, figures.errors->px3, figures.errors->flAll};
        for (size_t i = 0; i < 4; ++i)
            m_errors[i]->setText(QString::number(values[i], 'f', i == 0 ? 2 : 1));
    } else if (figures.errorsLack.empty())
        m_truthWords->setText(tr("Drop a .flo, .pfm, .exr or KITTI .png to compare"));
    else
        m_truthWords->setText(tr("Cannot compare: %1.").arg(QString::fromStdString(figures.errorsLack)));
}

float FlowPanel::largest() const
{
    if (!m_flow)
        return 0;
    return m_scale.mode == FlowScale::Mode::Auto && m_auto > 0 ? m_auto
                                                               : app::views::largestOf(m_flow->figures, m_scale);
}

void FlowPanel::fillScale()
{
    const QSignalBlocker quietMode(m_mode), quietValue(m_value);
    m_mode->setCurrentIndex(int(m_scale.mode));
    const bool share = m_scale.mode == FlowScale::Mode::Percentile;
    m_value->setDecimals(share ? 1 : 2);
    m_value->setSuffix(share ? tr(" %") : tr(" px"));
    m_value->setRange(share ? 1 : double(kLeastScale), share ? 100 : double(kMostScale));
    m_value->setSingleStep(share ? 0.5 : 1);
    m_value->setEnabled(m_scale.mode != FlowScale::Mode::Auto);
    m_value->setValue(double(share                   ? m_scale.percentile
            : m_scale.mode == FlowScale::Mode::Fixed ? m_scale.fixed
                                                     : largest()));
    m_found->setText(m_flow ? tr("Full colour at %1").arg(pixels(double(largest()))) : QString());
}

void FlowPanel::setAuto(float pixels)
{
    m_auto = pixels;
    fillScale();
}

void FlowPanel::setStep(int64_t frames)
{
    m_step = frames;
}

void FlowPanel::setScale(const FlowScale& scale)
{
    m_scale = scale;
    fillScale();
}

void FlowPanel::chooseMode(int index)
{
    FlowScale scale = m_scale;
    scale.mode = FlowScale::Mode(index);
    // A fixed scale begins where the picture is, so that nothing jumps.
    if (scale.mode == FlowScale::Mode::Fixed && m_flow)
        scale.fixed = std::clamp(std::round(largest() * 100) / 100, kLeastScale, kMostScale);
    setScale(scale);
    emit scaleChanged(m_scale);
}

void FlowPanel::chooseValue(double value)
{
    FlowScale scale = m_scale;
    (scale.mode == FlowScale::Mode::Percentile ? scale.percentile : scale.fixed) = float(value);
    setScale(scale);
    emit scaleChanged(m_scale);
}

} // namespace ui
