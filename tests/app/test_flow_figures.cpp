// What a flow says in numbers, against fields small enough to count by hand.
#include "app/formats/flow_colour.h"
#include "app/views/flow_numbers.h"
#include "tests/app/flow_fields.h"

#include <QtTest>
#include <cmath>
#include <numeric>

using namespace app::views;
using engine::FlowField;

class TestFlowFigures : public QObject {
    Q_OBJECT

private slots:
    void scales()
    {
        FlowField flow(1000, 1);
        for (int i = 0; i < 1000; ++i)
            flow.vector(i, 0)[0] = float(i + 1); // lengths 1 … 1000
        const MotionFigures figures = motionFigures(flow);
        const auto both = [&](FlowScale scale) {
            const float large = largestOf(flow, scale);
            return large == largestOf(figures, scale) ? large : -1;
        };
        using Mode = FlowScale::Mode;
        QCOMPARE(both({}), 995.0f);
        QCOMPARE(both({}), app::formats::colourScale(flow));
        QCOMPARE(both({Mode::Fixed, 12.5f, 50}), 12.5f);
        QCOMPARE(both({Mode::Percentile, 10, 50}), 500.0f);
        QCOMPARE(both({Mode::Percentile, 10, 99.9f}), 999.0f);
        QCOMPARE(both({Mode::Percentile, 10, 100}), 1000.0f);
        QCOMPARE(both({Mode::Percentile, 10, 250}), 1000.0f);
        QCOMPARE(both({Mode::Percentile, 10, -1}), 1.0f);
        QCOMPARE(both({Mode::Fixed, 0, 0}), 1e-6f);
    }

    // Each view's numbers, of two pixels and one that is unknown.
    void numbersOfViews()
    {
        FlowShown shown;
        shown.flow = FlowField(3, 1);
        shown.flow.uv = {1, 0, -3, 4, NAN, 0};
        shown.truth = FlowField(3, 1);
        shown.truth->uv = {1, 2, -3, 4, 0, 0};
        shown.first = shown.second = engine::Image(3, 1);
        shown.first.rgb = {10, 20, 30, 0, 0, 0, 0, 0, 0};
        shown.second.rgb = {0, 0, 0, 40, 50, 63, 0, 0, 0};
        const auto is = [&](FlowView view, const std::vector<std::string>& names, const std::vector<float>& expected) {
            const FlowNumbers numbers = flowNumbers(view, shown);
            QCOMPARE(numbers.names, names);
            QCOMPARE(numbers.values.shape, (engine::Shape{1, 3, int64_t(names.size())}));
            for (size_t i = 0; i < expected.size(); ++i)
                QVERIFY2(std::isnan(expected[i]) ? std::isnan(numbers.values.values[i])
                                                 : numbers.values.values[i] == expected[i],
                    qPrintable(QString("%1 of %2").arg(i).arg(int(view))));
        };
        is(FlowView::Colours, {"u", "v"}, {1, 0, -3, 4, NAN, NAN});
        is(FlowView::Arrows, {"u", "v"}, {1, 0, -3, 4, NAN, NAN});
        is(FlowView::Magnitude, {"length"}, {1, 5, NAN});
        is(FlowView::Error, {"error"}, {2, 0, NAN});
        is(FlowView::Warped, {"red", "green", "blue"}, {40, 50, 63, NAN, NAN, NAN, NAN, NAN, NAN});
        is(FlowView::Difference, {"difference"}, {31, NAN, NAN});
        QCOMPARE(flowNumbers(FlowView::Occlusion, shown).values.size(), int64_t(0)); // the way back is not known
        shown.backward = FlowField(3, 1);
        shown.backward->uv = {0, 0, -1, 0, 0, 0};
        is(FlowView::Occlusion, {"hidden"}, {0, 1, NAN});
    }

