#include "app/media/picture_maker.h"

#include "app/media/image_reader.h"

#include <algorithm>
#include <cmath>

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Image;
using engine::Result;

namespace {

Image turned(const Image& image, int turn)
{
    if (turn == 0)
        return image;
    const bool swapped = turn != 180;
    Image out(swapped ? image.height : image.width, swapped ? image.width : image.height);
    for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
            const int fromX = turn == 90 ? y : turn == 180 ? image.width - 1 - x : image.width - 1 - y;
            const int fromY = turn == 90 ? image.height - 1 - x : turn == 180 ? image.height - 1 - y : x;
            std::copy_n(image.pixel(fromX, fromY), 3, out.pixel(x, y));
        }
    return out;
}

// Deprecated names of the formats with full range, as they are called since the range has a field of its own.
int plainFormat(int format, bool* fullRange)
{
    constexpr std::pair<AVPixelFormat, AVPixelFormat> kOld[]
        = {{AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV420P}, {AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV422P},
            {AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV444P}, {AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUV440P}};
    for (const auto& [old, plain] : kOld)
        if (format == old) {
            *fullRange = true;
            return plain;
        }
    return format;
}

} // namespace

PictureMaker::Size PictureMaker::sizeOf(int width, int height) const
{
    Size size{width, height};
    if (m_aspect.num > 0 && m_aspect.den > 0 && m_aspect.num != m_aspect.den) {
        // The longer side of a pixel is kept, so that nothing is lost.
        const double aspect = av_q2d(m_aspect);
        if (aspect > 1)
            size.width = std::max(1, int(std::lround(width * std::min(aspect, 100.0))));
        else
            size.height = std::max(1, int(std::lround(height / std::max(aspect, 0.01))));
    }
    if (m_turn == 90 || m_turn == 270)
        std::swap(size.width, size.height);
    return size;
}

void PictureMaker::begin(const AVFrame& frame)
{
    if (m_size.width > 0)
        return;
    m_size = sizeOf(frame.width, frame.height);
    if (m_turn == 90 || m_turn == 270)
        std::swap(m_size.width, m_size.height);
    m_width = frame.width, m_height = frame.height;
}

Result<Image> PictureMaker::picture(const AVFrame& frame)
{
    if (frame.width <= 0 || frame.height <= 0)
        return Error{ErrorKind::BadData, "a frame has no size"};
    begin(frame);
    if (int64_t(m_size.width) * m_size.height > kMostPixels)
        return Error{ErrorKind::BadData,
            "its frames have " + std::to_string(m_size.width) + " x " + std::to_string(m_size.height)
                + " pixels: too many"};
    bool fullRange = frame.color_range == AVCOL_RANGE_JPEG;
    const int format = plainFormat(frame.format, &fullRange);
    m_sizeChanged = m_sizeChanged || frame.width != m_width || frame.height != m_height;
    if (!m_scaler || frame.width != m_width || frame.height != m_height || format != m_format) {
        m_scaler.reset(sws_getContext(frame.width, frame.height, AVPixelFormat(format), m_size.width, m_size.height,
            AV_PIX_FMT_RGB24, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT, nullptr, nullptr,
            nullptr));
        if (!m_scaler)
            return Error{ErrorKind::BadData, "its frames have a format that cannot be shown"};
        m_width = frame.width, m_height = frame.height, m_format = format;
    }
    // As the stream names its colours; where it does not, by size, as players take it.
    const bool high
        = frame.colorspace == AVCOL_SPC_BT709 || (frame.colorspace == AVCOL_SPC_UNSPECIFIED && frame.height >= 720);
    const int space = frame.colorspace == AVCOL_SPC_BT2020_NCL || frame.colorspace == AVCOL_SPC_BT2020_CL
        ? SWS_CS_BT2020
        : (high ? SWS_CS_ITU709 : SWS_CS_ITU601);
    sws_setColorspaceDetails(
        m_scaler.get(), sws_getCoefficients(space), fullRange, sws_getCoefficients(space), 1, 0, 1 << 16, 1 << 16);
    // The scaler writes whole vectors: room beyond the last line.
    const size_t line = size_t(m_size.width) * 3;
    std::vector<uint8_t> rgb(line * size_t(m_size.height) + 64);
    uint8_t* to[4] = {rgb.data()};
    const int lines[4] = {int(line)};
    if (sws_scale(m_scaler.get(), frame.data, frame.linesize, 0, frame.height, to, lines) <= 0)
        return Error{ErrorKind::BadData, "a frame cannot be converted"};
    Image image;
    image.width = m_size.width, image.height = m_size.height;
    rgb.resize(line * size_t(m_size.height));
    image.rgb = std::move(rgb);
    return turned(image, m_turn);
}

} // namespace app::media
