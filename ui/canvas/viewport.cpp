#include "ui/canvas/viewport.h"

#include <algorithm>

namespace ui {

void Viewport::set(double magnification, QPointF middle)
{
    magnification = std::clamp(magnification, 0.25, 2000.0);
    middle = {std::clamp(middle.x(), 0.0, 1.0), std::clamp(middle.y(), 0.0, 1.0)};
    if (magnification <= 1)
        middle = {0.5, 0.5}; // all of it is there
    if (magnification == m_magnification && middle == m_middle)
        return;
    m_magnification = magnification;
    m_middle = middle;
    emit changed();
}

} // namespace ui
