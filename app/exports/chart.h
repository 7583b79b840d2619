// Measured points over an axis, a panel a measure, side by side: points with their spread, a fitted curve, axes with
// units that begin at 0. Painted on light paper; as wide as a README shows without scaling. Any thread; letters take a
// QGuiApplication, a display is not needed.
#pragma once

#include "app/exports/sheet.h"

namespace app::exports {

struct ChartPanel {
    struct Point {
        double x = 0, y = 0, least = 0, most = 0; // none below 0; least <= y <= most
    };
    QString heading; // the measure and its unit: "Time, milliseconds"
    std::vector<Point> points; // at least one
    std::vector<double> fit; // of x to the power of 0, 1, …; empty: none
    QString fitWords; // one line below the heading
    QString quality; // of the fit: at the end of the heading's line
};

struct Chart {
    QString title; // one line
    QString caption; // wrapped
    QString axis; // what x is
    std::vector<ChartPanel> panels; // two fit
};

Sheet chartSheet(Chart chart);

// "0", "250", "1,500", "0.02": a number on an axis with ticks at multiples of `step`.
QString tickText(double value, double step);
// 1, 2 or 5 times a power of ten, so that four to eight ticks lie between 0 and `most` (above 0).
double tickStep(double most);

} // namespace app::exports
