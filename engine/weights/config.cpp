#include "engine/weights/config.h"

#include "engine/weights/mapped_file.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace engine::weights {

namespace {

using nlohmann::json;

// Reads keys of one object into plain members; the first wrong one is kept.
class Reader {
public:
    Reader(const json& object, std::string where) : m_object(object), m_where(std::move(where)) { }

    void whole(const char* key, int64_t& value, int64_t least = 1)
    {
        if (const json* found = find(key))
            if (!wholeOf(*found, value, least))
                wrong(key, "a whole number of at least " + std::to_string(least), *found);
    }

    void whole(const char* key, std::optional<int64_t>& value)
    {
        int64_t number = 0;
        if (const json* found = find(key)) {
            if (wholeOf(*found, number, 1))
                value = number;
            else
                wrong(key, "a whole number of at least 1, or null", *found);
        }
    }

    void wholes(const char* key, Shape& values)
    {
        const json* found = find(key);
        if (!found)
            return;
        bool right = found->is_array() && found->size() == values.size();
        for (size_t i = 0; right && i < values.size(); ++i)
            right = wholeOf((*found)[i], values[i], 1);
        if (!right)
            wrong(key, "a list of " + std::to_string(values.size()) + " whole numbers of at least 1", *found);
    }

    // Any number of whole numbers of at least 1.
    void list(const char* key, std::vector<int64_t>& values)
    {
        const json* found = find(key);
        if (!found)
            return;
        values.assign(found->is_array() ? found->size() : 0, 0);
        bool right = found->is_array();
        for (size_t i = 0; right && i < values.size(); ++i)
            right = wholeOf((*found)[i], values[i], 1);
        if (!right)
            wrong(key, "a list of whole numbers of at least 1", *found);
    }

    void number(const char* key, double& value)
    {
        if (const json* found = find(key)) {
            if (found->is_number() && found->get<double>() > 0 && found->get<double>() < 1e12)
                value = found->get<double>();
            else
                wrong(key, "a positive number", *found);
        }
    }

    // A whole number, or that number as height and width.
    void square(const char* key, int64_t& value)
    {
        const json* found = find(key);
        if (!found)
            return;
        int64_t width = 0;
        const bool pair = found->is_object() && found->contains("height") && found->contains("width");
        if (pair ? !wholeOf((*found)["height"], value, 1) || !wholeOf((*found)["width"], width, 1) || width != value
                 : !wholeOf(*found, value, 1))
            wrong(key, "a whole number of at least 1, or a height and a width that are the same", *found);
    }

    void numbers(const char* key, std::array<float, 3>& values, double least)
    {
        const json* found = find(key);
        bool right = !found || (found->is_array() && found->size() == values.size());
        for (size_t i = 0; found && right && i < values.size(); ++i) {
            right = (*found)[i].is_number() && std::abs((*found)[i].get<double>()) < 1e6
                && (*found)[i].get<double>() >= least;
            values[i] = right ? (*found)[i].get<float>() : values[i];
        }
        if (!right)
            wrong(key, "a list of 3 numbers of at least " + std::to_string(least), *found);
    }

    void flag(const char* key, bool& value)
    {
        if (const json* found = find(key)) {
            if (found->is_boolean())
                value = found->get<bool>();
            else
                wrong(key, "true or false", *found);
        }
    }

    // One of the words; gives its place.
    size_t word(const char* key, std::initializer_list<const char*> words)
    {
        const json* found = find(key);
        if (!found)
            return 0;
        size_t place = 0;
        std::string all;
        for (const char* word : words) {
            if (*found == word)
                return place;
            all += std::string(place++ ? " or \"" : "\"") + word + "\"";
        }
        wrong(key, all, *found);
        return 0;
    }

