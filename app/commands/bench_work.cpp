#include "app/commands/bench_work.h"

#include <chrono>
#include <random>

namespace app::commands {

namespace perceiver = engine::perceiver;
using engine::Result;

perceiver::Inputs noise(const perceiver::Model& model, std::optional<int64_t> length)
{
    using perceiver::Kind;
    const auto& c = model.config();
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    const auto array = [&](engine::Shape shape) {
        engine::HostTensor tensor(std::move(shape));
        for (float& v : tensor.values)
            v = normal(random);
        return tensor;
    };
    switch (model.kind()) {
    case Kind::MaskedLanguage:
    case Kind::TextClassification:
        return perceiver::TextInputs{std::vector<int32_t>(size_t(length.value_or(c.maxPositionEmbeddings)), 100), {}};
    case Kind::OpticalFlow:
        return perceiver::FlowInputs{array({c.trainSize[0] * c.trainSize[1], 54})};
    case Kind::Multimodal:
        return perceiver::ClipInputs{array({c.outputShape[1], c.outputShape[2], c.outputShape[3], 3}),
            array({c.numFrames * c.audioSamplesPerFrame}).values};
    case Kind::Bare:
        return perceiver::ArrayInputs{array({length.value_or(c.maxPositionEmbeddings), c.dModel}), {}};
    default:
        const int64_t side = engine::tasks::inputSize(model);
        return perceiver::ImageInputs{array({side * side, 3}), side, side};
    }
}

BenchWork benchWork(const Session& session)
{
    const perceiver::Model& model = *session.model;
    BenchWork work{.flop = expectedFlop(model), .reference = referenceFlop(sizesOf(model), model.config())};
    if (model.config().starterFlow) {
        auto frame = std::make_shared<engine::Image>(640, 480);
        const double tiles = double(engine::tasks::flowTileCount(model, frame->height, frame->width));
        work.flop *= tiles;
        for (double* part :
            {&work.reference.preprocess, &work.reference.encoder, &work.reference.latents, &work.reference.decoder})
            *part *= tiles;
        work.run = [&model, frame]() -> Result<void> {
            TRY_ASSIGN(const auto flow, engine::tasks::opticalFlow(model, *frame, *frame));
            return {};
        };
        return work;
    }
    work.run = [&model, inputs = std::make_shared<perceiver::Inputs>(noise(model))]() -> Result<void> {
        TRY_ASSIGN(const auto run, model.encode(*inputs, {}, false));
        for (const auto& head : model.outputs())
            model.decode(run, head, {.count = head.segment.count()});
        return model.device().finish();
    };
    return work;
}

Result<double> timed(engine::ops::Device& device, const std::function<Result<void>()>& work)
{
    using namespace std::chrono;
    TRY(device.finish());
    device.takeTimings();
    device.resetHighWater();
    const auto start = steady_clock::now();
    TRY(work());
    return duration<double>(steady_clock::now() - start).count();
}

} // namespace app::commands