    void figures()
    {
        FlowField flow = fields::still(10, 10); // 60 at rest, 30 right by 2, 9 up by 4, one unknown
        for (int i = 60; i < 90; ++i)
            flow.uv[size_t(2 * i)] = 2;
        for (int i = 90; i < 99; ++i)
            flow.uv[size_t(2 * i + 1)] = -4;
        flow.uv[198] = NAN;
        const MotionFigures figures = motionFigures(flow);
        QCOMPARE(figures.known, int64_t(99));
        QCOMPARE(figures.unknown, int64_t(1));
        QCOMPARE(figures.mean, 96.0 / 99);
        QCOMPARE(figures.median, 0.0);
        QCOMPARE(figures.p95, 4.0);
        QCOMPARE(figures.largest, 4.0);
        const auto& bins = figures.magnitudeHistogram;
        QCOMPARE(std::accumulate(bins.begin(), bins.end(), int64_t(0)), figures.known);
        QCOMPARE(bins.front(), int64_t(60));
        QCOMPARE(bins[16], int64_t(30));
        QCOMPARE(bins.back(), int64_t(9));
        QCOMPARE(figures.magnitudeEdges.size(), bins.size() + 1);
        QCOMPARE(figures.magnitudeEdges[16], 2.0);
        QCOMPARE(figures.magnitudeEdges.back(), 4.0);
        const auto& directions = figures.directionHistogram;
        QCOMPARE(directions[0], 60.0);
        QCOMPARE(directions[9], 36.0);
        QCOMPARE(std::accumulate(directions.begin(), directions.end(), 0.0), 96.0);
        QVERIFY(!figures.occludedShare && !figures.errors && figures.errorsLack.empty());
    }

    void figuresOfALongTailSumUp()
    {
        FlowField flow = fields::still(100, 100, 1, 0);
        for (int i = 0; i < 20; ++i)
            flow.vector(i, 0)[1] = 1000;
        const MotionFigures figures = motionFigures(flow);
        const auto& bins = figures.magnitudeHistogram;
        QCOMPARE(std::accumulate(bins.begin(), bins.end(), int64_t(0)), int64_t(10000));
        QCOMPARE(figures.magnitudeEdges[kLengthBins - 1], 31.0 / 32);
        QCOMPARE(figures.magnitudeEdges.back(), figures.largest); // the last bin says how far it goes
        QVERIFY(figures.largest > 1000);
    }

    void directions()
    {
        QCOMPARE(directionOf(1, 0), 0.0);
        QCOMPARE(directionOf(1, -0.0f), 0.0);
        QCOMPARE(directionOf(0, -1), 90.0);
        QCOMPARE(directionOf(-1, 0), 180.0);
        QCOMPARE(directionOf(0, 1), 270.0);
        QVERIFY(directionOf(1, 1e-20f) < 360 && directionOf(1, 1e-20f) >= 0);
        const MotionFigures nearZero = motionFigures(fields::still(2, 1, 63, 16)); // 345.7 degrees, 65 long
        QCOMPARE(nearZero.directionHistogram[35], 130.0);
        QCOMPARE(motionFigures(fields::still(1, 1, 9.5f, 0.5f)).directionHistogram[0],
            double(std::hypot(9.5f, 0.5f))); // 357
    }

    void values()
    {
        FlowField flow = fields::still(300, 300), truth = flow, backward = flow;
        const float vectors[] = {-2.31f, 0.84f, -2.28f, 0.86f};
        std::copy_n(vectors, 2, flow.vector(238, 212));
        std::copy_n(vectors + 2, 2, truth.vector(238, 212));
        FlowExtras extras;
        QCOMPARE(valueAt(flow, extras, 238, 212), std::string("x 238 y 212  u −2.31 v +0.84  2.46 px 200°"));
        extras.truth = &truth;
        QCOMPARE(valueAt(flow, extras, 238, 212),
            std::string("x 238 y 212  u −2.31 v +0.84  2.46 px 200°  truth −2.28 +0.86  error 0.04"));
        extras.backward = &backward; // says that what is there has not moved
        QVERIFY(QString::fromStdString(valueAt(flow, extras, 238, 212)).endsWith("error 0.04  occluded"));
        QCOMPARE(valueAt(flow, {}, 0, 0), std::string("x 0 y 0  u 0.00 v 0.00  0.00 px"));
        flow.vector(0, 0)[0] = NAN;
        truth.vector(1, 0)[1] = 1e10f;
        QCOMPARE(valueAt(flow, extras, 0, 0), std::string("x 0 y 0  unknown  truth 0.00 0.00"));
        QCOMPARE(valueAt(flow, extras, 1, 0), std::string("x 1 y 0  u 0.00 v 0.00  0.00 px  truth unknown"));
        for (const auto& [x, y] : {std::pair{-1, 0}, {0, -1}, {300, 0}, {0, 300}})
            QVERIFY(valueAt(flow, extras, x, y).empty());
    }
};

QTEST_GUILESS_MAIN(TestFlowFigures)
#include "test_flow_figures.moc"
