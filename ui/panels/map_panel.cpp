#include "ui/panels/map_panel.h"

#include "app/document/shown_map.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>
#include <cmath>

namespace ui {

using namespace app::document;
using app::views::MapScale;
using engine::ops::HeadFusion;

namespace {

QSlider* percentSlider(int most)
{
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(0, most);
    return slider;
}

QWidget* inRow(std::initializer_list<QWidget*> widgets)
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpace);
    for (QWidget* widget : widgets)
        layout->addWidget(widget, qobject_cast<QComboBox*>(widget) ? 1 : 0);
    return row;
}

} // namespace

MapPanel::MapPanel(PanelContext context, QWidget* parent)
    : Panel(context, parent)
    , m_heads(new QComboBox)
    , m_through(new QComboBox)
    , m_colours(new QComboBox)
    , m_curve(new QComboBox)
    , m_compare(new QComboBox)
    , m_head(new QSpinBox)
    , m_layer(new QSpinBox)
    , m_global(new QCheckBox(tr("one scale for all maps")))
    , m_overlay(new QCheckBox(tr("over the picture")))
    , m_contours(new QCheckBox(tr("contours at ¼, ½, ¾")))
    , m_marginals(new QCheckBox(tr("sums along x and y")))
    , m_opacity(percentSlider(100))
    , m_discard(percentSlider(99))
    , m_pin(new QPushButton(tr("Pin as A")))
    , m_knockOut(new QPushButton(tr("Leave it out (K)")))
    , m_figures(new QLabel)
{
    m_heads->addItems({tr("mean of heads"), tr("maximum"), tr("minimum"), tr("one head")});
    m_heads->setToolTip(tr("How the heads of the cross-attention become one map. After maximum and minimum each row is "
                           "divided by its sum."));
    m_through->addItems({tr("rollout"), tr("direct"), tr("one layer")});
    m_through->setToolTip(
        tr("Between outputs and inputs lie the latent layers. Rollout: each layer counts half, the way round it half.\n"
           "Direct: decoder × encoder. One layer: that layer's attention alone."));
    for (const auto map : app::views::colourMaps())
        m_colours->addItem(tr(app::views::name(map)));
    m_curve->addItems({tr("linear"), tr("logarithmic"), tr("root")});
    m_compare->addItems({tr("B: the newest"), tr("A: the pinned"), tr("A − B")});
    m_knockOut->setToolTip(
        tr("Runs the model again without the selected inputs, latents or head, and shows what that changes.\n"
           "Attention tested, not only shown. Click something first."));
    m_pin->setToolTip(tr("Keeps this map as A; the next one is B (P)"));
    m_discard->setToolTip(tr("The smallest weights are shown as nothing: this share of them"));
    m_head->setPrefix(tr("head "));
    m_layer->setPrefix(tr("layer "));
    m_figures->setWordWrap(true);
    m_figures->setObjectName("quiet");
    m_figures->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const std::pair<QWidget*, QString> names[] = {{m_heads, tr("Heads")}, {m_head, tr("Number of the head")},
        {m_through, tr("Through the latent layers")}, {m_layer, tr("Number of the layer")}, {m_colours, tr("Colours")},
        {m_curve, tr("Scale")}, {m_opacity, tr("Opacity")}, {m_discard, tr("Discard")}, {m_compare, tr("Compare")}};
    for (const auto& [widget, name] : names)
        widget->setAccessibleName(name);

    auto* inside = new QWidget;
    auto* form = new QFormLayout(inside);
    form->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    form->setSpacing(kSpace);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Heads"), inRow({m_heads, m_head}));
    form->addRow(tr("Through"), inRow({m_through, m_layer}));
    form->addRow(tr("Colours"), m_colours);
    form->addRow(tr("Scale"), m_curve);
    form->addRow({}, m_global);
    form->addRow(tr("Discard"), m_discard);
    form->addRow(tr("Show"), m_overlay);
    form->addRow(tr("Opacity"), m_opacity);
    form->addRow({}, m_contours);
    form->addRow({}, m_marginals);
    form->addRow(tr("Compare"), inRow({m_pin, m_compare}));
    form->addRow(tr("Test it"), m_knockOut);
    form->addRow(m_figures);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);

    const auto heads = [this] {
        change(
            [this](View& view) {
                const int i = m_heads->currentIndex();
                view.question.head = i == 3 ? std::optional<int64_t>(m_head->value()) : std::nullopt;
                view.question.fusion = i == 1 ? HeadFusion::Max : i == 2 ? HeadFusion::Min : HeadFusion::Mean;
            },
            tr("heads"));
    };
    connect(m_heads, &QComboBox::activated, this, heads);
    connect(m_head, &QSpinBox::valueChanged, this, heads);
    const auto through = [this] {
        change(
            [this](View& view) {
                view.question.through = Through(m_through->currentIndex());
                view.question.layer = m_layer->value();
                view.question.layerHead.reset();
            },
            tr("way through the layers"));
    };
    connect(m_through, &QComboBox::activated, this, through);
    connect(m_layer, &QSpinBox::valueChanged, this, through);
    const auto look = [this](auto how, const QString& name) {
        return [this, how, name] { change([this, how](View& view) { how(view.look); }, name); };
    };
    connect(m_colours, &QComboBox::activated, this,
        look([this](Look& l) { l.colours = app::views::colourMaps()[size_t(m_colours->currentIndex())]; },
            tr("colours")));
    connect(m_curve, &QComboBox::activated, this,
        look([this](Look& l) { l.scale.curve = MapScale::Curve(m_curve->currentIndex()); }, tr("scale")));
    connect(m_global, &QCheckBox::toggled, this,
        look([this](Look& l) { l.scale.global = m_global->isChecked(); }, tr("one scale")));
    connect(m_discard, &QSlider::valueChanged, this,
        look([this](Look& l) { l.scale.discard = float(m_discard->value()) / 100; }, tr("discarding")));
    connect(m_opacity, &QSlider::valueChanged, this,
        look([this](Look& l) { l.opacity = float(m_opacity->value()) / 100; }, tr("opacity")));
    connect(m_overlay, &QCheckBox::toggled, this,
        look([this](Look& l) { l.overlay = m_overlay->isChecked(); }, tr("map over the picture")));
    connect(m_contours, &QCheckBox::toggled, this,
        look([this](Look& l) { l.contours = m_contours->isChecked(); }, tr("contours")));
    connect(m_marginals, &QCheckBox::toggled, this,
        look([this](Look& l) { l.marginals = m_marginals->isChecked(); }, tr("sums")));
    connect(m_compare, &QComboBox::activated, this,
        look([this](Look& l) { l.compare = Compare(m_compare->currentIndex()); }, tr("comparison")));
    connect(m_pin, &QPushButton::clicked, &m_document, &Document::pin);
    connect(m_knockOut, &QPushButton::clicked, this, &MapPanel::knockOut);

    connect(&m_document.selection(), &Selection::viewChanged, this, &MapPanel::showView);
    connect(&m_document, &Document::mapChanged, this, &MapPanel::showView);
    connect(&m_document, &Document::answered, this, &MapPanel::showView);
    connect(&m_document, &Document::opened, this, &MapPanel::showView);
    showView();
}

