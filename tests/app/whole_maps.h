// What an analyst's maps must be: the whole maps of a run, every row of the encoder, the latent layers and the decoder,
// and what plain loops in double precision make of them. And the questions, small pictures and frames, to ask with.
#pragma once

#include "app/document/analyst.h"
#include "engine/engine.h"

#include <QtTest>
#include <cmath>
#include <numeric>


template <typename Value> Value valueOf(engine::Result<Value> result)
{
    if (!result.ok())
        qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}

using Matrix = std::vector<std::vector<double>>;
using Row = std::vector<double>;
using engine::ops::HeadFusion;
using engine::perceiver::HeadChoice;

// [heads, rows, columns] to [rows, columns], rows divided by their sum after maximum and minimum.
inline Matrix fusedMap(const engine::HostTensor& map, HeadChoice choice)
{
    const size_t h = size_t(map.shape[0]), rows = size_t(map.shape[1]), columns = size_t(map.shape[2]);
    Matrix out(rows, Row(columns));
    for (size_t r = 0; r < rows; ++r) {
        double sum = 0;
        for (size_t c = 0; c < columns; ++c) {
            const auto at = [&](size_t head) { return double(map.values[(head * rows + r) * columns + c]); };
            double value = at(size_t(choice.head.value_or(0)));
            for (size_t head = 1; head < h && !choice.head; ++head)
                value = choice.fusion == HeadFusion::Mean ? value + at(head)
                    : choice.fusion == HeadFusion::Max    ? std::max(value, at(head))
                                                          : std::min(value, at(head));
            sum += out[r][c] = value;
        }
        const double divisor = choice.head ? 1 : choice.fusion == HeadFusion::Mean ? double(h) : sum > 0 ? sum : 1;
        for (double& v : out[r])
            v /= divisor;
    }
    return out;
}

inline Row rowTimes(const Row& row, const Matrix& m)
{
    Row out(m[0].size(), 0.0);
    for (size_t i = 0; i < m.size(); ++i)
        for (size_t j = 0; j < out.size(); ++j)
            out[j] += row[i] * m[i][j];
    return out;
}

inline Row timesColumn(const Matrix& m, const Row& column)
{
    Row out(m.size(), 0.0);
    for (size_t i = 0; i < m.size(); ++i)
        for (size_t j = 0; j < column.size(); ++j)
            out[i] += m[i][j] * column[j];
    return out;
}

inline Row meanOfRows(const Matrix& m, const std::vector<uint32_t>& rows)
{
    Row out(m[0].size(), 0.0);
    for (const uint32_t r : rows)
        for (size_t j = 0; j < out.size(); ++j)
            out[j] += m[r][j] / double(rows.size());
    return out;
}

inline Row sumOfColumns(const Matrix& m, const std::vector<uint32_t>& columns)
{
    Row out(m.size(), 0.0);
    for (size_t i = 0; i < m.size(); ++i)
        for (const uint32_t c : columns)
            out[i] += m[i][c];
    return out;
}

inline std::vector<uint32_t> firstNumbers(int64_t count)
{
    std::vector<uint32_t> all(static_cast<size_t>(count));
    std::iota(all.begin(), all.end(), 0u);
    return all;
}

// A run's whole maps, head after head.
struct WholeMaps {
    engine::HostTensor encoder, decoder;
    std::vector<engine::HostTensor> layers;

    static WholeMaps of(const engine::perceiver::Model& model, const engine::perceiver::Run& run)
    {
        const engine::perceiver::Attention attention(model, run);
        const auto latents = firstNumbers(model.config().numLatents);
        WholeMaps maps{valueOf(attention.encoderRows(latents)),
            valueOf(attention.decoderRows(model.outputs().front(), {.count = model.outputs().front().segment.count()})),
            {}};
        for (int64_t layer = 0; layer < model.executedLayers(); ++layer)
            maps.layers.push_back(valueOf(attention.layerRows(layer, latents)));
        return maps;
    }

    // The answer to a question whose elements are numbered as the model numbers its inputs and outputs.
    Row answer(const app::document::MapQuestion& q) const
    {
        using app::document::Direction;
        using app::document::Through;
        const HeadChoice heads{q.head, q.fusion};
        const Matrix in = fusedMap(encoder, heads), out = fusedMap(decoder, heads);
        const auto passed = [&](Row row, bool forwards) {
            for (size_t i = 0; i < layers.size(); ++i) {
                const size_t l = forwards ? i : layers.size() - 1 - i;
                if (q.through == Through::Direct || (q.through == Through::OneLayer && int64_t(l) != q.layer))
                    continue;
                const bool rollout = q.through == Through::Rollout;
                const Matrix layer = fusedMap(layers[l], rollout ? heads : HeadChoice{.head = q.layerHead});
                const Row moved = forwards ? timesColumn(layer, row) : rowTimes(row, layer);
                for (size_t k = 0; k < row.size(); ++k)
                    row[k] = rollout ? row[k] / 2 + moved[k] / 2 : moved[k];
            }
            return row;
        };
        switch (q.direction) {
        case Direction::LatentToInputs:
            return meanOfRows(in, q.elements);
        case Direction::InputToLatents:
            return sumOfColumns(in, q.elements);
        case Direction::OutputToLatents:
            return meanOfRows(out, q.elements);
        case Direction::OutputToInputs:
            return rowTimes(passed(meanOfRows(out, q.elements), false), in);
        case Direction::InputToOutputs:
            break;
        }
        return timesColumn(out, passed(sumOfColumns(in, q.elements), true));
    }
};

// Compares to three steps of single precision at the trained models' scores, which reach 128 to 256 (a step there is
// 1.5e-5, and so is what the exponential makes of it): a map's rows, its columns and the pass that kept its statistics
// sum scores in different orders.
constexpr double kThreeSteps = 3.0 / (1 << 16);
inline void expectClose(const std::vector<float>& found, const Row& expected, const QString& what)
{
    QVERIFY2(found.size() == expected.size(), qPrintable(what));
    double largest = 1e-30, difference = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
        const double d = std::abs(double(found[i]) - expected[i]);
        difference = d > difference || !std::isfinite(d) ? d : difference;
        largest = std::max(largest, std::abs(expected[i]));
    }
    QVERIFY2(difference <= kThreeSteps * largest, qPrintable(QString("%1 differs by %2 of %3").arg(what).arg(difference).arg(largest)));
}

// A picture with something everywhere, moved by (dx, dy).
inline std::shared_ptr<const engine::Image> waves(int width, int height, double dx = 0, double dy = 0)
{
    auto image = std::make_shared<engine::Image>(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                image->rgb[size_t((y * width + x) * 3 + c)] = uint8_t(std::lround(
                    127 + 60 * std::sin((x - dx) * 0.31 + c) + 60 * std::cos((y - dy) * 0.23 + (x - dx) * 0.11 * c)));
    return image;
}

inline app::document::Question framesOf(int width, int height)
{
    return {.pictures = {waves(width, height), waves(width, height, 1.5, -0.75)}};
}
