// Flow in OpenEXR: vectors, and ST maps for compositing programs.
#include "app/formats/flow_files.h"

#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfIO.h>
#include <ImfInputFile.h>
#include <ImfOutputFile.h>
#include <ImfStdIO.h>
#include <limits>
#include <sstream>

namespace app::formats {

using engine::Error;
using engine::ErrorKind;
using engine::FlowField;
using engine::Result;

namespace {

constexpr int64_t kMostPixels = 180'000'000;

// Channels of 32-bit floats, pixel by pixel behind each other, the upper row first.
struct Planes {
    int width = 0, height = 0;
    std::vector<const char*> names;
    std::vector<float> values;

    Planes(int w, int h, std::vector<const char*> channels)
        : width(w), height(h), names(std::move(channels)), values(size_t(w) * size_t(h) * names.size())
    {
    }
    float* at(int x, int y) { return values.data() + (size_t(y) * size_t(width) + size_t(x)) * names.size(); }
    const float* at(int x, int y) const { return const_cast<Planes*>(this)->at(x, y); }
};

Result<Bytes> encode(const Planes& planes)
{
    try {
        Imf::Header header(planes.width, planes.height);
        Imf::FrameBuffer frame;
        const size_t step = planes.names.size() * sizeof(float);
        for (size_t k = 0; k < planes.names.size(); ++k) {
            header.channels().insert(planes.names[k], Imf::Channel(Imf::FLOAT));
            frame.insert(planes.names[k],
                Imf::Slice(Imf::FLOAT, reinterpret_cast<char*>(const_cast<float*>(planes.values.data() + k)), step,
                    size_t(planes.width) * step));
        }
        Imf::StdOSStream stream;
        {
            Imf::OutputFile file(stream, header);
            file.setFrameBuffer(frame);
            file.writePixels(planes.height);
        }
        const std::string text = stream.str();
        return Bytes(text.begin(), text.end());
    } catch (const std::exception& failed) {
        return Error{ErrorKind::InputOutput, std::string("the flow cannot be written as EXR: ") + failed.what()};
    }
}

// BadData unless all of these channels are there.
Result<Planes> decode(
    std::span<const uint8_t> bytes, const std::string& name, std::vector<const char*> names, const char* needed)
{
    try {
        Imf::StdISStream stream;
        stream.str(std::string(bytes.begin(), bytes.end()));
        Imf::InputFile file(stream);
        const Imath::Box2i window = file.header().dataWindow();
        const int64_t width = int64_t(window.max.x) - window.min.x + 1,
                      height = int64_t(window.max.y) - window.min.y + 1;
        bool there = width >= 1 && height >= 1 && width * height <= kMostPixels;
        for (const char* channel : names)
            there = there && file.header().channels().findChannel(channel);
        if (!there)
            return Error{ErrorKind::BadData, name + ": needed are the channels " + needed};
        Planes planes(int(width), int(height), std::move(names));
        const size_t step = planes.names.size() * sizeof(float);
        Imf::FrameBuffer frame;
        for (size_t k = 0; k < planes.names.size(); ++k)
            frame.insert(planes.names[k],
                Imf::Slice::Make(
                    Imf::FLOAT, reinterpret_cast<char*>(planes.values.data() + k), window, step, size_t(width) * step));
        file.setFrameBuffer(frame);
        file.readPixels(window.min.y, window.max.y);
        return planes;
    } catch (const std::exception& failed) {
        return Error{ErrorKind::BadData, name + " is damaged: " + failed.what()};
    }
}

} // namespace

Result<Bytes> encodeExr(const FlowField& flow)
{
    Planes planes(flow.width, flow.height, {"forward.u", "forward.v"});
    planes.values = flow.uv;
    return encode(planes);
}

Result<FlowField> decodeExr(std::span<const uint8_t> bytes, const std::string& name)
{
    TRY_ASSIGN(Planes planes, decode(bytes, name, {"forward.u", "forward.v"}, "forward.u and forward.v"));
    FlowField flow{planes.width, planes.height};
    flow.uv = std::move(planes.values);
    return flow;
}

Result<Bytes> encodeSt(const FlowField& flow)
{
    Planes planes(flow.width, flow.height, {"R", "G", "B", "A"});
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x) {
            const float* vector = flow.vector(x, y);
            const bool isKnown = known(vector);
            float* out = planes.at(x, y);
            out[0] = float((x + 0.5 + (isKnown ? double(vector[0]) : 0)) / flow.width);
            out[1] = float(1 - (y + 0.5 + (isKnown ? double(vector[1]) : 0)) / flow.height);
            out[2] = 0;
            out[3] = isKnown ? 1 : 0;
        }
    return encode(planes);
}

Result<FlowField> decodeSt(std::span<const uint8_t> bytes, const std::string& name)
{
    TRY_ASSIGN(const Planes planes, decode(bytes, name, {"R", "G", "A"}, "R, G and A"));
    FlowField flow{planes.width, planes.height};
    for (int y = 0; y < flow.height; ++y)
        for (int x = 0; x < flow.width; ++x) {
            const float* st = planes.at(x, y);
            float* vector = flow.vector(x, y);
            vector[0] = float(double(st[0]) * flow.width - x - 0.5);
            vector[1] = float((1 - double(st[1])) * flow.height - y - 0.5);
            if (st[2] == 0)
                vector[0] = vector[1] = std::numeric_limits<float>::quiet_NaN();
        }
    return flow;
}

Result<Bytes> encodeVectors(const FlowField* forward, const FlowField* backward)
{
    const FlowField& any = forward ? *forward : *backward;
    Planes planes(any.width, any.height, {"forward.u", "forward.v", "backward.u", "backward.v"});
    const FlowField* ways[] = {forward, backward};
    for (int y = 0; y < any.height; ++y)
        for (int x = 0; x < any.width; ++x)
            for (size_t way = 0; way < 2; ++way) {
                const float* vector = ways[way] ? ways[way]->vector(x, y) : nullptr;
                const bool isKnown = vector && known(vector);
                planes.at(x, y)[2 * way] = isKnown ? vector[0] : 0;
                planes.at(x, y)[2 * way + 1] = isKnown ? -vector[1] : 0;
            }
    return encode(planes);
}

} // namespace app::formats
