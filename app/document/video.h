// The open video as the window knows it: any pair of frames, read beside the interface thread, and what was found of
// its pairs so far: how they move, where the picture cuts, one scale of colours for all. One mailbox: the newest
// question wins, the one before is not answered. Interface thread.
#pragma once

#include "app/document/video_reader.h"
#include "app/views/flow_figures.h"

#include <QObject>
#include <atomic>

namespace app::document {

// Of the motion from a pair's first frame to its second, pixels; below 0: not known yet.
struct PairFigures {
    float mean = -1, p95 = -1;
    float most = -1; // what 99.5 % do not exceed
};

class Video : public QObject {
    Q_OBJECT

public:
    Video(std::shared_ptr<VideoReader> reader, const std::filesystem::path& path, QObject* parent = nullptr);
    ~Video() override; // what is read is not waited for

    const std::filesystem::path& path() const { return m_path; }
    const media::SourceInfo& info() const { return m_reader->info(); }
    int64_t frames() const { return int64_t(m_seconds.size()); }
    int64_t pairs() const { return frames() - m_step; }
    // Pairs are frame n and frame n + step, of every n; at first 1. What was found of other pairs is forgotten, and
    // what was asked for is still to come, as far as there is such a pair.
    int64_t step() const { return m_step; }
    void setStep(int64_t step); // 1 … frames() - 1, else the nearest of these

    // paired() or failed() follows, of the newest only. A few pairs behind it are decoded ahead.
    void ask(int64_t pair);
    void cancel();
    bool reads() const { return m_wanted >= 0; }

    void found(int64_t pair, const views::MotionFigures& figures);
    const PairFigures& figures(int64_t pair) const { return m_figures[size_t(pair)]; }
    double secondsOf(int64_t frame) const; // by the length of all until it was decoded
    bool knowsSecondsOf(int64_t frame) const { return m_seconds[size_t(frame)] >= 0; }
    // Whether the second frame of a pair shows something else than the first, as far as is known of the frames between.
    bool isCut(int64_t pair) const;
    // Pixels at full colour, one for all of the video: the longest motion (but for 0.5 % of the pixels) of a pair, that
    // 90 % of the pairs looked at so far do not exceed, cuts left out: one pair that went wrong does not pale all
    // others. Rounded up to 1, 1.5, 2, 3, 5 or 7 with zeros, so that it seldom moves. 0: nothing was found yet.
    float fullColour() const { return m_fullColour; }
    float fullBar() const { return m_fullBar; } // likewise of p95, for a chart

signals:
    void paired(const app::document::VideoPair& pair);
    void failed(const QString& sentence);
    void learned(); // figures, times, cuts

private:
    void begin();
    void readAhead(int64_t pair);
    void learn(const std::vector<FrameFact>& facts);
    float ofMost(float PairFigures::*figure) const; // what most pairs do not exceed

    std::shared_ptr<VideoReader> m_reader; // by one work at a time
    std::filesystem::path m_path;
    std::shared_ptr<std::atomic<uint64_t>> m_newest; // what is read by an older number stops
    int64_t m_step = 1;
    int64_t m_wanted = -1; // the pair that is asked for
    bool m_busy = false; // the reader
    std::vector<PairFigures> m_figures;
    std::vector<double> m_seconds;
    std::vector<std::shared_ptr<const formats::SmallGrey>> m_small; // null: not yet decoded
    std::vector<bool> m_cuts; // that begin with a frame
    float m_fullColour = 0, m_fullBar = 0;
};

float roundedScale(float pixels); // up; 0 for 0
QString clockText(double seconds); // "1:02.040", "1:00:02.040"

} // namespace app::document
