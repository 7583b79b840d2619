#include "app/document/analysis.h"

#include "app/commands/forecast.h"
#include "app/commands/model_folder.h"
#include "app/commands/top_labels.h"
#include "app/formats/flow_colour.h"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace app::document {

using engine::Result;
namespace perceiver = engine::perceiver;
namespace tasks = engine::tasks;

namespace {

constexpr int kGuesses = 5;

std::vector<Share> sharesOf(const perceiver::Model& model, const std::vector<float>& probabilities)
{
    std::vector<Share> shares;
    for (const size_t i : commands::mostProbableFirst(probabilities))
        shares.push_back({commands::labelOf(model, i), probabilities[i]});
    return shares;
}

} // namespace

std::pair<std::string, std::string> taskOf(const Question& question)
{
    if (question.pictures.size() == 2)
        return {"flow", "Optical flow"};
    if (question.pictures.size() == 1)
        return {"image", "Image classification"};
    if (question.text.find("[MASK]") != std::string::npos)
        return {"text", "Masked language"};
    return {"sentiment", "Mood of a text"};
}

Result<std::shared_ptr<const perceiver::Model>> Analyst::model(const std::string& name)
{
    if (const auto found = m_models.find(name); found != m_models.end())
        return found->second;
    TRY_ASSIGN(const std::string chosen, commands::modelOr({}, name));
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(chosen));
    TRY_ASSIGN(const engine::weights::Checkpoint checkpoint, engine::weights::Checkpoint::open(folder));
    if (!m_device) {
        TRY_ASSIGN(m_device, engine::vulkan::createDevice({}));
        m_open = m_device.get();
    }
    TRY_ASSIGN(auto loaded, perceiver::Model::load(*m_device, checkpoint, perceiver::Flavour::Hf));
    return m_models[name] = std::move(loaded);
}

Result<void> Analyst::picture(const engine::Image& image, Analysis& answer)
{
    TRY_ASSIGN(const auto model, this->model(answer.model));
    m_device->beginJob(commands::expectedFlop(*model), m_progress);
    perceiver::Run run;
    TRY_ASSIGN(const std::vector<float> shares, tasks::classify(*model, image, {}, &run));
    TRY_ASSIGN(answer.weights, perceiver::Attention(*model, run).outputToInputs({0}, {}, true));
    answer.weights.shape = run.tokens.layout[0].grid;
    answer.shares = sharesOf(*model, shares);
    answer.crop = tasks::shownPart(image.width, image.height, model->config().imageProcessing, model->flavour());
    answer.remark = "The model knows these " + std::to_string(answer.shares.size())
        + " things only, and names the nearest of them whatever it is shown.";
    return {};
}

Result<void> Analyst::text(const std::string& text, Analysis& answer)
{
    TRY_ASSIGN(const auto model, this->model(answer.model));
    const tasks::Tokenized tokens = tasks::tokenize(text, true);
    m_device->beginJob(commands::expectedFlop(*model, int64_t(tokens.ids.size()), 64), m_progress);
    perceiver::Run run;
    uint32_t asked = 0;
    if (model->kind() == perceiver::Kind::MaskedLanguage) {
        TRY_ASSIGN(const tasks::Filled filled, tasks::fillMasks(*model, text, {}, kGuesses, {}, &run));
        answer.masked = filled.masked;
        answer.filled = filled.text;
        asked = uint32_t(filled.masked.front().token);
        answer.remark = "The text is coloured by what the first hidden byte was guessed from.";
    } else {
        TRY_ASSIGN(const std::vector<float> shares, tasks::labelText(*model, text, {}, &run));
        answer.shares = sharesOf(*model, shares);
        answer.remark = "The text is coloured by what the answer looked at.";
    }
    TRY_ASSIGN(const engine::HostTensor weights, perceiver::Attention(*model, run).outputToInputs({asked}, {}, true));
    answer.weights = engine::HostTensor({int64_t(text.size())});
    for (size_t t = 0; t < tokens.ids.size(); ++t) {
        const int64_t first = tokens.byteOfToken[t];
        if (first < 0)
            continue;
        // a literal [MASK] is one token of six bytes
        const size_t end = tokens.ids[t] == tasks::kMaskToken ? size_t(first) + 6 : size_t(first) + 1;
        for (size_t b = size_t(first); b < std::min(end, text.size()); ++b)
            answer.weights.values[b] = weights.values[t];
    }
    return {};
}

Result<void> Analyst::frames(const engine::Image& first, const engine::Image& second, Analysis& answer)
{
    TRY_ASSIGN(const auto model, this->model(answer.model));
    m_device->beginJob(
        commands::expectedFlop(*model) * double(tasks::flowTileCount(*model, first.height, first.width)), m_progress);
    TRY_ASSIGN(tasks::FlowResult result, tasks::opticalFlow(*model, first, second));
    answer.flowScale = formats::colourScale(result.flow);
    answer.flow = std::move(result.flow);
    return {};
}

Result<std::shared_ptr<const Analysis>> Analyst::analyse(
    const Question& question, const engine::ops::ProgressCallback& progress)
{
    const auto start = std::chrono::steady_clock::now();
    auto answer = std::make_shared<Analysis>();
    std::tie(answer->model, answer->task) = taskOf(question);
    m_progress = progress;
    if (m_device)
        m_device->beginJob(0, progress); // whatever was cancelled before, this question begins
    Result<void> done = question.pictures.size() == 2 ? frames(question.pictures[0], question.pictures[1], *answer)
        : question.pictures.size() == 1               ? picture(question.pictures[0], *answer)
                                                      : text(question.text, *answer);
    if (m_device)
        if (Result<void> ended = m_device->endJob(); done.ok() && !ended.ok())
            done = ended;
    TRY(std::move(done));
    answer->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::shared_ptr<const Analysis>(answer);
}

void Analyst::cancel()
{
    if (auto* device = m_open.load())
        device->requestCancel();
}

} // namespace app::document
