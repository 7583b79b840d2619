// A flow's pictures and figures against cases that a person can check: a known shift, a known occlusion, arrows that
// point where the motion goes, vectors that are not known. With a folder in PERCEIVERSCOPE_SHOTS it leaves the views
// there.
#include "app/formats/flow_colour.h"
#include "app/views/colour_map.h"
#include "app/views/flow_arrows.h"
#include "app/views/flow_views.h"
#include "app/views/flow_warp.h"
#include "app/views/qt_image.h"
#include "tests/app/flow_fields.h"

#include <QPainter>
#include <QtTest>
#include <cmath>

using namespace app::views;
using app::formats::flowToColour;
using engine::FlowField;
using engine::Image;

namespace {

// What the frame shows at pixel - (dx, dy); black where that is outside.
Image moved(const Image& frame, int dx, int dy)
{
    Image out(frame.width, frame.height);
    for (int y = std::max(0, dy); y < std::min(frame.height, frame.height + dy); ++y)
        for (int x = std::max(0, dx); x < std::min(frame.width, frame.width + dx); ++x)
            std::copy_n(frame.pixel(x - dx, y - dy), 3, out.pixel(x, y));
    return out;
}

bool hatched(QRgb colour)
{
    return colour == qRgb(96, 96, 104) || colour == qRgb(20, 20, 24);
}

int hatchedPixels(const QImage& picture)
{
    int count = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x)
            count += hatched(picture.pixel(x, y));
    return count;
}

} // namespace

class TestFlowViews : public QObject {
    Q_OBJECT

private slots:
    void everyViewHasItsLineInOrder()
    {
        const auto texts = flowViewTexts();
        QCOMPARE(texts.size(), size_t(8));
        for (size_t i = 0; i < texts.size(); ++i) {
            QCOMPARE(size_t(texts[i].view), i);
            QVERIFY(*texts[i].name && *texts[i].tip);
        }
    }

    void warpOfAKnownShiftGivesTheFirstFrameBack_data()
    {
        QTest::addColumn<int>("dx");
        QTest::addColumn<int>("dy");
        QTest::newRow("right, down") << 7 << 3;
        QTest::newRow("left, up") << -5 << -11;
        QTest::newRow("rest") << 0 << 0;
    }

    void warpOfAKnownShiftGivesTheFirstFrameBack()
    {
        QFETCH(int, dx);
        QFETCH(int, dy);
        const Image first = fields::photo(), second = moved(first, dx, dy);
        const FlowField flow = fields::still(first.width, first.height, float(dx), float(dy));
        const QImage frame = toQImage(first), warped = flowView(FlowView::Warped, flow, first, second, {}),
                     difference = flowView(FlowView::Difference, flow, first, second, {});
        QCOMPARE(warped.size(), QSize(584, 388));
        int outside = 0;
        for (int y = 0; y < first.height; ++y)
            for (int x = 0; x < first.width; ++x)
                if (x + dx >= 0 && y + dy >= 0 && x + dx < first.width && y + dy < first.height) {
                    QCOMPARE(warped.pixel(x, y), frame.pixel(x, y));
                    QCOMPARE(difference.pixel(x, y), qRgb(0, 0, 0));
                } else {
                    QVERIFY(hatched(warped.pixel(x, y)) && hatched(difference.pixel(x, y)));
                    ++outside;
                }
        QCOMPARE(outside, first.width * first.height - (first.width - std::abs(dx)) * (first.height - std::abs(dy)));
    }

    void warpMixesFourPixels()
    {
        Image second(2, 2);
        const uint8_t values[] = {10, 20, 40, 80};
        for (int i = 0; i < 4; ++i)
            std::fill_n(second.pixel(i % 2, i / 2), 3, values[i]);
        FlowField flow = fields::still(2, 2, 9, 9);
        flow.vector(0, 0)[0] = 0.25f;
        flow.vector(0, 0)[1] = 0.5f;
        const WarpedFrame warped = warpBack(second, flow);
        QCOMPARE(warped.seen, (std::vector<uint8_t>{1, 0, 0, 0}));
        QCOMPARE(int(warped.image.pixel(0, 0)[0]), 31); // (12.5 + 50) / 2 = 31.25
    }