    void labels(std::vector<std::string>& labels)
    {
        const json* found = find("id2label");
        if (!found)
            return;
        bool right = found->is_object() && found->size() <= kMost;
        if (right)
            labels.resize(found->size());
        for (size_t i = 0; right && i < labels.size(); ++i) {
            const auto label = found->find(std::to_string(i));
            right = label != found->end() && label->is_string();
            if (right)
                labels[i] = label->get<std::string>();
        }
        if (!right)
            fail("id2label must name a label for every number from 0 on");
    }

    void fail(const std::string& text)
    {
        if (!m_error)
            m_error = Error{ErrorKind::BadData, m_where + ": " + text};
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    static constexpr int64_t kMost = int64_t(1) << 24;

    const json* find(const char* key) const
    {
        const auto found = m_object.find(key);
        return found == m_object.end() || found->is_null() ? nullptr : &*found;
    }

    static bool wholeOf(const json& value, int64_t& out, int64_t least)
    {
        if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(kMost))
            || value.get<int64_t>() < least || value.get<int64_t>() > kMost)
            return false;
        out = value.get<int64_t>();
        return true;
    }

    void wrong(const char* key, const std::string& expected, const json& found)
    {
        std::string text = found.dump(-1, ' ', true, json::error_handler_t::replace);
        if (text.size() > 60)
            text = text.substr(0, 60) + "…";
        fail(std::string(key) + " must be " + expected + "; it is " + text);
    }

    const json& m_object;
    std::string m_where;
    std::optional<Error> m_error;
};

StarterFlow starterFlow(Reader& reader)
{
    StarterFlow flow;
    reader.whole("patch_size", flow.patchSize);
    reader.whole("preprocessor_hidden", flow.preprocessorHidden);
    reader.whole("num_frequency_bands", flow.numFrequencyBands);
    reader.wholes("max_resolution", flow.maxResolution);
    reader.whole("decoder_num_heads", flow.decoderNumHeads);
    reader.whole("decoder_qk_channels", flow.decoderQkChannels);
    reader.whole("decoder_v_channels", flow.decoderVChannels);
    reader.flag("decoder_use_query_residual", flow.decoderUseQueryResidual);
    reader.number("flow_pixels_per_unit", flow.flowPixelsPerUnit);
    reader.whole("matching_cost_radius", flow.matchingCostRadius, 0);
    reader.whole("matching_cost_window", flow.matchingCostWindow);
    reader.list("local_motion_windows", flow.localMotionWindows);
    reader.whole("pyramid_levels", flow.pyramidLevels);
    reader.whole("pyramid_iterations", flow.pyramidIterations);
    reader.whole("pyramid_median", flow.pyramidMedian);
    reader.whole("tile_overlap", flow.tileOverlap, 0);
    if (flow.patchSize != 3)
        reader.fail("patch_size must be 3");
    if (flow.preprocessorHidden < 1 || flow.numFrequencyBands < 1 || flow.maxResolution[0] < 1
        || flow.decoderQkChannels < 1 || flow.decoderVChannels < 1)
        reader.fail("preprocessor_hidden, num_frequency_bands, max_resolution, decoder_qk_channels and "
                    "decoder_v_channels are needed");
    if (flow.matchingCostRadius > 8 || flow.matchingCostWindow > 15 || flow.matchingCostWindow % 2 == 0)
        reader.fail("matching_cost_radius must be at most 8 and matching_cost_window odd and at most 15");
    if (flow.localMotionWindows.size() > 4
        || std::any_of(flow.localMotionWindows.begin(), flow.localMotionWindows.end(),
            [](int64_t window) { return window > 15 || window % 2 == 0; }))
        reader.fail("local_motion_windows must be at most four odd numbers up to 15");
    if (flow.pyramidMedian != 1 && flow.pyramidMedian != 3 && flow.pyramidMedian != 5)
        reader.fail("pyramid_median must be 1, 3 or 5");
    return flow;
}

Result<json> parseObject(std::string_view text, const std::string& file)
{
    int depth = 0;
    const auto shallow = [&](int, json::parse_event_t event, json&) {
        depth += event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        depth -= event == json::parse_event_t::object_end || event == json::parse_event_t::array_end;
        return depth < 64;
    };
    json parsed = json::parse(text.begin(), text.end(), shallow, false);
    if (!parsed.is_object())
        return Error{ErrorKind::BadData, file + " is not a JSON object"};
    return parsed;
}

} // namespace

