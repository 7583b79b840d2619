// Numbers as the panels write them: English, thousands in groups, three significant digits where more say nothing.
// Any thread.
#pragma once

#include <QString>

namespace ui {

QString groupedText(int64_t number); // 182,528
QString threeDigits(double number); // 0.0123, 1.23, 12.3, 1,234
QString millisecondsText(double seconds); // 25.7 ms
QString secondsText(double seconds); // 25.7 ms, from ten thousand of them 68.6 s
QString flopText(double flop); // 987 GFLOP; from a thousand of them TFLOP, below a hundredth MFLOP
QString percentText(double share); // share: 0 … 1; 37.6 %
QString byteText(uint64_t bytes); // 164.2 MB, of 1000 × 1000 bytes, as pscope writes it

} // namespace ui