    void unmovedIsTwiceTheDifferenceOfTheFrames()
    {
        const Image first = fields::photo();
        Image second = first;
        second.pixel(4, 5)[1] = uint8_t(second.pixel(4, 5)[1] ^ 0x40); // by 64 in one of three channels
        const FlowField flow = fields::still(584, 388, 3, 3);
        const QImage picture = flowView(FlowView::Unmoved, flow, first, second, {});
        QCOMPARE(picture.pixel(4, 5), qRgb(42, 42, 42)); // 2 x 64 / 3
        QCOMPARE(picture.pixel(5, 5), qRgb(0, 0, 0));
        QCOMPARE(hatchedPixels(picture), 0);
    }

    void magnitudeFollowsTheScale()
    {
        FlowField flow(1000, 1);
        for (int i = 0; i < 1000; ++i)
            flow.vector(i, 0)[0] = float(i + 1);
        const QImage half = flowView(FlowView::Magnitude, flow, {}, {}, {FlowScale::Mode::Fixed, 500, 0});
        QCOMPARE(half.pixel(999, 0), colourAt(ColourMap::Viridis, 1)); // beyond the scale
        QCOMPARE(half.pixel(249, 0), colourAt(ColourMap::Viridis, 0.5f));
    }

    void coloursAreTheWheels()
    {
        FlowField flow(8, 1);
        for (int i = 0; i < 8; ++i) {
            flow.vector(i, 0)[0] = std::cos(float(i));
            flow.vector(i, 0)[1] = std::sin(float(i)) / 2;
        }
        const Image expected = flowToColour(flow, 0.8f);
        QCOMPARE(flowView(FlowView::Colours, flow, {}, {}, {FlowScale::Mode::Fixed, 0.8f, 0}),
            toQImage(expected).convertToFormat(QImage::Format_RGB32));
    }

    void truth()
    {
        FlowField flow = fields::still(4, 1, 1, 0), truth = fields::still(4, 1, 1, 0);
        truth.vector(1, 0)[0] = 3; // error 2
        truth.vector(2, 0)[0] = NAN;
        flow.vector(3, 0)[0] = NAN;
        FlowExtras extras;
        extras.truth = &truth;
        const MotionFigures figures = motionFigures(flow, extras);
        QVERIFY(figures.errors);
        QCOMPARE(figures.errors->pixels, int64_t(2));
        QCOMPARE(figures.errors->epe, 1.0);
        QCOMPARE(figures.errors->px1, 50.0);
        QCOMPARE(largestError(flow, truth), 1e-6f); // of two, 99.5 % is the lower
        const QImage error = flowView(FlowView::Error, flow, {}, {}, {}, extras);
        QCOMPARE(error.pixel(0, 0), colourAt(ColourMap::Magma, 0));
        QCOMPARE(error.pixel(1, 0), colourAt(ColourMap::Magma, 1));
        QVERIFY(hatched(error.pixel(2, 0)) && hatched(error.pixel(3, 0)));

        const FlowField other = fields::still(5, 1);
        extras.truth = &other;
        QVERIFY(motionFigures(flow, extras).errorsLack.find("5 x 1") != std::string::npos);
        QVERIFY(flowView(FlowView::Error, flow, {}, {}, {}, extras).isNull());
        QVERIFY(!lackOf(FlowView::Error, flow, {}, {}, extras).empty());
        QCOMPARE(valueAt(flow, extras, 0, 0), std::string("x 0 y 0  u +1.00 v 0.00  1.00 px 0°"));
    }

    void arrowsPointWhereTheMotionGoes_data()
    {
        QTest::addColumn<int>("degrees");
        for (int degrees = 0; degrees < 360; degrees += 40)
            QTest::addRow("%d", degrees) << degrees;
    }

    void arrowsPointWhereTheMotionGoes()
    {
        QFETCH(int, degrees);
        const double angle = degrees * 3.14159265358979 / 180, motion = 4;
        FlowArrows arrows;
        arrows.spacing = 40;
        arrows.factor = 10;
        arrows.arrows = {{64, 64, float(motion * std::cos(angle)), float(-motion * std::sin(angle))}};
        QImage picture(129, 129, QImage::Format_RGB32);
        picture.fill(Qt::white);
        {
            QPainter painter(&picture);
            paintArrows(painter, arrows);
        }
        double sumX = 0, sumY = 0, furthest = 0, count = 0;
        for (int y = 0; y < 129; ++y)
            for (int x = 0; x < 129; ++x)
                if (qGreen(picture.pixel(x, y)) < 250 || qRed(picture.pixel(x, y)) < 250) {
                    sumX += x - 64;
                    sumY += y - 64;
                    furthest = std::max(furthest, std::hypot(x - 64, y - 64));
                    ++count;
                }
        QVERIFY(count > 60);
        double off = directionOf(float(sumX), float(sumY)) - degrees;
        off = std::remainder(off, 360);
        QVERIFY2(std::abs(off) < 3, qPrintable(QString::number(off)));
        QVERIFY2(std::abs(furthest - motion * 10) < 3, qPrintable(QString::number(furthest)));
        // It carries the colour of its direction, and is wider towards its tip.
        const auto inside = picture.pixelColor(
            64 + int(std::lround(30 * std::cos(angle))), 64 - int(std::lround(30 * std::sin(angle))));
        const auto wheel = app::formats::vectorColour(float(std::cos(angle)), float(-std::sin(angle)));
        const int hue = QColor(wheel[0], wheel[1], wheel[2]).hue();
        QVERIFY2(std::abs(std::remainder(inside.hue() - hue, 360)) < 6, qPrintable(inside.name()));
        QVERIFY(std::hypot(sumX, sumY) / count > motion * 10 / 2);
    }

