#include "app/formats/official_files.h"

#include <QCryptographicHash>
#include <QFile>
#include <algorithm>
#include <array>

namespace app::formats {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

struct Official {
    const char* name;
    uintmax_t bytes;
    const char* sha256;
};

constexpr std::array kOfficial{
    Official{"language_perceiver_io_bytes.pickle", 804479532,
        "4c027762184c8bc929efbce98ec680c264683b7bf3d20e7af67261cb3ede21c9"},
    Official{"imagenet_conv_preprocessing.pystate", 194601878,
        "7ed880e697f99b1957a1fd1fa1d9ac1f3f8a1d1d567abc3119060b9a81ae94ef"},
    Official{"imagenet_fourier_position_encoding.pystate", 193776248,
        "9e76f5f2fefc318acc2a79289e2e7b926ca1191534ec75920795b56a77d9bb24"},
    Official{"imagenet_learned_position_encoding.pystate", 249037713,
        "b76b62dc8efeeddd24fb9e7084e81abd034cd3a5de4e378525d8500b0873a5f2"},
    Official{"optical_flow_checkpoint.pystate", 164271840,
        "3c45151e0a4c32b71df1747627bc847678e49c99770998e949787848fb62c0ae"},
    Official{"video_autoencoding_checkpoint.pystate", 79453357,
        "68f5492569750acac683a51ff201bc181c9e4fee94d7c2b48bae2083e0fbc092"},
};

Result<std::string> recognise(const fs::path& file)
{
    std::error_code failed;
    const uintmax_t bytes = fs::file_size(file, failed);
    const auto found
        = std::find_if(kOfficial.begin(), kOfficial.end(), [&](const Official& o) { return o.bytes == bytes; });
    if (failed || found == kOfficial.end())
        return std::string();
    QFile in(QString::fromStdString(file.string()));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!in.open(QIODevice::ReadOnly) || !hash.addData(&in))
        return Error{ErrorKind::InputOutput, "cannot read " + file.string() + ": " + in.errorString().toStdString()};
    return hash.result().toHex() == found->sha256 ? std::string(found->name) : std::string();
}

} // namespace

Result<std::string> officialFile(const fs::path& path)
{
    std::error_code failed;
    if (fs::is_regular_file(path, failed))
        return recognise(path);
    if (fs::exists(path / "config.json", failed))
        return std::string();
    for (fs::directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed)) {
        TRY_ASSIGN(const std::string name, recognise(entry->path()));
        if (!name.empty())
            return name;
    }
    return std::string();
}

} // namespace app::formats
