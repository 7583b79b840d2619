#include "app/document/analyst.h"

#include "app/commands/forecast.h"
#include "app/commands/model_folder.h"
#include "app/commands/top_labels.h"
#include "app/document/elapsed.h"
#include "app/formats/flow_colour.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace app::document {

using engine::Error;
using engine::ErrorKind;
using engine::Result;
namespace perceiver = engine::perceiver;
namespace tasks = engine::tasks;

namespace {

constexpr int kGuesses = 5;

tasks::FlowOptions flowOptions(const Question& question)
{
    tasks::FlowOptions options;
    if (question.live)
        options.iterations = 1;
    return options;
}

} // namespace

std::vector<Share> Analyst::sharesOf(const perceiver::Model& model, const std::vector<float>& probabilities)
{
    std::vector<Share> shares;
    for (const size_t i : commands::mostProbableFirst(probabilities))
        shares.push_back({commands::labelOf(model, i), probabilities[i]});
    return shares;
}

Analyst::Analyst(OpenDevice open) : m_openDevice(std::move(open)) { }

void Analyst::openWith(OpenDevice open)
{
    const std::lock_guard lock(m_mutex);
    m_nextDevice = std::move(open);
}

void Analyst::leaveDevice()
{
    OpenDevice next;
    {
        const std::lock_guard lock(m_mutex);
        next = std::exchange(m_nextDevice, nullptr);
    }
    const bool lost = m_device && m_device->isLost();
    if (next)
        m_openDevice = next;
    if (!lost && !next)
        return;
    m_wasLost = m_wasLost || lost;
    m_trace.reset();
    m_model.reset();
    m_models.clear();
    {
        const std::lock_guard lock(m_mutex); // a cancel may be on its way
        m_open = nullptr;
    }
    m_device.reset();
}

Result<void> Analyst::recover(const engine::ops::ProgressCallback& progress)
{
    leaveDevice();
    if (!m_answer || m_model)
        return {};
    const AnalysisPtr answer = std::exchange(m_answer, nullptr);
    const std::optional<uint32_t> pixel = m_lastPixel;
    const Question question = m_question;
    Result<void> again = resume(question, answer, progress);
    m_answer = answer; // also where that failed: the next question tries again
    m_lastPixel = pixel;
    return again;
}

Result<Analyst::ModelPtr> Analyst::modelOf(const std::string& chosen)
{
    if (const auto found = m_models.find(chosen); found != m_models.end())
        return found->second.model;
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(chosen));
    TRY_ASSIGN(const engine::weights::Checkpoint checkpoint, engine::weights::Checkpoint::open(folder));
    if (!m_device) {
        TRY_ASSIGN(m_device, m_openDevice());
        const std::lock_guard lock(m_mutex);
        m_open = m_device.get();
    }
    auto loaded = perceiver::Model::load(*m_device, checkpoint, perceiver::Flavour::Hf);
    if (!loaded.ok()) { // a cancel is over with it, and so is a lack of memory
        (void)m_device->endJob();
        return loaded.error();
    }
    m_models[chosen] = {loaded.value(), factsOf(checkpoint)};
    return loaded.value();
}

Result<void> Analyst::job(
    double flop, const engine::ops::ProgressCallback& progress, const std::function<Result<void>()>& work)
{
    m_device->beginJob(flop, progress);
    Result<void> done = work();
    if (Result<void> ended = m_device->endJob(); done.ok() && !ended.ok())
        done = ended;
    return done;
}

Result<void> Analyst::picture(const Question& question, Analysis& answer)
{
    const engine::Image& image = *question.pictures[0];
    Trace trace;
    TRY_ASSIGN(const std::vector<float> shares, tasks::classify(*m_model, image, question.without, &trace.run));
    answer.shares = sharesOf(*m_model, shares);
    answer.inputGrid = trace.run.tokens.layout[0].grid;
    answer.outputs = 1;
    answer.crop = tasks::shownPart(image.width, image.height, m_model->config().imageProcessing, m_model->flavour());
    answer.remark = "The model knows these " + std::to_string(answer.shares.size())
        + " things only, and names the nearest of them whatever it is shown.";
    m_trace = std::move(trace);
    return {};
}

