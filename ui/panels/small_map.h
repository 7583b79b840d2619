// How the overviews' small maps are drawn: the colours and the curve of the large one, each on its own scale. Interface
// thread.
#pragma once

#include "app/views/map_picture.h"

#include <span>

namespace ui {

class SmallMap {
public:
    // False when that is as before.
    bool setLook(app::views::ColourMap colours, app::views::MapScale scale)
    {
        scale.global = false;
        if (colours == m_colours && scale == m_scale)
            return false;
        m_colours = colours;
        m_scale = scale;
        return true;
    }

    // One pixel a weight.
    QImage picture(std::span<const float> weights, int rows, int columns) const
    {
        engine::HostTensor values({rows, columns});
        std::copy(weights.begin(), weights.end(), values.values.begin());
        return app::views::mapImage(values, m_colours, m_scale);
    }

private:
    app::views::ColourMap m_colours = app::views::ColourMap::Viridis;
    app::views::MapScale m_scale;
};

} // namespace ui
