// The document's files: what is read becomes what is open.
#include "app/document/background.h"
#include "app/document/document.h"

namespace app::document {

// Beside this thread; the newest reading counts.
void Document::read(const QStringList& files, const Place& place, std::function<void(engine::Result<Opened>)> take)
{
    m_reads = true;
    inBackground(
        this, [files, place, model = m_models["clip"]] { return readSource(files, place, model); },
        [this, take = std::move(take), number = ++m_opening](engine::Result<Opened> opened) {
            if (number != m_opening)
                return;
            m_reads = false;
            take(std::move(opened));
        });
}

void Document::open(const QStringList& files, const Place& place)
{
    m_nextView.reset(); // of a session that could not be opened
    read(files, place, [this, files](engine::Result<Opened> opened) {
        if (opened.ok())
            return accept(std::move(opened).value(), files);
        m_nextView.reset(); // it was for these files
        emit refused(QString::fromStdString(opened.error().message));
    });
}

void Document::showClip(double seconds)
{
    if (!m_question.clip)
        return;
    read(m_files, {.as = Place::As::Clip, .seconds = seconds}, [this](engine::Result<Opened> opened) {
        if (!opened.ok()) {
            emit failed(QString::fromStdString(opened.error().message));
            return;
        }
        putPair(opened.value().question);
        run();
    });
}

void Document::accept(Opened found, const QStringList& files)
{
    forget();
    m_files = files;
    m_question = std::move(found.question);
    m_video.reset();
    if (found.video)
        openVideo(std::move(found.video));
    m_isOpen = true;
    View view = m_selection.view(); // a question that was asked of something else may have no answer here
    view.question = {};
    m_selection.change(view, tr("opening"));
    m_selection.begin({});
    emit opened();
    run();
}

void Document::reopen(const Question& question, const QStringList& files, const AnalysisPtr& analysis)
{
    if (analysis->scene != Scene::Frames) // as fast, and the run that maps need is there again
        return accept({question, nullptr}, files);
    if (question.frame)
        return open(files, {.as = Place::As::Motion, .frame = *question.frame});
    ++m_opening;
    m_reads = false;
    forget();
    m_video.reset();
    m_files = files;
    m_question = question;
    m_isOpen = true;
    m_selection.begin({});
    emit opened();
    m_engine.post(Slot::Run, [this, question, analysis](Analyst& analyst, const EngineThread::Line&) {
        auto ready = analyst.resume(question, analysis);
        return EngineThread::Delivery([this, analysis, ready = std::move(ready)]() {
            if (ready.ok())
                answer(analysis);
            else
                emit failed(QString::fromStdString(ready.error().message));
        });
    });
}

void Document::openText(const std::string& text, Masks masks)
{
    stop(); // who waits for an answer would wait for ever
    ++m_opening;
    accept({Question{.text = text, .masks = std::move(masks)}, nullptr}, {});
}

void Document::changeText(const std::string& text, Masks masks)
{
    if (m_reads) // other files: they would come over what is edited
        stop();
    if (m_isOpen && sceneOf(m_question) == Scene::Text && m_question.text == text && m_question.masks == masks)
        return;
    forget();
    m_video.reset();
    m_question = {.text = text, .masks = std::move(masks)};
    m_isOpen = true;
    m_selection.begin({});
}

void Document::close()
{
    const bool unfinished = m_runs || reads();
    ++m_opening;
    m_reads = false;
    forget();
    m_video.reset();
    m_nextView.reset();
    m_files.clear();
    m_question = {};
    m_isOpen = false;
    m_selection.begin({});
    if (unfinished)
        emit stopped(); // who waits for an answer would wait for ever
}

} // namespace app::document
