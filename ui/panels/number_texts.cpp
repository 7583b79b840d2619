#include "ui/panels/number_texts.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

const QLocale& english()
{
    static const QLocale locale(QLocale::English);
    return locale;
}

} // namespace

QString groupedText(int64_t number)
{
    return english().toString(qlonglong(number));
}

QString threeDigits(double number)
{
    if (number == 0 || !std::isfinite(number))
        return number == 0 ? "0" : "–";
    // 99.96 is written as 100, so the digits before the point are those of the rounded number.
    const int before = int(std::floor(std::log10(std::abs(number) * (1 + 5e-4)))) + 1;
    return english().toString(number, 'f', std::clamp(3 - before, 0, 6));
}

QString millisecondsText(double seconds)
{
    return QString("%1 ms").arg(threeDigits(seconds * 1000));
}

QString secondsText(double seconds)
{
    return seconds < 10 ? millisecondsText(seconds) : QString("%1 s").arg(threeDigits(seconds));
}

QString flopText(double flop)
{
    if (flop != 0 && flop < 1e7)
        return QString("%1 MFLOP").arg(threeDigits(flop / 1e6));
    return flop < 1e12 ? QString("%1 GFLOP").arg(threeDigits(flop / 1e9))
                       : QString("%1 TFLOP").arg(threeDigits(flop / 1e12));
}

QString percentText(double share)
{
    return share > 0 && share < 5e-4 ? "< 0.1 %" : QString("%1 %").arg(english().toString(share * 100, 'f', 1));
}

QString byteText(uint64_t bytes)
{
    const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double number = double(bytes);
    int unit = 0;
    for (; number >= 999.95 && unit < 4; ++unit)
        number /= 1000;
    return QString("%1 %2").arg(english().toString(number, 'f', unit == 0 ? 0 : 1), units[unit]);
}

} // namespace ui