    void arrowsFollowThePicture()
    {
        const FlowArrows small = flowArrows(fields::still(60, 40, 2, 0), 2),
                         large = flowArrows(fields::still(1200, 800, 2, 0), 2);
        QCOMPARE(small.spacing, 8);
        QCOMPARE(small.arrows.size(), size_t(7 * 5));
        QCOMPARE(large.spacing, 45);
        QCOMPARE(large.factor, 20.0f); // 1.6 x 45 / 2 = 36
        QCOMPARE(small.factor, 5.0f); // 1.6 x 8 / 2 = 6.4
        FlowField flow = fields::still(60, 40, 2, 0);
        flow.vector(small.arrows[3].x, small.arrows[3].y)[1] = NAN;
        QCOMPARE(flowArrows(flow, 2).arrows.size(), size_t(34));
        QCOMPARE(captionOf(FlowView::Arrows, flow, {}),
            std::string("Arrows 5 times as long as the motion · 1 vector unknown, hatched"));
    }

    // A square moves right over a ground at rest: what it covers next is hidden, and what leaves the picture.
    void occlusionOfAKnownCase()
    {
        constexpr int kWidth = 40, kHeight = 20, kMove = 6;
        FlowField forward = fields::still(kWidth, kHeight), backward = forward;
        for (int y = 5; y < 15; ++y)
            for (int x = 10; x < 20; ++x) {
                forward.vector(x, y)[0] = kMove;
                backward.vector(x + kMove, y)[0] = -kMove;
            }
        forward.vector(kWidth - 1, 0)[0] = kMove;
        FlowExtras extras;
        extras.backward = &backward;
        const Image first(kWidth, kHeight);
        const QImage picture = flowView(FlowView::Occlusion, forward, first, first, {}, extras);
        int hidden = 0;
        for (int y = 0; y < kHeight; ++y)
            for (int x = 0; x < kWidth; ++x) {
                const bool expected = (y >= 5 && y < 15 && x >= 20 && x < 20 + kMove) || (y == 0 && x == kWidth - 1);
                QCOMPARE(picture.pixel(x, y) != qRgb(0, 0, 0), expected);
                hidden += expected;
            }
        QCOMPARE(*motionFigures(forward, extras).occludedShare, double(hidden) / (kWidth * kHeight));
        QVERIFY(flowView(FlowView::Occlusion, forward, first, first, {}).isNull());
        QVERIFY(lackOf(FlowView::Occlusion, forward, first, first).find("backward") != std::string::npos);
    }

