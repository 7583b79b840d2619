// The maps of the last answer: rows, columns and compositions by the engine, put on the grid that the views know.
#include "app/document/analyst.h"

#include "app/document/elapsed.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace app::document {

using engine::Error;
using engine::ErrorKind;
using engine::HostTensor;
using engine::Result;
namespace perceiver = engine::perceiver;
namespace tasks = engine::tasks;

namespace {

constexpr size_t kMostTiles = 24; // of frames, in one question

Error nothingToAsk()
{
    return {ErrorKind::Usage, "Nothing has been answered yet that could be asked about"};
}

Error noSuch(const char* what, int64_t number, int64_t count)
{
    return {ErrorKind::Usage,
        std::string("There is no ") + what + " " + std::to_string(number) + ": there are " + std::to_string(count)};
}

// The question with heads that this model has. A session or an earlier model may have had more of them.
Result<MapQuestion> askable(const MapQuestion& question, const ModelFacts& facts)
{
    MapQuestion asked = question;
    const Part from = fromOf(question.direction), to = toOf(question.direction);
    const bool composed = from != Part::Latents && to != Part::Latents;
    if (composed && question.through == Through::OneLayer) {
        if (question.layer < 0 || question.layer >= facts.layers)
            return noSuch("latent layer", question.layer, facts.layers);
        if (question.layerHead && (*question.layerHead < 0 || *question.layerHead >= facts.latentHeads))
            return noSuch("latent head", *question.layerHead, facts.latentHeads);
    }
    if (!question.head)
        return asked;
    if (*question.head < 0)
        return noSuch("head", *question.head, facts.encoderHeads);
    if (!composed) {
        asked.head = std::min(*question.head, (from == Part::Outputs ? facts.decoderHeads : facts.encoderHeads) - 1);
        return asked;
    }
    // A composition passes two cross-attends, and a rollout the layers between them: of a head that one of them lacks,
    // it is the mean's.
    const int64_t all = std::min(facts.decoderHeads, facts.encoderHeads);
    if (*question.head >= (question.through == Through::Rollout ? std::min(all, facts.latentHeads) : all))
        asked.head.reset();
    return asked;
}

} // namespace

// The product of an output's row, one layer's attention and the encoder's, or the column's, the other way.
Result<HostTensor> Analyst::throughOneLayer(const Trace& trace, const MapQuestion& question)
{
    const perceiver::Attention attention(*m_model, trace.run, &trace.fused);
    const perceiver::HeadChoice heads{question.head, question.fusion};
    const bool forwards = question.direction == Direction::InputToOutputs;
    TRY_ASSIGN(const HostTensor start,
        forwards ? attention.inputToLatents(question.elements, heads)
                 : attention.outputToLatents(question.elements, heads));
    const size_t n = start.values.size();
    std::vector<uint32_t> all(n);
    std::iota(all.begin(), all.end(), 0u);
    TRY_ASSIGN(const HostTensor rows, attention.layerRows(question.layer, all)); // [h, N, N]
    const size_t h = size_t(rows.shape[0]);
    const size_t first = question.layerHead ? size_t(*question.layerHead) : 0, end = question.layerHead ? first + 1 : h;
    std::vector<double> moved(n, 0.0);
    for (size_t head = first; head < end; ++head)
        for (size_t i = 0; i < n; ++i) {
            const float* row = rows.values.data() + (head * n + i) * n;
            for (size_t j = 0; j < n; ++j)
                if (forwards)
                    moved[i] += double(row[j]) * double(start.values[j]);
                else
                    moved[j] += double(row[j]) * double(start.values[i]);
        }
    std::vector<float> weights(n);
    std::transform(
        moved.begin(), moved.end(), weights.begin(), [&](double w) { return float(w / double(end - first)); });
    return forwards ? attention.latentsToOutputs(weights, heads) : attention.latentsToInputs(weights, heads);
}

