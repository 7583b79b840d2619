// Attention as pictures: colours, scales, contours of shapes that are known, pixels.
#include "app/views/map_picture.h"

#include <QtTest>
#include <cmath>
#include <numbers>

using namespace app::views;
using engine::HostTensor;

Q_DECLARE_METATYPE(ColourMap)

namespace {

double linear(int channel)
{
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

// CIE L*, 0 to 100.
double lightness(QRgb colour)
{
    const double y = 0.2126 * linear(qRed(colour)) + 0.7152 * linear(qGreen(colour)) + 0.0722 * linear(qBlue(colour));
    return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

// Height falls evenly from `height` at the middle: its contours are circles.
HostTensor cone(int64_t side, double middleX, double middleY, double height)
{
    HostTensor map({side, side});
    for (int64_t y = 0; y < side; ++y)
        for (int64_t x = 0; x < side; ++x)
            map.at(y, x) = float(height - std::hypot(double(x) + 0.5 - middleX, double(y) + 0.5 - middleY));
    return map;
}

double area(const QPolygonF& line)
{
    double twice = 0;
    for (qsizetype i = 0; i + 1 < line.size(); ++i)
        twice += line[i].x() * line[i + 1].y() - line[i + 1].x() * line[i].y();
    return twice / 2;
}

} // namespace

class TestViews : public QObject {
    Q_OBJECT

private slots:
    // matplotlib 3.11's colours at five places; over all 256 the largest difference was 1 (viridis, turbo) and 2
    // (magma, cividis) of 255.
    void coloursArePublished()
    {
        struct Case {
            ColourMap map;
            QRgb colours[5];
        };
        constexpr int kPlaces[] = {0, 40, 101, 177, 255};
        const Case cases[] = {
            {ColourMap::Viridis,
                {qRgb(68, 1, 84), qRgb(69, 55, 129), qRgb(42, 119, 142), qRgb(64, 189, 114), qRgb(253, 231, 37)}},
            {ColourMap::Magma,
                {qRgb(0, 0, 4), qRgb(41, 17, 90), qRgb(139, 41, 129), qRgb(246, 108, 92), qRgb(252, 253, 191)}},
            {ColourMap::Cividis,
                {qRgb(0, 34, 78), qRgb(39, 62, 110), qRgb(101, 104, 112), qRgb(172, 161, 114), qRgb(254, 232, 56)}},
            {ColourMap::Turbo,
                {qRgb(48, 18, 59), qRgb(70, 128, 246), qRgb(67, 247, 135), qRgb(254, 169, 51), qRgb(122, 4, 3)}},
        };
        for (const Case& c : cases)
            for (int i = 0; i < 5; ++i) {
                const QRgb got = colourAt(c.map, float(kPlaces[i]) / 255), want = c.colours[i];
                const int off = std::max({std::abs(qRed(got) - qRed(want)), std::abs(qGreen(got) - qGreen(want)),
                    std::abs(qBlue(got) - qBlue(want))});
                QVERIFY2(off <= 2, qPrintable(QString("%1 at %2: %3").arg(name(c.map)).arg(kPlaces[i]).arg(off)));
                if (i == 0 || i == 4)
                    QCOMPARE(got, want);
            }
    }

    void moreIsLighter()
    {
        for (const ColourMap map : {ColourMap::Viridis, ColourMap::Magma, ColourMap::Cividis, ColourMap::Grey}) {
            for (size_t i = 8; i < 256; ++i)
                QVERIFY2(lightness(lookup(map)[i]) > lightness(lookup(map)[i - 8]), name(map));
            for (size_t i = 1; i < 256; ++i) // whole numbers of 255 may step back by half of one
                QVERIFY2(lightness(lookup(map)[i]) > lightness(lookup(map)[i - 1]) - 0.25, name(map));
        }
    }

    // Opposite differences are equally light, and unlike nothing.
    void signedIsEven()
    {
        const auto& colours = lookup(ColourMap::Signed);
        for (size_t i = 0; i < 128; ++i) {
            QVERIFY(std::abs(lightness(colours[i]) - lightness(colours[255 - i])) < 4);
            if (i > 0)
                QVERIFY(lightness(colours[i]) < lightness(colours[i - 1]) + 0.25);
        }
        QVERIFY(qBlue(colours[20]) > qRed(colours[20]) + 60);
        QVERIFY(qRed(colours[235]) > qBlue(colours[235]) + 60);
    }

    void coloursOutOfRange()
    {
        for (const ColourMap map : colourMaps()) {
            QCOMPARE(colourAt(map, -1), lookup(map)[0]);
            QCOMPARE(colourAt(map, 2), lookup(map)[255]);
            QCOMPARE(colourAt(map, INFINITY), lookup(map)[255]);
            QCOMPARE(colourAt(map, NAN), lookup(map)[0]);
            QCOMPARE(colourMapNamed(name(map)), std::optional(map));
            QCOMPARE(lookup(map)[0] & RGB_MASK, anchors(map).front());
            QCOMPARE(lookup(map)[255] & RGB_MASK, anchors(map).back());
        }
        QVERIFY(!colourMapNamed("jet"));
    }

    void scales()
    {
        const std::vector<float> weights = {0, 1e-6f, 0.25f, 1, NAN};
        MapScale scale;
        QCOMPARE(rangeOf(weights, scale).low, 0.0f);
        QCOMPARE(rangeOf(weights, scale).high, 1.0f);
        QCOMPARE(normalised(weights, scale), (std::vector<float>{0, 1e-6f, 0.25f, 1, 0}));
        scale.curve = MapScale::Curve::Root;
        QCOMPARE(normalised(weights, scale), (std::vector<float>{0, 1e-3f, 0.5f, 1, 0}));
        scale.curve = MapScale::Curve::Logarithmic;
        const auto logarithmic = normalised(std::vector<float>{0, 1e-6f, 1e-4f, 1e-2f, 1}, scale);
        QCOMPARE(logarithmic[0], 0.0f);
        QCOMPARE(logarithmic[1], 0.0f);
        QVERIFY(std::abs(logarithmic[2]) < 1e-6f);
        QVERIFY(std::abs(logarithmic[3] - 0.5f) < 1e-6f);
        QCOMPARE(logarithmic[4], 1.0f);
        // One top for many maps: what is above it is shown as the top; on a map's own scale it does not count.
        scale = {.global = true};
        QCOMPARE(normalised(weights, scale, 0.5f)[2], 0.5f);
        QCOMPARE(normalised(weights, scale, 0.5f)[3], 1.0f);
        QCOMPARE(normalised(weights, {}, 0.5f)[2], 0.25f);
        QCOMPARE(normalised(std::vector<float>{0, 0}, {}), (std::vector<float>{0, 0}));
        QVERIFY(normalised({}, {}).empty());
    }

    void discard()
    {
        const std::vector<float> weights = {4, 1, 3, 2, 2, 5, 6, 7};
        QCOMPARE(normalised(weights, {.discard = 0.25f}), // of the equal ones at the limit all stay
            (std::vector<float>{4 / 7.0f, 0, 3 / 7.0f, 2 / 7.0f, 2 / 7.0f, 5 / 7.0f, 6 / 7.0f, 1}));
        QCOMPARE(
            normalised(weights, {.discard = 0.5f}), (std::vector<float>{4 / 7.0f, 0, 0, 0, 0, 5 / 7.0f, 6 / 7.0f, 1}));
        QCOMPARE(normalised(weights, {.discard = 1}), std::vector<float>(8, 0));
    }

    void differences()
    {
        const std::vector<float> weights = {-0.5f, 0, 1, -4};
        MapScale scale = {.symmetric = true};
        QCOMPARE(rangeOf(weights, scale).low, -4.0f);
        QCOMPARE(rangeOf(weights, scale).high, 4.0f);
        QCOMPARE(normalised(weights, scale), (std::vector<float>{0.4375f, 0.5f, 0.625f, 0}));
        scale.curve = MapScale::Curve::Root;
        QCOMPARE(normalised(weights, scale)[2], 0.75f);
        scale.discard = 0.5f;
        QCOMPARE(normalised(weights, scale)[0], 0.5f);
    }

    // A scale bar's numbers are those of the picture.
    void weightsComeBack()
    {
        for (const auto curve : {MapScale::Curve::Linear, MapScale::Curve::Root, MapScale::Curve::Logarithmic})
            for (const bool symmetric : {false, true}) {
                const MapScale scale = {.curve = curve, .global = true, .symmetric = symmetric};
                const Range range = rangeOf({}, scale, 3.0f);
                for (const float shown : {0.125f, 0.25f, 0.375f, 0.625f, 0.875f, 1.0f}) {
                    const float weight = weightAt(shown, range, scale);
                    QVERIFY(std::abs(normalised(std::span(&weight, 1), scale, 3.0f)[0] - shown) < 1e-5f);
                }
            }
    }

    void ranks()
    {
        const std::vector<float> weights = {0.1f, 0.5f, 0.2f, 0.5f, NAN};
        QCOMPARE(rankOf(weights, 0), 4);
        QCOMPARE(rankOf(weights, 1), 1);
        QCOMPARE(rankOf(weights, 3), 1);
        QCOMPARE(rankOf(weights, 2), 3);
        QCOMPARE(rankOf(weights, 4), 5);
    }

    void pictures()
    {
        const HostTensor map({2, 3}, {0, 1, 2, 3, 4, 8});
        const QImage image = mapImage(map, ColourMap::Magma, {});
        QCOMPARE(image.size(), QSize(3, 2));
        QCOMPARE(image.pixel(0, 0), colourAt(ColourMap::Magma, 0));
        QCOMPARE(image.pixel(1, 1), colourAt(ColourMap::Magma, 0.5f));
        QCOMPARE(image.pixel(2, 1), colourAt(ColourMap::Magma, 1));
        const QImage overlay = overlayImage(map, ColourMap::Magma, {}, 0.5f);
        QCOMPARE(qAlpha(overlay.pixel(0, 0)), 0);
        QCOMPARE(qAlpha(overlay.pixel(2, 0)), 32); // a quarter of a half
        QCOMPARE(qAlpha(overlay.pixel(2, 1)), 128);
        QCOMPARE(mapImage(HostTensor({5}), ColourMap::Grey, {}).size(), QSize(5, 1));
        QCOMPARE(mapImage(HostTensor({2, 3, 4}), ColourMap::Grey, {}).size(), QSize(4, 6));
        QVERIFY(mapImage(HostTensor(), ColourMap::Grey, {}).isNull());
        QVERIFY(mapImage(HostTensor({0, 3}), ColourMap::Grey, {}).isNull());
    }

    void signedPictures()
    {
        const HostTensor map({3}, {-1, 0, 2});
        const QImage image = mapImage(map, ColourMap::Signed, {});
        QCOMPARE(image.pixel(1, 0), colourAt(ColourMap::Signed, 0.5f));
        QCOMPARE(image.pixel(0, 0), colourAt(ColourMap::Signed, 0.25f));
        const QImage overlay = overlayImage(map, ColourMap::Signed, {}, 1);
        QCOMPARE(qAlpha(overlay.pixel(1, 0)), 0);
        QCOMPARE(qAlpha(overlay.pixel(2, 0)), 255);
    }

    void contourOfADisc()
    {
        const double radius = 8.3;
        const HostTensor map = cone(40, 20.2, 17.9, 20);
        const auto lines = contours(map, float(20 - radius));
        QCOMPARE(lines.size(), size_t(1));
        QVERIFY(lines[0].isClosed());
        for (const QPointF& point : lines[0]) // straight between the middles: 1/8 of a cell's bend over the radius
            QVERIFY(std::abs(std::hypot(point.x() - 20.2, point.y() - 17.9) - radius) < 0.03);
        QVERIFY(std::abs(area(lines[0]) - std::numbers::pi * radius * radius) < 1); // clockwise as drawn
        QVERIFY(contours(map, 21).empty());
        QVERIFY(contours(map, -21).empty());
    }

    // Half a disc: the line ends where the map does, not half a cell before.
    void contourAtTheBorder()
    {
        const auto lines = contours(cone(30, 0, 15, 10), 4);
        QCOMPARE(lines.size(), size_t(1));
        QVERIFY(!lines[0].isClosed());
        QCOMPARE(lines[0].first().x(), 0.0);
        QCOMPARE(lines[0].last().x(), 0.0);
        QVERIFY(std::abs(std::abs(lines[0].first().y() - lines[0].last().y()) - 12) < 0.1);
    }

    void contourOfLittle()
    {
        const auto one = contours(HostTensor({1, 2}, {0, 1}), 0.25f); // between 0.5 and 1.5, from top to bottom
        QCOMPARE(one.size(), size_t(1));
        QCOMPARE(one[0].first().x(), 0.75);
        QCOMPARE(std::abs(one[0].first().y() - one[0].last().y()), 1.0);
        QVERIFY(contours(HostTensor(), 0).empty());
        QVERIFY(contours(HostTensor({3, 3}), 0.5f).empty());
        QVERIFY(!contours(HostTensor({1, 2}, {NAN, 1}), 0.5f).empty());
    }

    // Two corners of a square against the other two: joined where the middle is more, apart where it is less.
    void contourOfASaddle()
    {
        const HostTensor map({2, 2}, {1, 0, 0, 1});
        for (const float level : {0.4f, 0.6f}) {
            const auto lines = contours(map, level);
            QCOMPARE(lines.size(), size_t(2));
            for (const QPolygonF& line : lines) { // round the top left and the bottom right corner, or round the others
                const QPointF middle = line.boundingRect().center();
                QCOMPARE((middle.x() < 1) == (middle.y() < 1), level > 0.5f);
            }
        }
        const HostTensor apart({3, 4}, {0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0});
        QCOMPARE(contours(apart, 0.6f).size(), size_t(3));
    }

    void sums()
    {
        const auto [alongX, alongY] = marginals(HostTensor({2, 3}, {1, 2, 3, 10, 20, 30}));
        QCOMPARE(alongX, (std::vector<float>{11, 22, 33}));
        QCOMPARE(alongY, (std::vector<float>{6, 60}));
    }
};

QTEST_GUILESS_MAIN(TestViews)
#include "test_views.moc"
