// The mean power of all waves of a length as a curve over cycles a picture, on a logarithmic scale, with the bands that
// the map above shows as rings. Interface thread.
#pragma once

#include "ui/panels/spectrum_map.h"

namespace ui {

class RadialProfile : public QWidget {
    Q_OBJECT

public:
    explicit RadialProfile(QWidget* parent = nullptr);
    void setSpectrum(std::shared_ptr<const ShownSpectrum> spectrum, int outstandingBand);
    // Cycles that are pointed at; below 0: none.
    void setMark(double cycles);
    QSize sizeHint() const override { return {320, 112}; }
    QSize minimumSizeHint() const override { return {240, 96}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::shared_ptr<const ShownSpectrum> m_spectrum;
    int m_outstanding = -1;
    double m_mark = -1;
};

} // namespace ui