Result<HostTensor> Analyst::weightsOf(const Trace& trace, const MapQuestion& question)
{
    const perceiver::Attention attention(*m_model, trace.run, &trace.fused);
    const perceiver::HeadChoice heads{question.head, question.fusion};
    const bool rollout = question.through == Through::Rollout;
    switch (question.direction) {
    case Direction::LatentToInputs:
        return attention.latentToInputs(question.elements, heads);
    case Direction::InputToLatents:
        return attention.inputToLatents(question.elements, heads);
    case Direction::OutputToLatents:
        return attention.outputToLatents(question.elements, heads);
    case Direction::OutputToInputs:
        return question.through == Through::OneLayer ? throughOneLayer(trace, question)
                                                     : attention.outputToInputs(question.elements, heads, rollout);
    case Direction::InputToOutputs:
        break;
    }
    return question.through == Through::OneLayer ? throughOneLayer(trace, question)
                                                 : attention.inputToOutputs(question.elements, heads, rollout);
}

Result<const Analyst::Trace*> Analyst::traceAt(uint32_t pixel)
{
    if (m_answer->scene != Scene::Frames) {
        if (!m_trace)
            return nothingToAsk();
        return &*m_trace;
    }
    const engine::Image &first = *m_question.pictures[0], &second = *m_question.pictures[1];
    const int64_t pixels = engine::elementCount(m_answer->inputGrid);
    if (pixel >= pixels)
        return noSuch("pixel", pixel, pixels);
    const int64_t row = pixel / uint32_t(first.width), column = pixel % uint32_t(first.width);
    const tasks::FlowTile tile = tasks::flowTileAt(*m_model, first.height, first.width, row, column);
    if (!m_trace || m_trace->tile->top != tile.top || m_trace->tile->left != tile.left) {
        m_trace.reset();
        const auto& changed = m_answer->changed;
        const bool less = changed && changed->top == tile.top && changed->left == tile.left;
        TRY_ASSIGN(auto run,
            tasks::lastFlowPass(*m_model, first, second, m_answer->beforeLast, row, column,
                less ? withinTile(m_answer->without, tile, first.width) : perceiver::KnockOut(), false));
        m_trace = Trace{std::move(run.run), {}, tile};
    }
    m_lastPixel = pixel;
    return &*m_trace;
}

// Frames: elements are pixels of the picture; each tile answers for those in it.
Result<void> Analyst::mapOverTiles(const MapQuestion& question, AttentionMap& map)
{
    const int64_t height = m_answer->inputGrid[0], width = m_answer->inputGrid[1];
    const bool fromLatents = fromOf(question.direction) == Part::Latents;
    const bool toLatents = toOf(question.direction) == Part::Latents;
    std::map<std::pair<int64_t, int64_t>, std::vector<uint32_t>> tiles; // top, left -> pixels
    if (fromLatents)
        tiles[{0, 0}] = {pixelMeant(*m_answer)};
    else
        for (const uint32_t pixel : question.elements) {
            const tasks::FlowTile tile = tasks::flowTileAt(*m_model, height, width, pixel / width, pixel % width);
            tiles[{tile.top, tile.left}].push_back(pixel);
        }
    map.tiles = int(tiles.size());
    if (toLatents) { // latents are another tile's elsewhere
        const uint32_t pixel = question.elements.front();
        const tasks::FlowTile tile = tasks::flowTileAt(*m_model, height, width, pixel / width, pixel % width);
        tiles = {{{tile.top, tile.left}, tiles[{tile.top, tile.left}]}};
        map.answeredElements = tiles.begin()->second.size();
    }
    if (tiles.size() > kMostTiles)
        return Error{ErrorKind::Usage,
            "The selection reaches over " + std::to_string(tiles.size())
                + " tiles of the model: select a smaller part"};
    if (!toLatents)
        map.weights = HostTensor({height, width});
    int64_t top = height, left = width, bottom = 0, right = 0;
    for (const auto& place : tiles) {
        const std::vector<uint32_t>& pixels = place.second;
        TRY_ASSIGN(const Trace* trace, traceAt(pixels.front()));
        const tasks::FlowTile& tile = *trace->tile;
        MapQuestion within = question;
        if (!fromLatents) {
            within.elements.clear();
            for (const uint32_t pixel : pixels)
                within.elements.push_back(
                    uint32_t((pixel / width - tile.top) * tile.width + pixel % width - tile.left));
        }
        TRY_ASSIGN(const HostTensor weights, weightsOf(*trace, within));
        const bool mean = fromOf(question.direction) == Part::Outputs; // else sums
        const float share = mean ? float(double(pixels.size()) / double(question.elements.size())) : 1.0f;
        if (toLatents) {
            map.weights = weights;
            top = tile.top, left = tile.left, bottom = tile.top + tile.height, right = tile.left + tile.width;
            break;
        }
        for (int64_t y = 0; y < tile.height && tile.top + y < height; ++y)
            for (int64_t x = 0; x < tile.width && tile.left + x < width; ++x)
                map.weights.values[size_t((tile.top + y) * width + tile.left + x)]
                    += share * weights.values[size_t(y * tile.width + x)];
        top = std::min(top, tile.top), left = std::min(left, tile.left);
        bottom = std::max(bottom, tile.top + tile.height), right = std::max(right, tile.left + tile.width);
    }
    map.part
        = tasks::Rect{int(left), int(top), int(std::min(right, width) - left), int(std::min(bottom, height) - top)};
    return {};
}

