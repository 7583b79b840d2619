#include "engine/vulkan/kept_tuning.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace engine::vulkan {

using nlohmann::json;

namespace {

constexpr int kVersion = 2; // of what is measured, and of the kernels that it was measured with

std::string fileName(const Identity& identity, ops::Precision precision)
{
    char name[64];
    std::snprintf(name, sizeof name, "tuning-%04x-%04x-%s.json", identity.vendor, identity.device,
        precision == ops::Precision::Fast ? "fast" : "exact");
    return name;
}

json keyOf(const Identity& identity)
{
    return {{"version", kVersion}, {"vendor", identity.vendor}, {"device", identity.device},
        {"driver", identity.driver}, {"pipeline_cache", identity.cacheUuid}};
}

bool isNumber(const json& value, double least, double most)
{
    return value.is_number() && value.get<double>() >= least && value.get<double>() <= most;
}

} // namespace

std::optional<Tuning> readTuning(
    const CacheFolder& folder, const Identity& identity, ops::Precision precision, const Tuning& table)
{
    const auto text = folder.read(fileName(identity, precision));
    const json kept = text ? json::parse(*text, nullptr, false) : json();
    if (!kept.is_object() || kept.value("for", json()) != keyOf(identity))
        return std::nullopt;
    const json rates = kept.value("tile_rates", json()), widest = kept.value("widest_fused", json()),
               complete = kept.value("complete", json()), starts = kept.value("starts", json());
    if (!rates.is_array() || rates.size() != kTileClasses || !widest.is_array() || widest.size() != 2
        || !complete.is_boolean() || !isNumber(starts, 1, 1e6))
        return std::nullopt;
    Tuning tuning = table;
    for (size_t i = 0; i < kTileClasses; ++i) {
        if (!isNumber(rates[i], kLeastTileRate, 1e6))
            return std::nullopt;
        tuning.tileRate[i] = rates[i].get<double>();
    }
    if (!isNumber(widest[0], 0, double(table.widestKey)) || !isNumber(widest[1], 0, double(table.widestValue)))
        return std::nullopt;
    tuning.widestKey = widest[0].get<int64_t>();
    tuning.widestValue = widest[1].get<int64_t>();
    tuning.complete = complete.get<bool>();
    tuning.starts = starts.get<int64_t>();
    tuning.source = TuningSource::Kept;
    return tuning;
}

void keepTuning(const CacheFolder& folder, const Identity& identity, ops::Precision precision, const Tuning& tuning)
{
    const std::string text = json{{"for", keyOf(identity)}, {"tile_rates", tuning.tileRate},
                                 {"widest_fused", {tuning.widestKey, tuning.widestValue}},
                                 {"complete", tuning.complete}, {"starts", tuning.starts}}
                                 .dump(2)
        + "\n";
    folder.write(fileName(identity, precision), text);
}

} // namespace engine::vulkan
