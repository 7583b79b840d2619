// The document's open video: which pair of frames is the question.
#include "app/document/document.h"

namespace app::document {

void Document::openVideo(std::shared_ptr<VideoReader> reader)
{
    m_video = std::make_unique<Video>(std::move(reader), m_files.first().toStdString());
    connect(m_video.get(), &Video::paired, this, &Document::takePair);
    connect(m_video.get(), &Video::failed, this, [this](const QString& sentence) { emit failed(sentence); });
}

void Document::showPair(int64_t number, Pace pace)
{
    if (!m_video)
        return;
    m_pace = pace;
    m_video->ask(number);
}

void Document::takePair(const VideoPair& pair)
{
    Question question = questionOf(pair);
    question.live = m_pace == Pace::Live;
    question.model = m_models[taskOf(question).first];
    if (!question.live)
        putPair(question);
    ask(std::move(question));
}

// The pair, or the clip, becomes what is open. The answer to the one before is none to it.
void Document::putPair(const Question& question)
{
    m_again = m_again || m_analysis;
    for (const Slot slot : {Slot::Map, Slot::Latents, Slot::Layers, Slot::Spectrum})
        m_engine.cancel(slot);
    m_analysis.reset();
    m_map.reset();
    m_tilePlace.reset();
    m_tile.reset();
    m_question = question;
    m_question.model.clear();
    m_question.live = false;
    emit pairChanged();
    if (!question.live)
        emit mapChanged();
}

views::FlowScale Document::flowScale() const
{
    const views::FlowScale& scale = m_selection.view().look.flowScale;
    if (!m_video || scale.mode != views::FlowScale::Mode::Auto || m_video->fullColour() <= 0)
        return scale;
    return {.mode = views::FlowScale::Mode::Fixed, .fixed = m_video->fullColour(), .percentile = scale.percentile};
}

} // namespace app::document
