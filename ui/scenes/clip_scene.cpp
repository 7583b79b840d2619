#include "ui/scenes/clip_scene.h"

#include "app/views/map_picture.h"
#include "app/views/qt_image.h"
#include "ui/canvas/canvas.h"
#include "ui/scenes/clip_bar.h"
#include "ui/scenes/clip_player.h"
#include "ui/theme.h"

#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {

using namespace app::document;

namespace {

ScaleBar barOf(const engine::HostTensor& weights, app::views::ColourMap colours, const app::views::MapScale& scale,
    float top, const QString& unit)
{
    ShownMap map;
    map.weights = weights;
    map.colours = colours;
    map.scale = scale;
    map.top = top;
    map.unit = unit;
    return scaleBarOf(map);
}

} // namespace

ClipScene::ClipScene(Document& document, QWidget* parent)
    : SceneView(document, parent)
    , m_given(new Canvas(m_viewport))
    , m_rebuilt(new Canvas(m_viewport))
    , m_error(new Canvas(m_viewport))
    , m_sound(new SoundStrip)
    , m_player(new ClipPlayer(this))
    , m_bar(new ClipBar(document, *m_player))
{
    m_given->setAccessibleName(tr("The clip's pictures"));
    m_rebuilt->setAccessibleName(tr("The reconstruction's pictures"));
    m_error->setAccessibleName(tr("Their difference"));
    auto* pictures = new QSplitter(Qt::Horizontal);
    for (Canvas* canvas : {m_given, m_rebuilt, m_error})
        pictures->addWidget(canvas);
    pictures->setSizes({1000, 1000, 1000});
    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(pictures);
    split->addWidget(m_sound);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    for (QSplitter* each : {pictures, split})
        each->setHandleWidth(kSpace / 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(split, 1);
    layout->addWidget(m_bar);

    const std::pair<Canvas*, Part> asked[] = {{m_given, Part::Inputs}, {m_rebuilt, Part::Outputs}};
    for (const auto& [canvas, part] : asked) {
        connect(canvas, &Canvas::pointed, this, [this, part = part](QPoint at) { pointPicture(part, at); });
        connect(canvas, &Canvas::clicked, this, [this, part = part](QPoint at, bool add) {
            if (const auto element = elementAt(part, at))
                m_document.selection().lock(part, {*element}, add);
        });
        connect(canvas, &Canvas::dragged, this, [this, part = part](QRect pixels, bool add) {
            std::vector<uint32_t> all;
            for (int y = pixels.top(); y <= pixels.bottom(); ++y)
                for (int x = pixels.left(); x <= pixels.right(); ++x)
                    if (const auto element = elementAt(part, {x, y}))
                        all.push_back(*element);
            m_document.selection().lock(part, std::move(all), add);
        });
    }
    connect(m_error, &Canvas::pointed, this, [this](QPoint at) {
        if (!rebuiltIsShown())
            return;
        const auto& clip = *m_document.analysis()->clip;
        const uint8_t* was = m_document.question().clip->frames[size_t(m_frame)].pixel(at.x(), at.y());
        const uint8_t* is = clip.rebuilt.frames[size_t(m_frame)].pixel(at.x(), at.y());
        const QString text = tr("x %1  y %2   was %3 %4 %5   is %6 %7 %8")
                                 .arg(at.x())
                                 .arg(at.y())
                                 .arg(was[0])
                                 .arg(was[1])
                                 .arg(was[2])
                                 .arg(is[0])
                                 .arg(is[1])
                                 .arg(is[2]);
        emit readout(text);
    });
    for (Canvas* canvas : {m_given, m_rebuilt, m_error}) {
        connect(canvas, &Canvas::doubleClicked, canvas, &Canvas::fit);
        connect(canvas, &Canvas::left, this, [this] {
            m_document.selection().leave();
            emit readout({});
        });
    }
    connect(m_sound, &SoundStrip::pointed, this, [this](SoundStrip::At at) {
        const Part part = at.row == SoundStrip::Row::Given ? Part::Inputs : Part::Outputs;
        point(part, elementAt(at), m_sound->valueAt(at));
    });
    connect(m_sound, &SoundStrip::left, this, [this] {
        m_document.selection().leave();
        emit readout({});
    });
    connect(m_sound, &SoundStrip::clicked, this, [this](SoundStrip::At at, bool add) {
        if (const auto element = elementAt(at))
            m_document.selection().lock(
                at.row == SoundStrip::Row::Given ? Part::Inputs : Part::Outputs, {*element}, add);
    });
    connect(m_sound, &SoundStrip::placed, this, [this](double share) {
        if (const auto& clip = m_document.question().clip)
            m_player->seek(share * clip->size.seconds());
    });
    connect(m_player, &ClipPlayer::moved, this, [this](double seconds) {
        const auto& clip = m_document.question().clip;
        if (!clip || !current())
            return;
        m_sound->setPlace(seconds / clip->size.seconds());
        const auto frame = std::clamp<int64_t>(
            int64_t(std::floor(seconds / clip->size.seconds() * double(clip->size.frames) + 1e-6)), 0,
            clip->size.frames - 1);
        if (std::exchange(m_frame, frame) != frame)
            showFrame();
    });
    connect(m_player, &ClipPlayer::ended, this, [this] { m_playsOn = m_bar->goOn(1); });
    connect(m_player, &ClipPlayer::mute, this, &ClipScene::said);
    connect(m_bar, &ClipBar::heardChanged, this, &ClipScene::chooseSound);
    connect(&document, &Document::pairChanged, this, [this] {
        if (current())
            showInput();
    });
    for (const auto& signal : {&Document::failed, &Document::refused})
        connect(&document, signal, this, [this] { m_playsOn = false; });
    connect(&document, &Document::stopped, this, [this] { m_playsOn = false; });
}

void ClipScene::hideEvent(QHideEvent* event)
{
    m_playsOn = false;
    m_player->setPlaying(false);
    SceneView::hideEvent(event);
}

void ClipScene::step(int frames)
{
    const auto& clip = m_document.question().clip;
    if (!clip)
        return;
    m_playsOn = false;
    m_player->setPlaying(false);
    const int64_t next = std::clamp<int64_t>(m_frame + frames, 0, clip->size.frames - 1);
    m_player->seek((double(next) + 0.5) / double(clip->size.frames) * clip->size.seconds());
}

const Segments* ClipScene::segments(Part part) const
{
    const auto& analysis = m_document.analysis();
    if (!analysis || !analysis->clip || part == Part::Latents)
        return nullptr;
    return part == Part::Inputs ? &analysis->clip->inputs : &analysis->clip->outputs;
}

// The model's patch, or its output, at a pixel of the picture that is shown.
std::optional<uint32_t> ClipScene::elementAt(Part part, QPoint pixel) const
{
    const Segments* all = segments(part);
    if (!all || !m_given->picture().rect().contains(pixel))
        return {};
    const engine::Shape& grid = segmentOf(*all, ClipPart::Picture).grid;
    return pictureElement(*all, m_frame * grid[0] / m_document.question().clip->size.frames,
        pixel.y() * grid[1] / m_given->picture().height(), pixel.x() * grid[2] / m_given->picture().width());
}

std::optional<uint32_t> ClipScene::elementAt(const SoundStrip::At& at) const
{
    const Segments* all = segments(at.row == SoundStrip::Row::Given ? Part::Inputs : Part::Outputs);
    if (!all || at.row == SoundStrip::Row::Attention)
        return {};
    return soundElement(*all, int64_t(at.share * double(segmentOf(*all, ClipPart::Sound).count())));
}

// Only where the question starts there: else pointing would take the answer's map away.
void ClipScene::point(Part part, std::optional<uint32_t> element, const QString& place)
{
    QString text = place;
    if (element) {
        const Part from = fromOf(m_document.selection().view().question.direction);
        if (from == part)
            m_document.selection().point(part, {*element});
        text += (text.isEmpty() ? QString() : tr("   ")) + elementName(part, *element, m_document);
        if (!m_map.empty() && m_map.over == part)
            text += tr("   weight %1   rank %2 of %3")
                        .arg(weightText(double(m_map.weights.values[*element])))
                        .arg(app::views::rankOf(m_map.weights.values, *element))
                        .arg(m_map.weights.size());
    }
    emit readout(text);
}

void ClipScene::pointPicture(Part part, QPoint pixel)
{
    point(part, elementAt(part, pixel), {});
}

void ClipScene::showInput()
{
    const ClipQuestion& clip = *m_document.question().clip;
    m_errors.clear();
    m_map = {}; // of the clip before
    m_rebuilt->setPicture({});
    m_error->setPicture({});
    m_error->setScaleBar({});
    m_sound->setClip(nullptr, clip.size.seconds(), clip.size.sampleRate());
    m_player->setPlaying(false);
    m_player->setLength(clip.size.seconds());
    m_player->seek(0);
    chooseSound();
    showFrame();
    showMap();
}

void ClipScene::showAnswer()
{
    const auto& clip = m_document.analysis()->clip;
    m_sound->setClip(clip, m_document.question().clip->size.seconds(), m_document.question().clip->size.sampleRate());
    makeErrors();
    const engine::Shape& grid = segmentOf(clip->inputs, ClipPart::Picture).grid;
    m_given->setCell(m_given->picture().rect(), QSize(int(grid[2]), int(grid[1])));
    if (m_bar->heard() == ClipBar::Heard::Rebuilt)
        chooseSound(); // which is there only now
    showFrame();
    showMap();
    if (std::exchange(m_playsOn, false)) {
        m_player->seek(0);
        m_player->setPlaying(true);
    }
}

// The mean of the channels' absolute differences, all pictures on one scale.
void ClipScene::makeErrors()
{
    const auto& was = m_document.question().clip->frames;
    const auto& is = m_document.analysis()->clip->rebuilt.frames;
    std::vector<engine::HostTensor> all;
    float largest = 0;
    for (size_t i = 0; i < is.size(); ++i) {
        engine::HostTensor& error = all.emplace_back(engine::Shape{is[i].height, is[i].width});
        for (size_t p = 0; p < error.values.size(); ++p) {
            for (size_t c = 0; c < 3; ++c)
                error.values[p]
                    += float(std::abs(int(was[i].rgb[3 * p + c]) - int(is[i].rgb[3 * p + c]))) / (3 * 255.0f);
            largest = std::max(largest, error.values[p]);
        }
    }
    m_errors.clear();
    app::views::MapScale scale;
    scale.global = true;
    for (const engine::HostTensor& error : all)
        m_errors.push_back(app::views::mapImage(error, app::views::ColourMap::Magma, scale, largest));
    m_error->setScaleBar(barOf(
        engine::HostTensor({1}, {255 * largest}), app::views::ColourMap::Magma, scale, 255 * largest, tr("of 255")));
}

// The pictures of the moment, and what lies over them.
void ClipScene::showFrame()
{
    const auto i = size_t(m_frame);
    m_given->setPicture(app::views::toQImage(m_document.question().clip->frames[i]));
    if (rebuiltIsShown()) {
        m_rebuilt->setPicture(app::views::toQImage(m_document.analysis()->clip->rebuilt.frames[i]));
        m_error->setPicture(m_errors[i]);
    }
    showOverlays();
}

// The view changes also while another clip is put in this one's place.
bool ClipScene::rebuiltIsShown() const
{
    return segments(Part::Outputs) && size_t(m_frame) < m_errors.size();
}

void ClipScene::showMap()
{
    m_map = shownMap(m_document);
    if (m_map.over == Part::Latents || !m_document.analysis() || !segments(m_map.over))
        m_map = {};
    m_top = 0;
    const Look& look = m_document.selection().view().look;
    if (!m_map.empty()) {
        const Segments& all = *segments(m_map.over);
        const auto& picture = segmentOf(all, ClipPart::Picture);
        for (int64_t p = picture.first; p < picture.first + picture.count(); ++p)
            m_top = std::max(m_top, std::abs(m_map.weights.values[size_t(p)]));
        m_sound->setAttention(look.overlay ? std::optional(overTime(all, m_map.weights)) : std::nullopt,
            m_map.over == Part::Inputs ? SoundStrip::Row::Given : SoundStrip::Row::Rebuilt);
    } else {
        m_sound->setAttention({}, SoundStrip::Row::Given);
    }
    if (m_document.question().clip)
        showOverlays();
}

// The part of the map that lies on the picture shown, on one scale for all pictures; titles and marks.
void ClipScene::showOverlays()
{
    const Look& look = m_document.selection().view().look;
    const bool rebuilt = rebuiltIsShown();
    m_given->setTitle(
        tr("Original"), tr("picture %1 of %2").arg(m_frame + 1).arg(m_document.question().clip->size.frames));
    m_rebuilt->setTitle(tr("Reconstruction"),
        rebuilt ? tr("%1 dB PSNR").arg(m_document.analysis()->clip->framePsnr[size_t(m_frame)], 0, 'f', 1)
                : tr("follows"));
    m_error->setTitle(tr("Error"), rebuilt ? tr("mean difference of the colours") : QString());
    for (Canvas* canvas : {m_given, m_rebuilt}) {
        const bool on = look.overlay && !m_map.empty() && (canvas == m_given) == (m_map.over == Part::Inputs)
            && !canvas->picture().isNull();
        if (!on) {
            canvas->setOverlay({}, {});
            canvas->setContours({});
            canvas->setScaleBar({});
            continue;
        }
        const engine::HostTensor weights = onFrame(*segments(m_map.over), m_map.weights, m_frame);
        app::views::MapScale scale = m_map.scale;
        const float top = scale.global && m_map.top ? *m_map.top : m_top;
        scale.global = true;
        const QRectF whole = canvas->picture().rect();
        canvas->setOverlay(app::views::overlayImage(weights, m_map.colours, scale, look.opacity, top), whole);
        canvas->setScaleBar(barOf(weights, m_map.colours, scale, top, m_map.unit));
        canvas->setTitle(m_map.title, canvas == m_given ? tr("picture %1").arg(m_frame + 1) : QString());
        canvas->setContours(look.contours ? contourLines(weights, top,
                                QTransform::fromScale(whole.width() / double(weights.shape[1]),
                                    whole.height() / double(weights.shape[0])))
                                          : std::vector<QPolygonF>());
    }
    m_given->setAccessibleDescription(m_map.sentence);
    showMarks();
}

// What is asked about, where it lies on what is shown now.
void ClipScene::showMarks()
{
    std::vector<QRectF> onGiven, onRebuilt;
    std::vector<SoundStrip::At> onSound;
    double width = 0;
    const auto asked = m_document.selection().asked();
    const Part from = asked ? fromOf(asked->direction) : Part::Latents;
    if (const Segments* all = segments(from)) {
        const engine::Shape& grid = segmentOf(*all, ClipPart::Picture).grid;
        const double across = m_given->picture().width() / double(grid[2]),
                     down = m_given->picture().height() / double(grid[1]);
        width = 1.0 / double(segmentOf(*all, ClipPart::Sound).count());
        for (const uint32_t element : asked->elements) {
            const ClipPlace place = placeOf(*all, element);
            if (place.part == ClipPart::Picture && place.frame == m_frame)
                (from == Part::Inputs ? onGiven : onRebuilt)
                    .push_back({double(place.column) * across, double(place.row) * down, across, down});
            else if (place.part == ClipPart::Sound)
                onSound.push_back({from == Part::Inputs ? SoundStrip::Row::Given : SoundStrip::Row::Rebuilt,
                    double(place.step) / double(place.steps)});
        }
    }
    m_given->setMarks(std::move(onGiven));
    m_rebuilt->setMarks(std::move(onRebuilt));
    m_sound->setMarks(std::move(onSound), width);
}

void ClipScene::chooseSound()
{
    const auto& question = m_document.question().clip;
    if (!question || !current())
        return;
    const auto& analysis = m_document.analysis();
    if (m_bar->heard() == ClipBar::Heard::Given)
        m_player->setSound(question->sound, question->size.sampleRate());
    else if (m_bar->heard() == ClipBar::Heard::Rebuilt && analysis && analysis->clip)
        m_player->setSound(analysis->clip->rebuilt.sound, question->size.sampleRate());
    else
        m_player->setSound({}, 0);
}

} // namespace ui
