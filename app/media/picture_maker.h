// Decoded frames of a video to pictures as they are meant to be seen: RGB by the colours that the stream names, square
// pixels, upright, all of the first one's size. One thread at a time.
#pragma once

#include "app/media/ffmpeg.h"
#include "engine/base/image.h"
#include "engine/base/result.h"

namespace app::media {

class PictureMaker {
public:
    // turn: clockwise, in degrees, a multiple of 90. aspect: a pixel's width to its height.
    PictureMaker(int turn, AVRational aspect) : m_turn(((turn % 360) + 360) % 360), m_aspect(aspect) { }

    // Of frames of this size.
    struct Size {
        int width = 0, height = 0;
    };
    Size sizeOf(int width, int height) const;

    // The first frame of the stream, also where it is not shown: all pictures get its size.
    void begin(const AVFrame& frame);
    // BadData when the frame's format cannot be converted or is too large.
    engine::Result<engine::Image> picture(const AVFrame& frame);
    bool sizeChanged() const { return m_sizeChanged; } // in the middle of the stream: brought to the first one's

private:
    int m_turn;
    AVRational m_aspect;
    ScalerPtr m_scaler;
    Size m_size; // before turning, of all
    int m_width = 0, m_height = 0, m_format = -1; // that the scaler is for
    bool m_sizeChanged = false;
};

} // namespace app::media