Result<Config> parseConfig(std::string_view text, const std::string& file)
{
    TRY_ASSIGN(const json parsed, parseObject(text, file));
    Config config;
    Reader reader(parsed, file);
    reader.whole("num_latents", config.numLatents);
    reader.whole("d_latents", config.dLatents);
    reader.whole("d_model", config.dModel);
    reader.whole("num_blocks", config.numBlocks);
    reader.whole("num_self_attends_per_block", config.numSelfAttendsPerBlock, 0);
    reader.whole("num_self_attention_heads", config.numSelfAttentionHeads);
    reader.whole("num_cross_attention_heads", config.numCrossAttentionHeads);
    reader.whole("qk_channels", config.qkChannels);
    reader.whole("v_channels", config.vChannels);
    config.crossAttentionShapeIsKv = reader.word("cross_attention_shape_for_attention", {"kv", "q"}) == 0;
    reader.whole("self_attention_widening_factor", config.selfAttentionWideningFactor);
    reader.whole("cross_attention_widening_factor", config.crossAttentionWideningFactor);
    reader.flag("use_query_residual", config.useQueryResidual);
    reader.word("hidden_act", {"gelu"});
    reader.whole("max_position_embeddings", config.maxPositionEmbeddings);
    reader.whole("vocab_size", config.vocabSize);
    reader.whole("image_size", config.imageSize);
    reader.wholes("train_size", config.trainSize);
    reader.whole("num_frames", config.numFrames);
    reader.whole("audio_samples_per_frame", config.audioSamplesPerFrame);
    reader.whole("samples_per_patch", config.samplesPerPatch);
    reader.wholes("output_shape", config.outputShape);
    reader.whole("output_num_channels", config.outputNumChannels);
    reader.whole("_label_trainable_num_channels", config.labelTrainableNumChannels);
    reader.labels(config.labels);
    if (const auto starter = parsed.find("starter_flow"); starter != parsed.end()) {
        if (!starter->is_object())
            return Error{ErrorKind::BadData, file + ": starter_flow must be an object"};
        Reader inner(*starter, file + ", starter_flow");
        config.starterFlow = starterFlow(inner);
        if (inner.error())
            return *inner.error();
    }
    if (reader.error())
        return *reader.error();
    return config;
}

Result<ImageProcessing> parseImageProcessing(std::string_view text, const std::string& file)
{
    TRY_ASSIGN(const json parsed, parseObject(text, file));
    Reader reader(parsed, file);
    ImageProcessing processing;
    int64_t cropSize = 256;
    bool crops = true;
    reader.square("size", processing.size);
    reader.square("crop_size", cropSize);
    reader.flag("do_center_crop", crops);
    reader.numbers("image_mean", processing.mean, -1e6);
    reader.numbers("image_std", processing.deviation, 1e-6);
    processing.kept = crops ? double(processing.size) / double(cropSize) : 1;
    if (processing.kept > 1 || processing.size > 4096)
        reader.fail("size must be at most crop_size and at most 4096");
    if (reader.error())
        return *reader.error();
    return processing;
}

Result<Config> readConfig(const std::filesystem::path& folder)
{
    const auto read = [](const std::filesystem::path& path, auto parse) -> decltype(parse({}, {})) {
        TRY_ASSIGN(const std::shared_ptr<const MappedFile> file, MappedFile::open(path));
        const auto bytes = file->bytes();
        return parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
    };
    TRY_ASSIGN(Config config, read(folder / "config.json", parseConfig));
    std::error_code ignored;
    if (const auto path = folder / "preprocessor_config.json"; std::filesystem::exists(path, ignored)) {
        TRY_ASSIGN(config.imageProcessing, read(path, parseImageProcessing));
    }
    return config;
}

} // namespace engine::weights
