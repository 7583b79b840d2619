#include "app/document/document.h"

#include <algorithm>

namespace app::document {

namespace {

constexpr uint32_t kFirst = 0;

// What a scene's maps begin with, by part.
std::array<std::vector<uint32_t>, 3> defaultsOf(const Analysis& analysis)
{
    std::array<std::vector<uint32_t>, 3> defaults;
    defaults[size_t(Part::Latents)] = {kFirst};
    if (analysis.scene == Scene::Frames)
        return defaults; // a pixel of many: the person points at it
    if (analysis.clip)
        defaults[size_t(Part::Outputs)] = {uint32_t(segmentOf(analysis.clip->outputs, ClipPart::Label).first)};
    else if (analysis.outputs == 1)
        defaults[size_t(Part::Outputs)] = {kFirst};
    else if (!analysis.masked.empty())
        defaults[size_t(Part::Outputs)] = {uint32_t(analysis.masked.front().token)};
    return defaults;
}

} // namespace

// What ask(analyst, line) finds on the engine's thread goes to take, here; or the reason why not to `failedWith`.
template <typename Ask, typename Take>
void Document::post(Slot slot, Ask ask, Take take, void (Document::*failedWith)(const QString&))
{
    m_engine.post(slot, [this, ask, take, failedWith](Analyst& analyst, const EngineThread::Line& line) {
        auto found = ask(analyst, line);
        return EngineThread::Delivery([this, take, failedWith, found = std::move(found)]() {
            if (found.ok())
                take(found.value());
            else
                emit(this->*failedWith)(QString::fromStdString(found.error().message));
        });
    });
}

Document::Document(QObject* parent) : QObject(parent)
{
    connect(&m_engine, &EngineThread::progressed, this, &Document::progressed);
    connect(&m_selection, &Selection::askedChanged, this, &Document::askMap);
}

void Document::forget()
{
    for (const Slot slot : {Slot::Run, Slot::Map, Slot::Latents, Slot::Layers, Slot::Spectrum})
        m_engine.cancel(slot);
    m_again = false;
    m_runs = false;
    m_analysis.reset();
    m_map.reset();
    m_pinned.reset();
    m_latents.reset();
    m_layers.reset();
    m_spectrum.reset();
    m_tilePlace.reset();
    m_tile.reset();
}

void Document::run()
{
    if (!m_isOpen)
        return;
    Question question = m_question;
    question.model = m_models[taskOf(question).first];
    ask(std::move(question));
}

void Document::ask(Question question)
{
    m_runs = true;
    m_runsLive = question.live && m_analysis;
    emit started();
    m_engine.post(Slot::Run, [this, question = std::move(question)](Analyst& analyst, const EngineThread::Line& line) {
        auto found = analyst.analyse(question, line.progress, [this, &line](engine::FlowField flow) {
            line.send([this, coarse = std::make_shared<const engine::FlowField>(std::move(flow))] {
                emit previewed(coarse);
            });
        });
        return EngineThread::Delivery([this, question, found = std::move(found)]() {
            m_runs = false;
            if (found.ok() && question.live && question.frame)
                putPair(question); // which waited for its answer
            if (found.ok())
                answer(found.value());
            else
                emit failed(QString::fromStdString(found.error().message));
        });
    });
}

void Document::answer(const AnalysisPtr& analysis)
{
    // Of the same input, or the next of a video: what is selected and pinned stays, to be compared.
    const bool again = bool(m_analysis) || m_again;
    m_again = false;
    if (m_video && m_question.frame && analysis->motion && analysis->without.empty())
        m_video->found(*m_question.frame, analysis->motion->figures);
    m_analysis = analysis;
    m_map.reset();
    m_largest = 0;
    m_latents.reset();
    m_layers.reset();
    if (!again)
        m_pinned.reset();
    emit answered();
    if (again)
        askMap();
    else
        m_selection.begin(defaultsOf(*analysis)); // which asks
    if (const auto view = std::exchange(m_nextView, std::nullopt))
        m_selection.change(*view, tr("the session's view"));
    askOverviews();
}

void Document::stop()
{
    if (m_video && m_video->reads()) {
        m_video->cancel();
        if (!m_runs && !m_reads)
            emit stopped();
    }
    const bool read = std::exchange(m_reads, false);
    if (read) {
        ++m_opening;
        m_nextView.reset();
    }
    const bool ran = std::exchange(m_runs, false);
    if (!read && !ran)
        return;
    if (ran)
        m_engine.cancel(Slot::Run);
    if (ran && m_analysis) { // the engine may have been done and on to what is not wanted: maps are of what is shown
        Question shown = m_question;
        shown.model = m_analysis->model;
        shown.before = m_analysis->before;
        shown.without = m_analysis->without;
        m_engine.post(Slot::Run,
            [shown = std::move(shown), analysis = m_analysis](Analyst& analyst, const EngineThread::Line& line) {
                (void)analyst.resume(shown, analysis, line.progress);
                return EngineThread::Delivery();
            });
    }
    emit stopped();
}

void Document::chooseModel(const std::string& task, const std::string& id)
{
    if (std::exchange(m_models[task], id) == id || !m_isOpen || taskOf(m_question).first != task)
        return;
    forget();
    m_selection.begin({});
    if (m_question.clip) // another model may take clips of another length
        showClip(m_question.clip->seconds);
    else
        run();
}

void Document::chooseDevice(const std::string& request, engine::ops::Precision precision)
{
    if (std::exchange(m_device, request) == request && m_precision == precision)
        return;
    m_precision = precision;
    m_engine.openWith([request, precision]() -> engine::Result<std::unique_ptr<engine::ops::Device>> {
        auto device = engine::devices::openDevice(request, precision);
        if (!device.ok() && !request.empty()) // remembered, and gone since
            return engine::Error{device.error().kind, device.error().message + ". Choose another in the menu Device."};
        return device;
    });
    if (m_isOpen)
        run();
}

void Document::setView(const View& view)
{
    m_nextView = view;
}

AnalysisPtr Document::whole() const
{
    return m_analysis->without.empty() ? m_analysis : m_analysis->before;
}

void Document::knockOut(const engine::perceiver::KnockOut& without)
{
    if (!m_analysis || without.empty())
        return;
    Question question = m_question;
    question.model = m_analysis->model;
    question.before = whole();
    question.without = without;
    ask(std::move(question));
}

void Document::findOcclusion()
{
    if (!m_analysis || m_analysis->scene != Scene::Frames)
        return;
    Question question = m_question;
    question.model = m_analysis->model;
    question.before = whole();
    question.backward = true;
    ask(std::move(question));
}

void Document::pin()
{
    m_pinned = m_pinned ? nullptr : m_map;
    emit mapChanged();
}

void Document::askMap()
{
    const auto question = m_selection.asked();
    if (!m_analysis || !question) {
        m_engine.cancel(Slot::Map);
        if (std::exchange(m_map, nullptr))
            emit mapChanged();
        return;
    }
    post(
        Slot::Map,
        [question = *question](
            Analyst& analyst, const EngineThread::Line& line) { return analyst.map(question, line.progress); },
        [this, question = *question](const MapPtr& map) {
            m_map = map;
            for (const float w : m_map->weights.values)
                m_largest = std::max(m_largest, w);
            emit mapChanged();
            const auto& part = m_map->part;
            if (!part || fromOf(question.direction) == Part::Latents)
                return;
            const auto earlier = std::exchange(m_tilePlace, question.elements.front());
            const std::array tile{part->left, part->top, part->width, part->height};
            // Latents are another tile's now; of several tiles, of the first pixel's.
            if (std::exchange(m_tile, tile) != tile || (question.elements.size() > 1 && earlier != m_tilePlace))
                askOverviews();
        },
        &Document::mapFailed);
}

void Document::wantLatentMaps(bool wanted)
{
    m_wantsLatents = wanted;
    if (wanted && !m_latents)
        askOverviews();
}

void Document::wantLayerMaps(bool wanted)
{
    m_wantsLayers = wanted;
    if (wanted && !m_layers)
        askOverviews();
}

void Document::askSpectrum(engine::HostTensor map)
{
    post(
        Slot::Spectrum,
        [map = std::move(map)](
            Analyst& analyst, const EngineThread::Line& line) { return analyst.spectrum(map, line.progress); },
        [this](const SpectrumPtr& spectrum) {
            m_spectrum = spectrum;
            emit spectrumChanged();
        },
        &Document::spectrumFailed);
}

void Document::askOverviews()
{
    if (!m_analysis)
        return;
    const bool frames = m_analysis->scene == Scene::Frames;
    if (m_wantsLatents && (!m_latents || frames))
        post(
            Slot::Latents,
            [place = m_tilePlace](
                Analyst& analyst, const EngineThread::Line& line) { return analyst.latentMaps(place, line.progress); },
            [this](const LatentMapsPtr& maps) {
                m_latents = maps;
                emit latentMapsChanged();
            },
            &Document::mapFailed);
    if (m_wantsLayers && (!m_layers || frames))
        post(
            Slot::Layers,
            [place = m_tilePlace](
                Analyst& analyst, const EngineThread::Line& line) { return analyst.layerMaps(place, line.progress); },
            [this](const LayerMapsPtr& maps) {
                m_layers = maps;
                emit layerMapsChanged();
            },
            &Document::mapFailed);
}

} // namespace app::document
