#include "ui/panels/spectrum_panel.h"

#include "ui/panels/radial_profile.h"
#include "ui/theme.h"

#include <QLabel>
#include <QLocale>
#include <QStackedLayout>
#include <QTextDocument>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kMostOfIt = 0.8; // the share of the energy that chooses the band which stands out

QString number(double value)
{
    return QLocale().toString(value, 'f', value < 10 && std::abs(value - std::round(value)) > 0.05 ? 1 : 0);
}

QLabel* line(QVBoxLayout* layout)
{
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label);
    return label;
}

} // namespace

SpectrumPanel::SpectrumPanel(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Spectrum of the shown map"));
    m_pages = new QStackedLayout(this);
    m_nothing = new QLabel(tr("The spectrum of the shown map appears here."));
    m_nothing->setObjectName("quiet");
    m_nothing->setWordWrap(true);
    m_nothing->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_nothing->setMargin(kPanelEdge);
    m_pages->addWidget(m_nothing);

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    layout->setSpacing(kSpace);
    m_map = new SpectrumMap;
    layout->addWidget(m_map);
    m_readout = new QLabel;
    m_readout->setObjectName("quiet");
    m_readout->setFont(m_map->font());
    m_readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // its words do not widen the panel
    m_readout->setAlignment(Qt::AlignHCenter);
    layout->addWidget(m_readout);
    m_profile = new RadialProfile;
    layout->addWidget(m_profile);
    auto* figures = new QVBoxLayout;
    figures->setSpacing(kSpace / 2);
    layout->addLayout(figures);
    for (QLabel*& figure : m_figures)
        figure = line(figures);
    layout->addStretch(1);
    m_pages->addWidget(page);
    connect(m_map, &SpectrumMap::pointed, this, &SpectrumPanel::showPointed);
    showPointed();
}

void SpectrumPanel::showNothing(const QString& why)
{
    m_spectrum.reset();
    m_map->setSpectrum(nullptr, -1);
    m_profile->setSpectrum(nullptr, -1);
    m_nothing->setText(why);
    setAccessibleDescription(why);
    m_pages->setCurrentIndex(0);
}

void SpectrumPanel::showSpectrum(
    const engine::HostTensor& centredPower, const std::vector<double>& bandsX, const std::vector<double>& bandsY)
{
    if (centredPower.size() == 0)
        return showNothing(tr("There is no map to take a spectrum of."));
    auto shown = std::make_shared<ShownSpectrum>();
    const auto bands = std::ptrdiff_t(std::min(bandsX.size(), bandsY.size()));
    shown->power = centredPower;
    shown->bandsX.assign(bandsX.begin(), bandsX.begin() + bands);
    shown->bandsY.assign(bandsY.begin(), bandsY.begin() + bands);
    shown->figures = app::views::spectrumFigures(centredPower, bandsX, bandsY);
    if (shown->figures.energy <= 0)
        return showNothing(tr("The shown map is the same everywhere: it holds no waves."));
    shown->range = app::views::powerRange(centredPower);
    shown->picture = app::views::spectrumPicture(centredPower, shown->range, app::views::ColourMap::Magma);
    m_spectrum = std::move(shown);
    const int outstanding = m_spectrum->figures.bandHolding(kMostOfIt);
    m_profile->setSpectrum(m_spectrum, outstanding);
    m_map->setSpectrum(m_spectrum, outstanding);
    writeFigures(outstanding);
    setAccessibleDescription(description());
    m_map->setAccessibleDescription(description());
    m_pages->setCurrentIndex(1);
}

void SpectrumPanel::writeFigures(int outstanding)
{
    const app::views::SpectrumFigures& figures = m_spectrum->figures;
    const int bands = int(figures.shareBelow.size()), band = outstanding >= 0 ? outstanding : bands - 1;
    if (band >= 0) {
        // Never 100 % of what is not all.
        const double share = figures.shareBelow[size_t(band)];
        const double percent = share < 1 ? std::min(std::round(share * 100), 99.0) : 100;
        m_figures[0]->setText(tr("Energy up to band %1: <b>%2 %</b>").arg(band + 1).arg(percent, 0, 'f', 0));
        m_figures[0]->setToolTip(tr("Band %1 of the model's %2 repeats %3 times across a picture and %4 times down.")
                                     .arg(band + 1)
                                     .arg(bands)
                                     .arg(number(m_spectrum->bandsX[size_t(band)]),
                                         number(m_spectrum->bandsY[size_t(band)])));
    } else {
        m_figures[0]->setText(tr("Trained positions: no bands"));
        m_figures[0]->setToolTip({});
    }
    m_figures[1]->setText(tr("Peak at <b>%1</b> cycles a picture, <b>%2°</b>")
                              .arg(number(figures.peakCycles))
                              .arg(figures.peakDegrees, 0, 'f', 0));
    m_figures[1]->setToolTip(tr("The strongest wave, and the way across its crests: 0° for upright stripes, 90° for "
                                "level ones."));
    m_figures[2]->setText(tr("Half of the energy up to <b>%1</b> cycles").arg(figures.halfCycles));
}

QString SpectrumPanel::description() const
{
    if (!m_spectrum)
        return m_nothing->text();
    QStringList sentences;
    for (const QLabel* figure : m_figures) {
        QTextDocument words;
        words.setHtml(figure->text());
        const QString text = words.toPlainText();
        sentences << (text.endsWith('.') ? text : text + '.');
    }
    return sentences.join(' ');
}

void SpectrumPanel::showPointed()
{
    const std::optional<QPoint> cell = m_map->pointedAt();
    if (!m_spectrum || !cell) {
        m_readout->setText(tr("Point at a wave to read it;\nthe wheel comes closer."));
        m_profile->setMark(-1);
        return;
    }
    const auto across = double(m_spectrum->acrossAt(cell->x())), down = double(m_spectrum->downAt(cell->y()));
    const double cycles = std::hypot(across, down), power = double(m_spectrum->power.at(cell->y(), cell->x()));
    m_profile->setMark(cycles);
    if (cycles == 0) {
        m_readout->setText(tr("The constant part\npower %1").arg(power, 0, 'g', 3));
        return;
    }
    const size_t bands = m_spectrum->bandsX.size();
    size_t band = 0;
    while (band < bands && std::hypot(across / m_spectrum->bandsX[band], down / m_spectrum->bandsY[band]) > 1)
        ++band;
    const QString place = bands == 0 ? QString()
        : band < bands               ? tr("band %1 · ").arg(band + 1)
                                     : tr("beyond band %1 · ").arg(bands);
    m_readout->setText(tr("%1 across, %2 down: %3 cycles\n%4power %5")
                           .arg(across)
                           .arg(down)
                           .arg(number(cycles), place)
                           .arg(power, 0, 'g', 3));
}

} // namespace ui