Result<void> Analyst::text(const Question& question, Analysis& answer)
{
    const tasks::Tokenized tokens = tasks::tokenize(question.text, true);
    answer.byteOfToken = tokens.byteOfToken;
    answer.textBytes = int64_t(question.text.size());
    answer.inputGrid = {int64_t(tokens.ids.size())};
    Trace trace;
    if (m_model->kind() == perceiver::Kind::MaskedLanguage) {
        TRY_ASSIGN(const tasks::Filled filled,
            tasks::fillMasks(*m_model, question.text, question.masks, kGuesses, question.without, &trace.run));
        answer.masked = filled.masked;
        answer.filled = filled.text;
        answer.outputs = int64_t(tokens.ids.size());
    } else {
        TRY_ASSIGN(
            const std::vector<float> shares, tasks::labelText(*m_model, question.text, question.without, &trace.run));
        answer.shares = sharesOf(*m_model, shares);
        answer.outputs = 1;
    }
    m_trace = std::move(trace);
    return {};
}

Result<void> Analyst::frames(const Question& question, Analysis& answer, const CoarserCallback& onCoarser)
{
    const engine::Image &first = *question.pictures[0], &second = *question.pictures[1];
    const Analysis* known = question.backward && question.before ? question.before.get() : nullptr;
    if (known && known->flow) { // only the way back is missing
        answer.flow = known->flow;
        answer.beforeLast = known->beforeLast;
    } else {
        tasks::FlowOptions options = flowOptions(question);
        if (!question.live)
            options.onCoarser = onCoarser;
        TRY_ASSIGN(tasks::FlowResult result, tasks::opticalFlow(*m_model, first, second, options));
        answer.flow = std::move(result.flow);
        answer.beforeLast = std::move(result.beforeLast);
    }
    if (question.backward) {
        TRY_ASSIGN(tasks::FlowResult result, tasks::opticalFlow(*m_model, second, first));
        answer.backward = std::move(result.flow);
    }
    answer.flowScale = formats::colourScale(*answer.flow);
    answer.motion = views::shown({.first = first, .second = second, .flow = *answer.flow, .backward = answer.backward});
    answer.inputGrid = {first.height, first.width};
    answer.crop = {0, 0, first.width, first.height};
    answer.outputs = int64_t(first.height) * first.width;
    return {};
}

perceiver::KnockOut Analyst::withinTile(const perceiver::KnockOut& without, const tasks::FlowTile& tile, int64_t width)
{
    perceiver::KnockOut within{{}, without.latents, without.heads};
    for (const uint32_t pixel : without.inputs) {
        const int64_t y = pixel / width - tile.top, x = pixel % width - tile.left;
        if (y >= 0 && x >= 0 && y < tile.height && x < tile.width)
            within.inputs.push_back(uint32_t(y * tile.width + x));
    }
    return within;
}

uint32_t Analyst::pixelMeant(const Analysis& answer) const
{
    const auto& grid = answer.inputGrid;
    return answer.scene == Scene::Frames ? m_lastPixel.value_or(uint32_t(grid[0] / 2 * grid[1] + grid[1] / 2)) : 0;
}

// The pass over one tile again, without something: what that changes of its motion.
Result<void> Analyst::framesWithout(const Question& question, Analysis& answer)
{
    const engine::Image &first = *question.pictures[0], &second = *question.pictures[1];
    const Analysis& before = *question.before;
    const auto& pixels = question.without.inputs;
    const uint32_t place = !pixels.empty() ? pixels[pixels.size() / 2] : pixelMeant(before);
    const int64_t row = place / uint32_t(first.width), column = place % uint32_t(first.width);
    const tasks::FlowTile tile = tasks::flowTileAt(*m_model, first.height, first.width, row, column);
    const perceiver::KnockOut without = withinTile(question.without, tile, first.width);
    TRY_ASSIGN(const auto plain, tasks::lastFlowPass(*m_model, first, second, before.beforeLast, row, column));
    TRY_ASSIGN(auto less, tasks::lastFlowPass(*m_model, first, second, before.beforeLast, row, column, without));
    answer.flow = before.flow;
    answer.backward = before.backward;
    answer.beforeLast = before.beforeLast;
    answer.flowScale = before.flowScale;
    answer.inputGrid = before.inputGrid;
    answer.crop = before.crop;
    answer.outputs = before.outputs;
    const int64_t bottom = std::min<int64_t>(tile.top + tile.height, first.height),
                  right = std::min<int64_t>(tile.left + tile.width, first.width);
    for (int64_t y = tile.top; y < bottom; ++y)
        for (int64_t x = tile.left; x < right; ++x)
            for (int k = 0; k < 2; ++k)
                answer.flow->vector(int(x), int(y))[k] += less.motion.vector(int(x - tile.left), int(y - tile.top))[k]
                    - plain.motion.vector(int(x - tile.left), int(y - tile.top))[k];
    const tasks::Rect part{int(tile.left), int(tile.top), int(right - tile.left), int(bottom - tile.top)};
    answer.changed = part;
    answer.motion = views::shown({.first = first, .second = second, .flow = *answer.flow, .backward = answer.backward});
    answer.remark = "The last pass over one tile was run again without what was selected.";
    m_trace = Trace{std::move(less.run), {}, tile};
    return {};
}

