// Which waves the shown map holds, and which of the model's bands they use: the spectrum from above, its profile, and
// three lines of figures. Whoever has a spectrum gives it; the panel asks for nothing. Interface thread.
#pragma once

#include "ui/panels/spectrum_map.h"

class QLabel;
class QStackedLayout;

namespace ui {

class RadialProfile;

class SpectrumPanel : public QWidget {
    Q_OBJECT

public:
    explicit SpectrumPanel(QWidget* parent = nullptr);
    // centredPower [rows, columns] as engine::tasks::powerSpectrum gives it; bandsX, bandsY: the model's frequencies
    // across and down (engine::tasks::fourierBands), as many of one as of the other; none where positions are trained.
    void showSpectrum(const engine::HostTensor& centredPower, const std::vector<double>& bandsX,
        const std::vector<double>& bandsY);
    // Why there is none, as a sentence.
    void showNothing(const QString& why);

    QString description() const; // all figures in words, for a screen reader, a caption or a test
    QSize minimumSizeHint() const override { return {260, 420}; }

private:
    void showPointed();
    void writeFigures(int outstandingBand);

    QStackedLayout* m_pages;
    QLabel* m_nothing;
    SpectrumMap* m_map;
    RadialProfile* m_profile;
    QLabel* m_readout;
    QLabel* m_figures[3];
    std::shared_ptr<const ShownSpectrum> m_spectrum;
};

} // namespace ui
