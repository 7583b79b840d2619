// Operations on rows and columns against plain loops in double precision, at widths that are no multiple of four.
#include "tests/ops/on_device.h"

#include <algorithm>

class TestRowOperations : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_device = openTestDevice(); }

    // The rows of b in pieces, as they are cut where a GPU would be idle; more pieces than rows, too.
    void fewRowsTimesManyInPieces()
    {
        const HostTensor a = randomTensor({2, 37}, 40), b = randomTensor({37, 261}, 41);
        HostTensor product({2, 261});
        for (int i = 0; i < 2; ++i)
            for (int c = 0; c < 261; ++c) {
                double sum = 0;
                for (int r = 0; r < 37; ++r)
                    sum += double(a.at(i, r)) * double(b.at(r, c));
                product.at(i, c) = float(sum);
            }
        for (const int64_t pieces : {1, 3, 16, 100}) {
            const auto device = openTestDevice({.splitK = pieces});
            Tensor y = device->create(2, 261);
            device->multiplyRows({device->upload(a), device->upload(b), y});
            expectClose(*device, y, product);
            expectPadding(*device, y);
        }
    }

    // Columns in cells of unlike size, one of them empty, some columns in none; added to what is there.
    void cells()
    {
        const int64_t rows = 5, columns = 261;
        HostTensor x = randomTensor({rows, columns}, 50), places = randomTensor({2, columns}, 51);
        for (float& w : x.values)
            w = std::max(0.0f, w); // weights; half of them 0
        const std::vector<uint32_t> begins{0, 1, 1, 120, 250};
        const size_t cells = begins.size() - 1;
        std::vector<uint32_t> chosen;
        for (uint32_t i = 0; i < begins.back(); ++i)
            chosen.push_back((i * 100) % 261); // no factor in common: each once
        HostTensor expected({rows, int64_t(6 * cells)});
        for (int64_t r = 0; r < rows; ++r)
            for (size_t c = 0; c < cells; ++c) {
                double sums[6] = {};
                for (uint32_t i = begins[c]; i < begins[c + 1]; ++i) {
                    const double w = x.at(r, chosen[i]), u = places.at(0, chosen[i]), v = places.at(1, chosen[i]);
                    const double terms[6] = {w, w > 0 ? w * std::log(w) : 0, w * u, w * u * u, w * v, w * v * v};
                    for (int k = 0; k < 6; ++k)
                        sums[k] += terms[k];
                }
                for (size_t k = 0; k < 6; ++k)
                    expected.at(r, int64_t(k * cells + c)) = float(sums[k]);
            }
        Tensor y = m_device->zeros(rows, expected.columns());
        for (int time = 1; time <= 2; ++time) {
            m_device->cellSums({m_device->upload(x), m_device->upload(places), m_device->uploadIndices(chosen),
                m_device->uploadIndices(begins), y});
            HostTensor so = expected;
            for (float& value : so.values)
                value *= float(time);
            expectClose(*m_device, y, so);
        }
    }

    void rows()
    {
        const HostTensor x = randomTensor({33, 261}, 10, 3), gain = randomTensor({1, 261}, 11),
                         offset = randomTensor({1, 261}, 12);
        HostTensor normalised({33, 261}), turned({261, 33}), sums({1, 33});
        for (int r = 0; r < 33; ++r) {
            double mean = 0, variance = 0, sum = 0;
            for (int c = 0; c < 261; ++c)
                sum += x.at(r, c);
            mean = sum / 261;
            for (int c = 0; c < 261; ++c)
                variance += (x.at(r, c) - mean) * (x.at(r, c) - mean) / 261;
            for (int c = 0; c < 261; ++c) {
                normalised.at(r, c)
                    = float((x.at(r, c) - mean) / std::sqrt(variance + 1e-5) * gain.at(0, c) + offset.at(0, c));
                turned.at(c, r) = x.at(r, c);
            }
            sums.at(0, r) = float(sum);
        }
        const Tensor dx = m_device->upload(x);
        Tensor y = m_device->create(33, 261), t = m_device->create(261, 33), s = m_device->create(1, 33);
        m_device->layerNorm({dx, m_device->upload(gain), m_device->upload(offset), y});
        m_device->transpose({dx, t, 1});
        m_device->rowSums({dx, s, false});
        expectClose(*m_device, y, normalised);
        expectPadding(*m_device, y);
        expectClose(*m_device, t, turned);
        expectPadding(*m_device, t);
        expectClose(*m_device, s, sums);

        const HostTensor a = randomTensor({3, 33}, 13);
        HostTensor product({3, 261});
        for (int i = 0; i < 3; ++i)
            for (int c = 0; c < 261; ++c) {
                double sum = 0;
                for (int r = 0; r < 33; ++r)
                    sum += double(a.at(i, r)) * x.at(r, c);
                product.at(i, c) = float(sum);
            }
        Tensor p = m_device->create(3, 261);
        m_device->multiplyRows({m_device->upload(a), dx, p});
        expectClose(*m_device, p, product);

        HostTensor fused({11, 261});
        for (int r = 0; r < 11; ++r)
            for (int c = 0; c < 261; ++c)
                fused.at(r, c) = std::max({x.at(r, c), x.at(r + 11, c), x.at(r + 22, c)});
        Tensor most = m_device->create(11, 261);
        m_device->fuseHeads({dx, most, 3, ops::HeadFusion::Max});
        expectClose(*m_device, most, fused);
    }

    void headFusion()
    {
        const HostTensor x = randomTensor({3 * 11, 37}, 40);
        for (const auto fusion : {ops::HeadFusion::Mean, ops::HeadFusion::Max, ops::HeadFusion::Min}) {
            HostTensor expected({11, 37});
            for (int r = 0; r < 11; ++r)
                for (int c = 0; c < 37; ++c) {
                    const double h[] = {x.at(r, c), x.at(r + 11, c), x.at(r + 22, c)};
                    expected.at(r, c) = float(fusion == ops::HeadFusion::Mean ? (h[0] + h[1] + h[2]) / 3
                            : fusion == ops::HeadFusion::Max                  ? std::max({h[0], h[1], h[2]})
                                                                              : std::min({h[0], h[1], h[2]}));
                }
            Tensor y = m_device->create(11, 37);
            m_device->fuseHeads({m_device->upload(x), y, 3, fusion});
            expectClose(*m_device, y, expected);
        }
    }

    // Blocks of heads by their own factor; by a sum of 0 gives 0.
    void scaledRows()
    {
        constexpr int kBatch = 2, kHeads = 3, kQueries = 5, kWidth = 4;
        const HostTensor x = randomTensor({kBatch * kQueries, kHeads * kWidth}, 41);
        HostTensor factor = randomTensor({1, kBatch * kHeads * kQueries}, 42);
        factor.at(0, 7) = 0;
        for (const bool divide : {false, true}) {
            HostTensor expected(x.shape);
            for (int b = 0; b < kBatch; ++b)
                for (int o = 0; o < kQueries; ++o)
                    for (int c = 0; c < kHeads * kWidth; ++c) {
                        const float f = factor.at(0, (b * kHeads + c / kWidth) * kQueries + o);
                        const float v = x.at(b * kQueries + o, c);
                        expected.at(b * kQueries + o, c) = !divide ? v * f : f == 0 ? 0 : v / f;
                    }
            const Tensor y = m_device->upload(x);
            m_device->scaleRows({y, m_device->upload(factor), kHeads, kQueries, divide});
            expectClose(*m_device, y, expected);
        }
    }

    // Chunk after chunk, and a map's rows again from the statistics: as the softmax of the whole row.
    void streamedSoftmax()
    {
        constexpr int kRows = 5, kColumns = 83, kChunk = 29;
        const HostTensor x = randomTensor({kRows, kColumns}, 43, 4);
        HostTensor mask({1, kColumns}), expected({kRows, kColumns}), sums({1, kRows}), most({1, kRows});
        for (int c = 0; c < kColumns; ++c)
            mask.at(0, c) = float(c % 7 != 3);
        for (int r = 0; r < kRows; ++r) {
            double maximum = -1e30, sum = 0;
            for (int c = 0; c < kColumns; ++c)
                if (mask.at(0, c) != 0)
                    maximum = std::max(maximum, double(x.at(r, c)));
            for (int c = 0; c < kColumns; ++c)
                sum += mask.at(0, c) != 0 ? std::exp(x.at(r, c) - maximum) : 0;
            for (int c = 0; c < kColumns; ++c)
                expected.at(r, c) = mask.at(0, c) != 0 ? float(std::exp(x.at(r, c) - maximum) / sum) : 0;
            sums.at(0, r) = float(sum);
            most.at(0, r) = float(maximum);
        }
        const Tensor whole = m_device->upload(x), keep = m_device->upload(mask);
        Tensor maximum = m_device->upload(1, kRows, std::vector<float>(kRows, ops::kNoMaximum)),
               sum = m_device->zeros(1, kRows), factor = m_device->create(1, kRows);
        for (int first = 0; first < kColumns; first += kChunk) {
            const int count = std::min(kChunk, kColumns - first);
            Tensor chunk = m_device->create(kRows, count), part = m_device->create(1, count);
            HostTensor some({kRows, count}), kept({1, count});
            for (int r = 0; r < kRows; ++r)
                for (int c = 0; c < count; ++c)
                    some.at(r, c) = x.at(r, first + c);
            for (int c = 0; c < count; ++c)
                kept.at(0, c) = mask.at(0, first + c);
            m_device->softmaxChunk({m_device->upload(some), m_device->upload(kept), maximum, sum, factor});
        }
        expectClose(*m_device, sum, sums);
        expectClose(*m_device, maximum, most);
        m_device->probabilities({whole, keep, maximum, sum});
        expectClose(*m_device, whole, expected);
    }

    void assembly()
    {
        const HostTensor table = randomTensor({5, 6}, 16), axis0 = randomTensor({3, 5}, 17),
                         axis1 = randomTensor({4, 5}, 18);
        Tensor y = m_device->zeros(12, 17);
        HostTensor expected({12, 17});
        const std::vector<uint32_t> rows{4, 0, 0, 3, 1, 2, 2, 2, 0, 1, 4, 3};
        Tensor gathered = m_device->create(12, 6);
        m_device->gatherRows({m_device->upload(table), m_device->uploadIndices(rows), gathered});
        m_device->copyColumns({gathered, y, 1});
        m_device->fourierColumns(
            {.axes = {m_device->upload(axis0), m_device->upload(axis1)}, .bands = 2, .first = 2, .y = y, .column = 7});
        for (int r = 0; r < 12; ++r) {
            for (int c = 0; c < 6; ++c)
                expected.at(r, 1 + c) = table.at(rows[size_t(r)], c);
            const int flat = (r + 2) % 12, i = flat / 4, j = flat % 4;
            const float features[] = {axis0.at(i, 0), axis1.at(j, 0), axis0.at(i, 1), axis0.at(i, 2), axis1.at(j, 1),
                axis1.at(j, 2), axis0.at(i, 3), axis0.at(i, 4), axis1.at(j, 3), axis1.at(j, 4)};
            for (int c = 0; c < 10; ++c)
                expected.at(r, 7 + c) = features[c];
        }
        expectClose(*m_device, y, expected);
        expectPadding(*m_device, y);
    }

    // A row in every row, whole tables beside each other: other columns stay.
    void columns()
    {
        const HostTensor row = randomTensor({1, 5}, 44), old = randomTensor({9, 13}, 45),
                         more = randomTensor({9, 13}, 46);
        HostTensor expected = old;
        for (int r = 0; r < 9; ++r)
            for (int c = 0; c < 13; ++c)
                expected.at(r, c) = (c >= 3 && c < 8 ? row.at(0, c - 3) : old.at(r, c)) + more.at(r, c);
        const Tensor y = m_device->upload(old);
        m_device->fillColumns({m_device->upload(row), y, 3});
        m_device->add({m_device->upload(more), y});
        expectClose(*m_device, y, expected);
        expectPadding(*m_device, y);
    }

    void cleanupTestCase()
    {
        m_device.reset();
        expectNoValidationMessages();
    }

private:
    std::unique_ptr<ops::Device> m_device;
};

QTEST_GUILESS_MAIN(TestRowOperations)
#include "test_row_operations.moc"
