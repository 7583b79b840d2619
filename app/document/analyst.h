// The engine as the window uses it: an open device, the models used so far, the run that was answered last, and maps of
// its attention. One thread, the engine's, but for cancel. Errors are the tasks', the device's and the loaders' own.
#pragma once

#include "app/document/attention_map.h"

#include <functional>
#include <map>
#include <mutex>

namespace app::document {

class Analyst {
public:
    using OpenDevice = std::function<engine::Result<std::unique_ptr<engine::ops::Device>>()>;
    explicit Analyst(OpenDevice open = [] { return engine::devices::openDevice(); });

    // From the next question on another device, with the models and the run; any thread.
    void openWith(OpenDevice open);
    // Opens the device at the first question; and again, with the models and the run, at the next one after it was
    // lost. The run is kept, for the maps. onCoarser: of two frames, the motion as far as it is known, before the
    // answer.
    using CoarserCallback = std::function<void(engine::FlowField)>;
    engine::Result<AnalysisPtr> analyse(
        const Question& question, const engine::ops::ProgressCallback& progress, const CoarserCallback& onCoarser = {});
    // An earlier answer becomes the last one again: of two frames, tiles are run when they are asked about; anything
    // else is run again here. question: as it was asked.
    engine::Result<void> resume(
        const Question& question, const AnalysisPtr& answer, const engine::ops::ProgressCallback& progress = {});
    // Of the last answered analysis. Usage when it has nothing of the kind, or no such element.
    engine::Result<MapPtr> map(const MapQuestion& question, const engine::ops::ProgressCallback& progress);
    // place: frames: the pixel whose tile is meant.
    engine::Result<LatentMapsPtr> latentMaps(
        std::optional<uint32_t> place, const engine::ops::ProgressCallback& progress);
    engine::Result<LayerMapsPtr> layerMaps(
        std::optional<uint32_t> place, const engine::ops::ProgressCallback& progress);
    // Of any map [rows, columns], with the last answer's model's bands.
    engine::Result<SpectrumPtr> spectrum(const engine::HostTensor& map, const engine::ops::ProgressCallback& progress);
    // Stops what runs, if anything does; from any thread, while this lives.
    void cancel();

private:
    using ModelPtr = std::shared_ptr<const engine::perceiver::Model>;
    struct Loaded {
        ModelPtr model;
        ModelFacts facts;
    };
    // What is asked about: a run of its own, or one tile of frames.
    struct Trace {
        engine::perceiver::Run run;
        mutable engine::perceiver::FusedLayers fused;
        std::optional<engine::tasks::FlowTile> tile; // frames
    };

    // Where the device was lost or another is wanted: without it and what lay on it; and with another one, for the last
    // answer.
    void leaveDevice();
    engine::Result<void> recover(const engine::ops::ProgressCallback& progress);
    engine::Result<ModelPtr> modelOf(const std::string& chosen);
    static std::vector<Share> sharesOf(
        const engine::perceiver::Model& model, const std::vector<float>& probabilities); // most probable first
    engine::Result<void> picture(const Question& question, Analysis& answer);
    engine::Result<void> text(const Question& question, Analysis& answer);
    engine::Result<void> clip(const Question& question, Analysis& answer); // analyst_clip.cpp
    engine::Result<void> frames(const Question& question, Analysis& answer, const CoarserCallback& onCoarser);
    engine::Result<void> framesWithout(const Question& question, Analysis& answer);
    // What is left out of a tile of frames, in the tile's numbers.
    static engine::perceiver::KnockOut withinTile(
        const engine::perceiver::KnockOut& without, const engine::tasks::FlowTile& tile, int64_t width);
    uint32_t pixelMeant(const Analysis& answer) const; // frames: asked about last, else the middle; else 0
    // One job of the device: progress, cancelling, errors.
    engine::Result<void> job(
        double flop, const engine::ops::ProgressCallback& progress, const std::function<engine::Result<void>()>& work);

    engine::Result<const Trace*> traceAt(uint32_t pixel); // frames: of the tile there; else the run
    engine::Result<void> mapOverPart(const MapQuestion& question, AttentionMap& map);
    engine::Result<void> mapOverTiles(const MapQuestion& question, AttentionMap& map);
    engine::Result<engine::HostTensor> weightsOf(const Trace& trace, const MapQuestion& question);
    engine::Result<engine::HostTensor> throughOneLayer(const Trace& trace, const MapQuestion& question);

    std::unique_ptr<engine::ops::Device> m_device;
    std::mutex m_mutex;
    engine::ops::Device* m_open = nullptr; // under the mutex: the one to cancel
    OpenDevice m_openDevice;
    OpenDevice m_nextDevice; // under the mutex: wanted in its place, if any
    bool m_wasLost = false; // not yet told
    std::map<std::string, Loaded> m_models; // go before their device
    ModelPtr m_model;
    Question m_question;
    AnalysisPtr m_answer;
    std::optional<Trace> m_trace; // frames: of the tile asked about last
    std::optional<uint32_t> m_lastPixel; // frames: the pixel asked about last
    uint64_t m_count = 0;
};

} // namespace app::document
