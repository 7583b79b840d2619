#include "engine/perceiver/model.h"
#include "engine/perceiver/preprocess_clip.h"
#include "engine/perceiver/preprocess_flow.h"
#include "engine/perceiver/preprocess_image.h"
#include "engine/perceiver/preprocess_text.h"
#include "engine/perceiver/recognise.h"

#include <algorithm>

namespace engine::perceiver {

Result<std::shared_ptr<const Model>> Model::load(
    ops::Device& device, const weights::Checkpoint& checkpoint, Flavour flavour)
{
    std::shared_ptr<Model> model(new Model(device));
    model->m_config = checkpoint.config();
    model->m_flavour = flavour;
    const std::string prefix = prefixOf(checkpoint);
    model->m_kind = kindOf(checkpoint);
    TRY(checkLayout(checkpoint));
    const auto pass = device.pass("load");
    Loader loader(device, checkpoint, prefix);
    model->loadParts(loader);
    TRY(loader.status());
    if (const auto extra = checkpoint.unfetched(); !extra.empty()) {
        std::string names;
        size_t others = 0;
        for (const std::string& name : extra)
            if (!name.ends_with("num_batches_tracked"))
                (others++ < 3 ? names += (names.empty() ? "" : ", ") + name : names);
        if (others > 0)
            return Error{ErrorKind::BadData,
                checkpoint.weightFile().string() + " holds " + std::to_string(others) + " tensors that no "
                    + perceiver::name(model->m_kind) + " model has (" + names + (others > 3 ? ", …" : "")
                    + "): it belongs to another model"};
    }
    TRY(device.finish());
    return std::shared_ptr<const Model>(model);
}

void Model::loadParts(Loader& loader)
{
    const weights::Config& c = m_config;
    loadPreprocessor(loader.under("input_preprocessor."));
    const int64_t channels = m_preprocessor->channels();
    const HostTensor latents = loader.tensor("embeddings.latents", {c.numLatents, c.dLatents});

    // Resolution of null channels (1.4): cross-attention takes the width that its config names, values that of the
    // keys.
    const int64_t crossF = c.qkChannels.value_or(c.crossAttentionShapeIsKv ? channels : c.dLatents);
    const int64_t crossV = c.vChannels.value_or(crossF);
    const int64_t selfF = c.qkChannels.value_or(c.dLatents), selfV = c.vChannels.value_or(selfF);
    const int64_t crossHeads = c.numCrossAttentionHeads, selfHeads = c.numSelfAttentionHeads;
    const bool text = m_kind == Kind::MaskedLanguage || m_kind == Kind::TextClassification || m_kind == Kind::Bare;
    Loader cross = loader.under("encoder.cross_attention.");
    m_encoder = EncoderCross::load(cross, latents, channels, {crossHeads, crossF / crossHeads},
        {crossHeads, crossV / crossHeads}, c.crossAttentionWideningFactor, c.useQueryResidual, !text, m_flavour);
    for (int64_t i = 0; i < c.numSelfAttendsPerBlock && loader.status().ok(); ++i) {
        Loader self = loader.under("encoder.self_attends." + std::to_string(i) + ".");
        m_layers.push_back(SelfLayer::load(self, c.dLatents, {selfHeads, selfF / selfHeads},
            {selfHeads, selfV / selfHeads}, c.selfAttentionWideningFactor, m_flavour));
    }
    if (m_kind != Kind::Bare)
        loadDecoder(loader.under(m_kind == Kind::MaskedLanguage ? "decoder." : "decoder.decoder."), loader);
}

void Model::loadPreprocessor(Loader loader)
{
    const weights::Config& c = m_config;
    switch (m_kind) {
    case Kind::MaskedLanguage:
    case Kind::TextClassification:
        m_preprocessor = TextPreprocessor::load(loader, c.vocabSize, c.maxPositionEmbeddings, c.dModel);
        break;
    case Kind::ImageLearned:
        m_preprocessor = LearnedImagePreprocessor::load(loader, c.imageSize);
        break;
    case Kind::ImageFourier:
        m_preprocessor = std::make_unique<FourierImagePreprocessor>();
        break;
    case Kind::ImageConv:
        m_preprocessor = ConvImagePreprocessor::load(loader, m_flavour);
        break;
    case Kind::OpticalFlow:
        m_preprocessor = FlowPreprocessor::load(loader, c);
        break;
    case Kind::Multimodal:
        m_preprocessor = ClipPreprocessor::load(loader, c,
            rowsOf(loader.checkpoint(), "perceiver.output_postprocessor.modalities.label.classifier.weight"));
        break;
    case Kind::Bare:
        m_preprocessor = std::make_unique<ArrayPreprocessor>(c.dModel);
        break;
    }
}

void Model::addTrainedOutput(Loader& decoder, const std::string& queries, int64_t count, int64_t channels, Linear map)
{
    const ops::Tensor table = decoder.upload(decoder.tensor(queries, {count, channels}));
    m_outputs.push_back({.segment = {"", 0, {count}},
        .queries = [this, table](const Run&, const Selection& s) { return chosenRows(*m_device, table, s); },
        .map = map});
}

void Model::loadDecoder(Loader loader, Loader root)
{
    const weights::Config& c = m_config;
    const int64_t d = c.dLatents, inputs = m_preprocessor->channels();
    const std::string queries = "output_position_encodings.position_embeddings";
    // Per kind (1.3): query width E, heads, channels, residual.
    int64_t channels = d;
    Heads queryKey{1, d}, value{1, d};
    bool residual = true;
    if (m_kind == Kind::MaskedLanguage) {
        channels = c.dModel;
        queryKey = {kMaskedDecoderHeads, 32};
        value = {kMaskedDecoderHeads, c.dModel / kMaskedDecoderHeads};
        residual = false;
    } else if (m_kind == Kind::ImageLearned) {
        residual = m_flavour == Flavour::Hf; // F2
    } else if (m_kind == Kind::OpticalFlow) {
        channels = inputs;
        residual = false;
        if (c.starterFlow) {
            const int64_t heads = c.starterFlow->decoderNumHeads;
            queryKey = {heads, c.starterFlow->decoderQkChannels / heads};
            value = {heads, c.starterFlow->decoderVChannels / heads};
            residual = c.starterFlow->decoderUseQueryResidual;
        }
    } else if (m_kind == Kind::Multimodal) {
        channels = std::max({fourierChannels(1, kClipAudioBands), fourierChannels(3, kClipImageBands),
                       c.labelTrainableNumChannels})
            + 2; // the reference's min_padding_size
        residual = false;
    }
    Loader cross = loader.under("decoding_cross_attention.");
    m_decoder = DecoderCross::load(
        cross, channels, d, queryKey, value, 1, residual, m_flavour); // BasicDecoder: widening_factor=1

    switch (m_kind) {
    case Kind::MaskedLanguage: { // the input embedding is the output matrix too
        const auto& text = static_cast<const TextPreprocessor&>(*m_preprocessor);
        Linear map{text.embedding(), root.uploadRow(root.top().tensor("embedding_decoder.bias", {c.vocabSize}).values)};
        addTrainedOutput(loader, queries, c.maxPositionEmbeddings, channels, map);
        break;
    }
    case Kind::OpticalFlow: {
        HostLinear map = loader.linear("final_layer", 2, channels);
        const double factor = c.starterFlow ? 1.0 : 0.01; // the reference's rescale_factor of 100
        for (float& v : map.weight.values)
            v = float(v * factor);
        for (float& v : map.bias)
            v = float(v * factor);
        m_outputs.push_back({.segment = {"", 0, {c.trainSize[0], c.trainSize[1]}},
            .queries = [this](const Run& run, const Selection& s) { return run.tokens.rows.chosen(*m_device, s); },
            .map = loader.upload(map),
            .hiddenMap = hiddenMap(cross, map),
            .ofInputs = true});
        break;
    }
    case Kind::Multimodal:
        addClipOutputs(loader, root, cross, channels);
        break;
    default: {
        const int64_t labels = labelCount(loader.checkpoint());
        addTrainedOutput(loader, queries, 1, channels, loader.upload(loader.linear("final_layer", labels, channels)));
    }
    }
}

// The map of a head with few values after the decoder's second MLP layer (attention.md 3.2, tail).
Linear Model::hiddenMap(Loader& cross, const HostLinear& map)
{
    const int64_t channels = map.weight.columns();
    return cross.upload(composed(map, cross.linear("mlp.dense2", channels, channels))); // widening 1
}

// Queries of the multimodal decoder (section 6): positions that never reach the end, filled up with a trained vector;
// the final layer and each modality's own are one map.
void Model::addClipOutputs(Loader& loader, Loader& root, Loader& cross, int64_t channels)
{
    const weights::Config& c = m_config;
    const HostLinear final = loader.linear("final_layer", c.outputNumChannels, channels);
    const auto head = [&](const std::string& modality, int64_t values) {
        return composed(
            root.linear("output_postprocessor.modalities." + modality + ".classifier", values, c.outputNumChannels),
            final);
    };
    const auto fourier = [&](const std::string& modality, int64_t first, const Shape& grid, const Shape& resolution,
                             int64_t bands, int64_t values) {
        const int64_t positions = fourierChannels(int64_t(grid.size()), bands);
        const HostTensor padding = root.tensor("decoder.padding." + modality, {1, channels - positions});
        const auto rows = rowGrid(*m_device, grid, resolution, bands, 0, Grid::Open, &padding);
        const HostLinear map = head(modality, values);
        m_outputs.push_back({.segment = {modality, first, grid},
            .queries = [this, rows](const Run&, const Selection& s) { return wholeRows(*m_device, *rows, {}, s); },
            .map = loader.upload(map),
            .hiddenMap = hiddenMap(cross, map),
            .grid = rows});
    };
    const int64_t samples = c.numFrames * c.audioSamplesPerFrame, patches = samples / c.samplesPerPatch;
    const Shape image{c.outputShape[1], c.outputShape[2], c.outputShape[3]};
    const int64_t labels
        = rowsOf(root.checkpoint(), "perceiver.output_postprocessor.modalities.label.classifier.weight");
    fourier("audio", 0, {patches}, {samples}, kClipAudioBands, c.samplesPerPatch);
    fourier("image", patches, image, {c.numFrames, c.imageSize, c.imageSize}, kClipImageBands, 3);

    const int64_t trained = c.labelTrainableNumChannels;
    const HostTensor query
        = root.tensor("decoder.modalities.label.decoder.output_position_encodings.position_embeddings", {1, trained});
    const HostTensor padding = root.tensor("decoder.padding.label", {1, channels - trained});
    HostTensor row({1, channels});
    std::copy(padding.values.begin(), padding.values.end(),
        std::copy(query.values.begin(), query.values.end(), row.values.begin()));
    const ops::Tensor table = root.upload(row);
    m_outputs.push_back({.segment = {"label", patches + elementCount(image), {1}},
        .queries = [table](const Run&, const Selection&) { return table; },
        .map = loader.upload(head("label", labels))});
}

} // namespace engine::perceiver