Result<AnalysisPtr> Analyst::analyse(
    const Question& question, const engine::ops::ProgressCallback& progress, const CoarserCallback& onCoarser)
{
    const auto start = std::chrono::steady_clock::now();
    auto answer = std::make_shared<Analysis>();
    std::tie(answer->model, answer->task) = taskOf(question);
    if (!question.model.empty())
        answer->model = question.model;
    answer->scene = sceneOf(question);
    answer->before = question.before;
    answer->without = question.without;
    leaveDevice();
    if (m_device)
        m_device->beginJob(0, progress); // whatever was cancelled before, this question begins
    TRY_ASSIGN(const ModelPtr model, modelOf(answer->model));
    const ModelPtr earlierModel = std::exchange(m_model, model);
    std::optional<Trace> earlierTrace = std::exchange(m_trace, std::nullopt);
    answer->facts = m_models[answer->model].facts;
    answer->device = m_device->info().name;
    answer->fast = m_device->precision() == engine::ops::Precision::Fast;
    m_device->takeTimings();
    m_device->resetHighWater();
    double flop = commands::expectedFlop(*model);
    if (answer->scene == Scene::Frames)
        flop *= question.without.empty() ? double(tasks::flowTileCount(*model, question.pictures[0]->height,
                                               question.pictures[0]->width, flowOptions(question)))
                * (question.backward && !question.before ? 2 : 1)
                                         : 2;
    else if (answer->scene == Scene::Text)
        flop = commands::expectedFlop(*model, int64_t(question.text.size()) + 2, 64);
    Result<void> done = job(flop, progress, [&] {
        switch (answer->scene) {
        case Scene::Frames:
            return question.before && !question.without.empty() ? framesWithout(question, *answer)
                                                                : frames(question, *answer, onCoarser);
        case Scene::Picture:
            return picture(question, *answer);
        case Scene::Clip:
            return clip(question, *answer);
        case Scene::Text:
            break;
        }
        return text(question, *answer);
    });
    if (!done.ok()) { // the answer before this question can still be asked about
        m_model = earlierModel;
        m_trace = std::move(earlierTrace);
        return done.error();
    }
    answer->timings = m_device->takeTimings();
    if (const auto memory = m_device->memory(); !memory.empty())
        answer->deviceBytes = memory.back().highWaterBytes;
    answer->number = ++m_count;
    answer->seconds = secondsSince(start);
    if (std::exchange(m_wasLost, false))
        answer->remark += std::string(answer->remark.empty() ? "" : " ")
            + "The device had been lost: it was opened again, and this is answered by " + answer->device + ".";
    if (question.pictures != m_question.pictures || !m_answer || m_answer->model != answer->model)
        m_lastPixel.reset(); // of the same frames, asked again, the same tile is meant
    m_question = question;
    m_question.before.reset();
    m_answer = answer;
    return AnalysisPtr(answer);
}

Result<void> Analyst::resume(
    const Question& question, const AnalysisPtr& answer, const engine::ops::ProgressCallback& progress)
{
    if (m_answer == answer)
        return {};
    if (answer->scene != Scene::Frames) {
        TRY(analyse(question, progress));
        m_answer = answer;
        return {};
    }
    leaveDevice();
    if (m_device)
        m_device->beginJob(0, progress); // whatever was cancelled before
    TRY_ASSIGN(m_model, modelOf(answer->model));
    m_question = question;
    m_question.before.reset();
    m_answer = answer;
    m_trace.reset();
    m_lastPixel.reset();
    return {};
}

void Analyst::cancel()
{
    const std::lock_guard lock(m_mutex);
    if (m_open)
        m_open->requestCancel();
}

} // namespace app::document
