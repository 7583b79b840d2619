#include "app/media/sound.h"

#include "app/formats/atomic_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <sndfile.h>
#include <string_view>

namespace app::media {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// A file in memory, for libsndfile's virtual input and output.
struct Memory {
    std::span<const uint8_t> in;
    std::vector<uint8_t> out;
    sf_count_t at = 0;

    sf_count_t size() const { return sf_count_t(out.empty() ? in.size() : out.size()); }
};

sf_count_t seek(sf_count_t offset, int whence, void* user)
{
    auto& memory = *static_cast<Memory*>(user);
    const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory.at : memory.size();
    memory.at
        = std::clamp<sf_count_t>(from + std::clamp<sf_count_t>(offset, -(1LL << 40), 1LL << 40), 0, memory.size());
    return memory.at;
}

sf_count_t read(void* to, sf_count_t count, void* user)
{
    auto& memory = *static_cast<Memory*>(user);
    count = std::clamp<sf_count_t>(count, 0, memory.size() - memory.at);
    std::copy_n(memory.in.begin() + memory.at, count, static_cast<uint8_t*>(to));
    memory.at += count;
    return count;
}

sf_count_t write(const void* from, sf_count_t count, void* user)
{
    auto& memory = *static_cast<Memory*>(user);
    memory.out.resize(std::max(memory.out.size(), size_t(memory.at + count)));
    std::memcpy(memory.out.data() + memory.at, from, size_t(count));
    memory.at += count;
    return count;
}

SF_VIRTUAL_IO g_memoryFile{[](void* user) { return static_cast<Memory*>(user)->size(); }, seek, read, write,
    [](void* user) { return static_cast<Memory*>(user)->at; }};

using Handle = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

} // namespace

Result<Sound> decodeSound(std::span<const uint8_t> bytes, const std::string& name)
{
    const std::string_view magic(reinterpret_cast<const char*>(bytes.data()), std::min<size_t>(bytes.size(), 4));
    if (magic != "RIFF" && magic != "RF64" && magic != "fLaC") // the library knows many formats, few of them well kept
        return Error{ErrorKind::BadData, name + " is not a sound file that can be read (WAV or FLAC)"};
    Memory memory{.in = bytes};
    SF_INFO info{};
    const Handle file(sf_open_virtual(&g_memoryFile, SFM_READ, &info, &memory), sf_close);
    if (!file)
        return Error{ErrorKind::BadData, name + " is a damaged sound file: " + sf_strerror(nullptr)};
    if (info.channels < 1 || info.channels > 64 || info.samplerate < 1)
        return Error{ErrorKind::BadData, name + " is damaged: its header names no channels or no sample rate"};
    if (info.frames > kMostSamples)
        return Error{ErrorKind::BadData, name + " is longer than an hour: cut it first"};
    Sound sound{.sampleRate = info.samplerate};
    std::vector<float> block(size_t(4096 * info.channels));
    for (sf_count_t got = 0; (got = sf_readf_float(file.get(), block.data(), 4096)) > 0;)
        for (sf_count_t i = 0; i < got; ++i) {
            float sum = 0;
            for (int c = 0; c < info.channels; ++c)
                sum += block[size_t(i * info.channels + c)];
            if (!std::isfinite(sum))
                return Error{ErrorKind::BadData,
                    name + " is damaged: sample " + std::to_string(sound.samples.size()) + " is not a number"};
            sound.samples.push_back(sum / float(info.channels));
            if (int64_t(sound.samples.size()) > kMostSamples)
                return Error{ErrorKind::BadData, name + " is longer than an hour: cut it first"};
        }
    if (sound.samples.empty())
        return Error{ErrorKind::BadData, name + " holds no sound"};
    return sound;
}

Result<Sound> readSound(const std::filesystem::path& path)
{
    TRY_ASSIGN(const std::vector<uint8_t> bytes, formats::readFile(path));
    return decodeSound(bytes, path.string());
}

Result<std::vector<uint8_t>> encodeWav(const Sound& sound)
{
    Memory memory;
    SF_INFO info{};
    info.samplerate = int(sound.sampleRate);
    info.channels = 1;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    Handle file(sf_open_virtual(&g_memoryFile, SFM_WRITE, &info, &memory), sf_close);
    if (!file)
        return Error{ErrorKind::Internal, std::string("no WAV could be written: ") + sf_strerror(nullptr)};
    std::vector<short> samples;
    for (const float value : sound.samples)
        samples.push_back(short(std::clamp(std::lround(value * 32768.0f), -32768L, 32767L)));
    const auto count = sf_count_t(samples.size());
    if (sf_writef_short(file.get(), samples.data(), count) != count)
        return Error{ErrorKind::Internal, std::string("no WAV could be written: ") + sf_strerror(file.get())};
    file.reset(); // writes the header
    return std::move(memory.out);
}

} // namespace app::media