    void unknownEverywhere_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<float>("value");
        for (const float value : {float(NAN), float(INFINITY), 1e10f, 0.0f, -1e8f})
            for (const QSize size : {QSize(1, 1), QSize(3, 1), QSize(37, 23)})
                QTest::addRow("%d x %d of %g", size.width(), size.height(), double(value))
                    << size.width() << size.height() << value;
    }

    void unknownEverywhere()
    {
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(float, value);
        const FlowField flow = fields::still(width, height, value, value);
        const Image frame(width, height);
        const FlowExtras extras{&flow, &flow};
        const bool known = app::formats::known(flow.vector(0, 0));
        for (const FlowViewText& text : flowViewTexts()) {
            const QImage picture = flowView(text.view, flow, frame, frame, {}, extras);
            QCOMPARE(picture.size(), QSize(width, height));
            const bool moves = text.view != FlowView::Unmoved; // which needs no vector
            QCOMPARE(hatchedPixels(picture) == width * height,
                moves
                    && (!known
                        || (value != 0 && (text.view == FlowView::Warped || text.view == FlowView::Difference))));
            QCOMPARE(captionOf(text.view, flow, {}, extras).find("unknown") != std::string::npos, moves && !known);
        }
        const MotionFigures figures = motionFigures(flow, extras);
        QCOMPARE(figures.known, int64_t(known ? width * height : 0));
        QCOMPARE(figures.unknown, int64_t(known ? 0 : width * height));
        QCOMPARE(figures.errors.has_value(), known);
        QVERIFY(std::isfinite(figures.mean) && std::isfinite(figures.p95));
        QVERIFY(!valueAt(flow, extras, 0, 0).empty());
    }

    void framesOfAnotherSizeAreRefused()
    {
        const FlowField flow = fields::still(4, 4);
        const Image frame(4, 4), other(4, 5);
        for (const FlowView view : {FlowView::Warped, FlowView::Difference}) {
            QVERIFY(flowView(view, flow, frame, other, {}).isNull());
            QCOMPARE(lackOf(view, flow, frame, other), std::string("The frames and the flow differ in size."));
        }
        QVERIFY(flowView(FlowView::Colours, {}, {}, {}, {}).isNull());
        QVERIFY(!flowView(FlowView::Colours, flow, {}, {}, {}).isNull());
    }

    void wheel()
    {
        const QImage wheel = wheelLegend(60, 1.5);
        QCOMPARE(wheel.size(), QSize(90, 90));
        QCOMPARE(wheel.devicePixelRatio(), 1.5);
        QCOMPARE(qAlpha(wheel.pixel(0, 0)), 0);
        QCOMPARE(qAlpha(wheel.pixel(45, 45)), 255);
        int smooth = 0;
        for (int x = 0; x < 90; ++x)
            for (int y = 0; y < 90; ++y)
                smooth += qAlpha(wheel.pixel(x, y)) > 0 && qAlpha(wheel.pixel(x, y)) < 255;
        QVERIFY(smooth > 100 && smooth < 600);
        const QColor right = wheel.pixelColor(86, 45), up = wheel.pixelColor(45, 3);
        const auto red = app::formats::vectorColour(1, 0), above = app::formats::vectorColour(0, -1);
        QVERIFY(std::abs(right.hue() - QColor(red[0], red[1], red[2]).hue()) < 4);
        QVERIFY(std::abs(up.hue() - QColor(above[0], above[1], above[2]).hue()) < 4);
    }

    void aRealPair()
    {
        const auto truth = fields::rubberWhale();
        if (!truth.ok())
            QSKIP("needs Middlebury's RubberWhale with its true flow");
        FlowShown parts;
        parts.first = fields::photo();
        parts.second = fields::photo("rubberwhale2.png");
        parts.truth = truth.value();
        parts.truthName = "flow10.flo";
        parts.flow = fields::coarse(truth.value());
        parts.backward = fields::backwardOf(truth.value());
        const WarpedFrame truthBack = warpBack(parts.second, *parts.truth), unmoved = {parts.second, {}};
        double warped = 0, plain = 0;
        for (size_t i = 0; i < truthBack.seen.size(); ++i)
            for (size_t k = 3 * i; truthBack.seen[i] && k < 3 * i + 3; ++k) {
                warped += std::abs(int(truthBack.image.rgb[k]) - int(parts.first.rgb[k]));
                plain += std::abs(int(unmoved.image.rgb[k]) - int(parts.first.rgb[k]));
            }
        QVERIFY2(warped < plain / 2, "the true flow explains most of what differs");
        QElapsedTimer timer;
        timer.start();
        const auto pair = shown(std::move(parts));
        qInfo("figures %lld ms", timer.restart());
        QVERIFY(pair->figures.errors && pair->figures.errors->epe > 0.05);
        QCOMPARE(pair->figures.known + pair->figures.unknown, int64_t(584 * 388));
        for (const FlowViewText& text : flowViewTexts()) {
            timer.restart();
            const QImage picture = flowView(text.view, *pair, {});
            qInfo("%s %lld ms: %s", text.name, timer.elapsed(),
                captionOf(text.view, pair->flow, {}, pair->extras()).c_str());
            QCOMPARE(picture.size(), QSize(584, 388));
            shoot(picture, text.name);
        }
        shoot(wheelLegend(96, 2), "wheel");
    }

private:
    static void shoot(const QImage& picture, const char* name)
    {
        if (const QString folder = qEnvironmentVariable("PERCEIVERSCOPE_SHOTS"); !folder.isEmpty())
            QVERIFY(picture.save(folder + "/" + name + ".png"));
    }
};

QTEST_MAIN(TestFlowViews)
#include "test_flow_views.moc"