Result<void> Analyst::mapOverPart(const MapQuestion& question, AttentionMap& map)
{
    if (m_answer->scene == Scene::Frames)
        return mapOverTiles(question, map);
    TRY_ASSIGN(map.weights, weightsOf(*m_trace, question));
    if (m_answer->scene == Scene::Picture && toOf(question.direction) == Part::Inputs)
        map.weights.shape = m_answer->inputGrid;
    if (m_answer->scene == Scene::Text && toOf(question.direction) != Part::Latents && m_answer->outputs > 1) {
        const size_t tokens = size_t(m_answer->inputGrid[0]); // what follows is padding
        map.weights.values.resize(tokens);
        map.weights.shape = {int64_t(tokens)};
    } else if (m_answer->scene == Scene::Text && toOf(question.direction) == Part::Inputs) {
        map.weights.values.resize(size_t(m_answer->inputGrid[0]));
        map.weights.shape = m_answer->inputGrid;
    }
    return {};
}

Result<MapPtr> Analyst::map(const MapQuestion& question, const engine::ops::ProgressCallback& progress)
{
    TRY(recover(progress));
    if (!m_answer || !m_model || (!m_trace && m_answer->scene != Scene::Frames))
        return nothingToAsk();
    const auto start = std::chrono::steady_clock::now();
    const Part from = fromOf(question.direction);
    const int64_t count = from == Part::Latents ? m_answer->facts.latents
        : from == Part::Inputs                  ? engine::elementCount(m_answer->inputGrid)
                                                : m_answer->outputs;
    for (const uint32_t element : question.elements)
        if (element >= count)
            return Error{ErrorKind::Usage,
                "There is no number " + std::to_string(element) + ": there are " + std::to_string(count)};
    if (question.elements.empty())
        return Error{ErrorKind::Usage, "Nothing is selected to ask from"};
    TRY_ASSIGN(const MapQuestion asked, askable(question, m_answer->facts));
    auto map = std::make_shared<AttentionMap>();
    map->analysis = m_answer->number;
    map->question = question;
    if (Result<void> done = job(0, progress, [&] { return mapOverPart(asked, *map); }); !done.ok()) {
        if (m_trace) // layers that were to be kept may never have been fused
            m_trace->fused = {};
        return std::move(done).error();
    }
    for (const float w : map->weights.values)
        map->sum += double(w);
    if (m_answer->scene == Scene::Text && !map->weights.values.empty() && toOf(question.direction) == Part::Inputs) {
        float framing = 0;
        for (size_t t = 0; t < m_answer->byteOfToken.size(); ++t)
            if (m_answer->byteOfToken[t] < 0)
                framing += map->weights.values[t];
        map->shares.push_back({"start and end of the text", framing});
    }
    if (m_answer->clip && toOf(question.direction) != Part::Latents) {
        const MapOverTime parts = overTime(
            toOf(question.direction) == Part::Inputs ? m_answer->clip->inputs : m_answer->clip->outputs, map->weights);
        map->shares = {{"picture", float(parts.picture)}, {"sound", float(parts.sound)}, {"label", float(parts.label)}};
    }
    map->entropy = perceiver::entropy(map->weights.values);
    map->seconds = secondsSince(start);
    return MapPtr(map);
}

} // namespace app::document
