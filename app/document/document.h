// What is open, what was asked of it, what was found: the only state that the window's views read. Files are read
// beside the interface thread, models run on the engine's; nothing here waits. Interface thread.
#pragma once

#include "app/document/engine_thread.h"
#include "app/document/opening.h"
#include "app/document/selection.h"
#include "app/document/video.h"

#include <QObject>
#include <QStringList>

namespace app::document {

class Document : public QObject {
    Q_OBJECT

public:
    explicit Document(QObject* parent = nullptr);

    // A picture, two frames of one size, a video, a clip with sound, or a text. opened() and a run follow, or refused()
    // with the reason.
    void open(const QStringList& files, const Place& place = {});
    using Masks = std::vector<std::pair<int64_t, int64_t>>;
    void openText(const std::string& text, Masks masks); // likewise, without a file; first stops what runs
    // It was edited where it is shown: no opened(), no run. The same text as before: what was answered stays.
    void changeText(const std::string& text, Masks masks);
    // What was answered before, shown without asking again; a small run is made again for its maps.
    void reopen(const Question& question, const QStringList& files, const AnalysisPtr& analysis);
    void close();

    // Of the open video another pair, asked about when it is read: what is selected stays. live: with fewer passes, and
    // the pair before stays on show until this one is answered. pairChanged() and answered() follow, or failed().
    enum class Pace { Whole, Live };
    void showPair(int64_t number, Pace pace = Pace::Whole);

    // Of the file whose clip is open the clip from another second on: likewise.
    void showClip(double seconds);

    void run(); // again, of the same input: what is selected and what can be undone stays
    void stop(); // what is read is not opened, what runs is not answered
    // From now on for this task (taskOf); what is open with it is asked again. Empty: the starter model.
    void chooseModel(const std::string& task, const std::string& id);
    // From now on, of every model; what is open is asked again, and what is selected and pinned stays, to be compared.
    // request: as engine::devices takes it.
    void chooseDevice(const std::string& request, engine::ops::Precision precision);
    void setView(const View& view); // of a session: applied when the answer is there
    // Again without what is locked (a head: without elements), beside the answer as it was.
    void knockOut(const engine::perceiver::KnockOut& without);
    void findOcclusion(); // frames: the way back too
    void pin(); // the shown map becomes A of a comparison; again: no comparison

    bool isOpen() const { return m_isOpen; }
    bool reads() const { return m_reads || (m_video && m_video->reads()); } // what will be opened or shown
    bool runs() const { return m_runs; }
    bool runsLive() const { return m_runs && m_runsLive; } // what is shown meanwhile is the pair before
    Video* video() const { return m_video.get(); } // null where it is none
    // How the motion is coloured: as the view says, but that for a video “auto” is one scale for all of it.
    views::FlowScale flowScale() const;
    const QStringList& files() const { return m_files; }
    const Question& question() const { return m_question; }
    const AnalysisPtr& analysis() const { return m_analysis; }
    const MapPtr& map() const { return m_map; }
    const MapPtr& pinned() const { return m_pinned; }
    // Asked for while somebody wants them.
    const LatentMapsPtr& latentMaps() const { return m_latents; }
    const LayerMapsPtr& layerMaps() const { return m_layers; }
    void wantLatentMaps(bool wanted);
    void wantLayerMaps(bool wanted);
    // The waves of a map that is shown, on the engine's device: spectrumChanged() follows, or spectrumFailed().
    void askSpectrum(engine::HostTensor map);
    const SpectrumPtr& spectrum() const { return m_spectrum; }
    float largestWeight() const { return m_largest; } // of all maps of this analysis so far
    Selection& selection() { return m_selection; }
    const Selection& selection() const { return m_selection; }
    EngineThread& engine() { return m_engine; }

signals:
    void opened(); // the question is new, the answer is none
    void refused(const QString& sentence);
    void pairChanged(); // another pair or clip of the open video is shown; its answer follows, if it is not there
    void started();
    void progressed(double share, double secondsLeft);
    void previewed(std::shared_ptr<const engine::FlowField> coarse); // frames: what is known before the answer
    void answered();
    void failed(const QString& sentence);
    void stopped();
    void mapChanged(); // also: pinned
    void mapFailed(const QString& sentence);
    void latentMapsChanged();
    void layerMapsChanged();
    void spectrumChanged();
    void spectrumFailed(const QString& sentence);

private:
    // document_opening.cpp
    void accept(Opened opened, const QStringList& files);
    void read(const QStringList& files, const Place& place, std::function<void(engine::Result<Opened>)> take);
    void ask(Question question);
    // document_video.cpp
    void openVideo(std::shared_ptr<VideoReader> reader);
    void takePair(const VideoPair& pair);
    void putPair(const Question& question);
    void forget();
    void answer(const AnalysisPtr& analysis);
    AnalysisPtr whole() const; // the answer with nothing left out
    template <typename Ask, typename Take>
    void post(Slot slot, Ask ask, Take take, void (Document::*failedWith)(const QString&));
    void askMap();
    void askOverviews();

    QStringList m_files;
    Question m_question;
    std::unique_ptr<Video> m_video;
    Pace m_pace = Pace::Whole; // of the pair that is read
    bool m_again = false; // the next answer is to another pair of what was answered: what is selected stays
    bool m_isOpen = false, m_reads = false, m_runs = false, m_runsLive = false, m_wantsLatents = false,
         m_wantsLayers = false;
    uint64_t m_opening = 0;
    AnalysisPtr m_analysis;
    MapPtr m_map, m_pinned;
    float m_largest = 0;
    LatentMapsPtr m_latents;
    LayerMapsPtr m_layers;
    SpectrumPtr m_spectrum;
    std::optional<uint32_t> m_tilePlace; // frames: the pixel that latents are shown for
    std::optional<std::array<int, 4>> m_tile; // and its tile: left, top, width, height
    std::map<std::string, std::string> m_models; // chosen by hand, by task
    std::string m_device; // chosen by hand
    engine::ops::Precision m_precision = engine::ops::Precision::Exact;
    std::optional<View> m_nextView;
    Selection m_selection;
    EngineThread m_engine; // goes first
};

} // namespace app::document