void MapPanel::change(const std::function<void(View&)>& how, const QString& name)
{
    if (m_setting)
        return;
    View view = m_document.selection().view();
    how(view);
    m_document.selection().change(view, name);
}

void MapPanel::showView()
{
    m_setting = true;
    const View& view = m_document.selection().view();
    const MapQuestion& question = view.question;
    const Look& look = view.look;
    const auto& analysis = m_document.analysis();
    m_heads->setCurrentIndex(question.head       ? 3
            : question.fusion == HeadFusion::Max ? 1
            : question.fusion == HeadFusion::Min ? 2
                                                 : 0);
    m_head->setVisible(question.head.has_value());
    m_head->setMaximum(
        analysis ? int(std::max<int64_t>(analysis->facts.encoderHeads, analysis->facts.decoderHeads)) - 1 : 0);
    m_head->setValue(int(question.head.value_or(0)));
    m_through->setCurrentIndex(int(question.through));
    m_layer->setVisible(question.through == Through::OneLayer);
    m_layer->setMaximum(analysis ? int(std::max<int64_t>(1, analysis->facts.layers)) - 1 : 0);
    m_layer->setValue(int(question.layer));
    const auto maps = app::views::colourMaps();
    m_colours->setCurrentIndex(int(std::find(maps.begin(), maps.end(), look.colours) - maps.begin()));
    m_curve->setCurrentIndex(int(look.scale.curve));
    m_global->setChecked(look.scale.global);
    m_discard->setValue(int(std::lround(look.scale.discard * 100)));
    m_opacity->setValue(int(std::lround(look.opacity * 100)));
    m_opacity->setEnabled(look.overlay);
    m_overlay->setChecked(look.overlay);
    m_contours->setChecked(look.contours);
    m_marginals->setChecked(look.marginals);
    m_pin->setText(m_document.pinned() ? tr("Unpin") : tr("Pin as A"));
    m_pin->setEnabled(m_document.map() || m_document.pinned());
    m_compare->setEnabled(bool(m_document.pinned()));
    m_compare->setCurrentIndex(m_document.pinned() ? int(look.compare) : 0);
    m_knockOut->setEnabled(analysis && (m_document.selection().locked() || question.through == Through::OneLayer));
    m_setting = false;
    showFigures();
}

