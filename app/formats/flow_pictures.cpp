// Flow in KITTI's 16-bit PNG (through Qt).
#include "app/formats/flow_colour.h"
#include "app/formats/flow_files.h"

#include <QBuffer>
#include <QImage>
#include <QRgba64>
#include <cmath>
#include <limits>

namespace app::formats {

using engine::Error;
using engine::ErrorKind;
using engine::FlowField;
using engine::Result;

namespace {

constexpr float kKittiUnits = 64.0f; // per pixel; the value is 64 u + 2^15
constexpr float kKittiReach = 511.98f;
constexpr int64_t kMostPixels = 180'000'000;

} // namespace

Result<Bytes> encodeKitti(const FlowField& flow)
{
    QImage image(flow.width, flow.height, QImage::Format_RGBX64);
    if (image.isNull())
        return Error{ErrorKind::InputOutput, "the flow is too large for a picture"};
    for (int y = 0; y < flow.height; ++y) {
        auto* line = reinterpret_cast<QRgba64*>(image.scanLine(y));
        for (int x = 0; x < flow.width; ++x) {
            const float* v = flow.vector(x, y);
            // Vectors beyond the format's range are unknown rather than wrong.
            const bool valid = known(v) && std::abs(v[0]) < kKittiReach && std::abs(v[1]) < kKittiReach;
            const auto code = [&](float c) { return quint16(valid ? std::lround(c * kKittiUnits) + 32768 : 0); };
            line[x] = QRgba64::fromRgba64(code(v[0]), code(v[1]), valid ? 1 : 0, 65535);
        }
    }
    setPngDensity(image);
    QByteArray png;
    QBuffer buffer(&png);
    if (!buffer.open(QIODevice::WriteOnly) || !image.save(&buffer, "PNG"))
        return Error{ErrorKind::InputOutput, "the flow cannot be written as a picture"};
    return Bytes(png.begin(), png.end());
}

Result<FlowField> decodeKitti(std::span<const uint8_t> bytes, const std::string& name)
{
    const QByteArray raw
        = QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size()));
    const QImage image = QImage::fromData(raw, "PNG");
    if (image.isNull() || int64_t(image.width()) * image.height() > kMostPixels)
        return Error{ErrorKind::BadData, name + " is not a PNG picture that can be read"};
    if (image.pixelFormat().redSize() != 16)
        return Error{ErrorKind::BadData,
            name + " has 8 bits a channel: it is a picture, not flow. KITTI's flow has 16 bits a channel"};
    const QImage wide = image.convertToFormat(QImage::Format_RGBX64);
    FlowField flow(wide.width(), wide.height());
    for (int y = 0; y < flow.height; ++y) {
        const auto* line = reinterpret_cast<const QRgba64*>(wide.constScanLine(y));
        for (int x = 0; x < flow.width; ++x) {
            float* v = flow.vector(x, y);
            const bool valid = line[x].blue() != 0;
            v[0] = valid ? (float(line[x].red()) - 32768) / kKittiUnits : std::numeric_limits<float>::quiet_NaN();
            v[1] = valid ? (float(line[x].green()) - 32768) / kKittiUnits : std::numeric_limits<float>::quiet_NaN();
        }
    }
    return flow;
}

} // namespace app::formats