void MapPanel::showFigures()
{
    const MapPtr& map = m_document.map();
    if (!map) {
        m_figures->setText(m_document.isOpen()
                ? tr("No map is shown: point at something, or choose a direction (1 to 5).")
                : QString());
        return;
    }
    QStringList lines;
    lines << tr("Sum %1 · entropy %2 nats · about %3 of %4 places share it")
                 .arg(map->sum, 0, 'g', 4)
                 .arg(map->entropy, 0, 'f', 2)
                 .arg(std::exp(map->entropy), 0, 'f', 0)
                 .arg(map->weights.size());
    for (const Share& share : map->shares)
        lines
            << tr("%1: %2 %").arg(QString::fromStdString(share.label)).arg(double(share.probability) * 100, 0, 'f', 1);
    if (const QString tile = tileOf(*map); !tile.isEmpty())
        lines << tr("Each tile of the model has latents of its own. These are, %1, about %2 of the %3 selected pixels.")
                     .arg(tile)
                     .arg(map->answeredElements)
                     .arg(map->question.elements.size());
    if (m_document.analysis() && m_document.analysis()->scene == Scene::Frames)
        lines << tr("An input is the patch of both frames at a pixel: its weight counts for both, half and half.");
    lines << tr("This map took %1 ms.").arg(map->seconds * 1000, 0, 'f', 1);
    m_figures->setText(lines.join('\n'));
}

void MapPanel::knockOut()
{
    const MapQuestion& question = m_document.selection().view().question;
    engine::perceiver::KnockOut without;
    if (m_document.selection().locked()) {
        const Part part = fromOf(question.direction);
        // An output that lies on the inputs' grid is left out as an input: one asks whether it saw itself.
        (part == Part::Latents ? without.latents : without.inputs) = question.elements;
        if (part == Part::Outputs && m_document.analysis() && m_document.analysis()->outputs == 1)
            return; // the one answer itself cannot be left out
        if (part == Part::Outputs && m_document.analysis() && m_document.analysis()->clip)
            without.inputs = inputsUnder(*m_document.analysis()->clip, question.elements);
    } else if (question.through == Through::OneLayer && m_document.analysis()) {
        for (int64_t head = 0; head < m_document.analysis()->facts.latentHeads; ++head)
            if (!question.layerHead || head == *question.layerHead)
                without.heads.emplace_back(question.layer, head);
    }
    m_document.knockOut(without);
}

} // namespace ui
