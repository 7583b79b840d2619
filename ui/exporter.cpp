#include "ui/exporter.h"

#include "app/batch/rebuilt_clip.h"
#include "app/document/background.h"
#include "app/document/shown_map.h"
#include "app/formats/flow_files.h"
#include "app/views/flow_numbers.h"
#include "app/views/qt_image.h"
#include "ui/scenes/frames_scene.h"

#include <QApplication>
#include <QClipboard>
#include <QDrag>
#include <QFileInfo>
#include <QMimeData>
#include <QPalette>
#include <QUrl>

namespace ui {

using namespace app::document;

Exporter::Exporter(Document& document, QObject* parent) : QObject(parent), m_document(document) { }

QString Exporter::proposedName(const QString& extension) const
{
    const QString name
        = m_document.files().isEmpty() ? tr("text") : QFileInfo(m_document.files().first()).completeBaseName();
    const auto& frame = m_document.question().frame;
    return name + (frame ? tr("-frame%1").arg(*frame + 1, 5, 10, QChar('0')) : QString("-perceiver")) + extension;
}

app::exports::ShownMap Exporter::shown(SceneView& scene, bool mapOnly) const
{
    app::exports::ShownMap out;
    const auto& analysis = m_document.analysis();
    if (!analysis)
        return out;
    const Look& look = m_document.selection().view().look;
    const ShownMap map = shownMap(m_document);
    QString source = m_document.files().isEmpty() ? QString() : QFileInfo(m_document.files().first()).fileName();
    if (const auto& frame = m_document.question().frame)
        source += m_document.video() && m_document.video()->step() > 1
            ? tr(", frame %1 to %2, at %3")
                  .arg(*frame + 1)
                  .arg(*frame + 1 + m_document.video()->step())
                  .arg(clockText(m_document.question().seconds))
            : tr(", frame %1 at %2").arg(*frame + 1).arg(clockText(m_document.question().seconds));
    const QString model = tr("model “%1”").arg(QString::fromStdString(analysis->model).section('/', -1));
    QStringList caption{map.title, map.more, source, model};
    out.colours = map.colours;
    out.scale = map.scale;
    out.top = map.top;
    out.opacity = look.opacity;
    out.contours = look.contours;
    out.smooth = true;
    out.unit = map.unit;
    out.darkPaper = qApp->palette().color(QPalette::Window).lightness() < 128;
    auto* frames = qobject_cast<FramesScene*>(&scene);
    const bool lies = !map.empty() && map.over != Part::Latents
        && map.weights.size() >= engine::elementCount(analysis->inputGrid); // one answer's is a single number
    const ClipAnswer* clip = analysis->clip.get();
    const bool wanted = mapOnly || (!frames && !clip && look.overlay && lies && !sideBySide());
    if (wanted)
        out.map = map.weights;
    if (clip && lies) { // drawn are its pictures; tables hold sound and label, too
        const Segments& parts = map.over == Part::Inputs ? clip->inputs : clip->outputs;
        const auto& picture = segmentOf(parts, ClipPart::Picture);
        const auto first = map.weights.values.begin() + picture.first;
        out.numbers = engine::HostTensor({map.weights.size(), 1}, map.weights.values);
        out.names = {"weight"};
        if (wanted)
            out.map = engine::HostTensor(picture.grid, {first, first + picture.count()});
    }
    if (analysis->scene == Scene::Picture && wanted && lies) {
        out.ground = app::views::toQImage(*m_document.question().pictures[0]);
        const auto& c = analysis->crop;
        out.crop = QRect(c.left, c.top, c.width, c.height);
    } else if (frames && wanted && lies) {
        out.ground = app::views::toQImage(*m_document.question().pictures[0]);
        if (map.part) {
            const auto& part = *map.part;
            out.crop = QRect(part.left, part.top, part.width, part.height);
            out.map = weightsIn(map.weights, part);
        }
    } else if (!mapOnly) {
        out.instead = scene.shot();
    }
    if (frames && !mapOnly)
        caption = QStringList{tr("Optical flow")} + addMotion(out, *frames) + QStringList{source, model};
    else if (!mapOnly && sideBySide())
        addCompared(out);
    caption.removeAll({});
    out.caption = caption.join(" · ");
    return out;
}

// A picture's A, B and A - B stand beside one another.
bool Exporter::sideBySide() const
{
    return m_document.analysis()->scene == Scene::Picture && m_document.selection().view().look.overlay
        && comparable(m_document) && shownMap(m_document).over == Part::Inputs;
}

void Exporter::addCompared(app::exports::ShownMap& out) const
{
    out.names = {"A", "B", "A-B"};
    const ShownMap maps[] = {
        shownMap(m_document, Compare::A), shownMap(m_document, Compare::B), shownMap(m_document, Compare::Difference)};
    const engine::Shape& shape = maps[0].weights.shape;
    out.numbers = engine::HostTensor({shape[0], shape[1], 3});
    for (size_t i = 0; i < out.numbers.values.size(); ++i)
        out.numbers.values[i] = maps[i % 3].weights.values[i / 3];
}

// The numbers of the large pane; gives what its colours mean. (A frame as it is has none.)
QStringList Exporter::addMotion(app::exports::ShownMap& out, const FramesScene& frames) const
{
    const Look& look = m_document.selection().view().look;
    const auto& shown = frames.shown();
    if (!shown || look.frames != FramesPane::Flow)
        return {};
    app::views::FlowNumbers numbers = app::views::flowNumbers(look.flow, *shown);
    out.numbers = std::move(numbers.values);
    out.names = std::move(numbers.names);
    return {
        QString::fromStdString(app::views::captionOf(look.flow, shown->flow, m_document.flowScale(), shown->extras()))};
}

QString Exporter::numbers(SceneView& scene, bool mapOnly) const
{
    const app::exports::ShownMap what = shown(scene, mapOnly);
    if (what.numbers.size() == 0)
        return what.map.size() == 0 ? QString() : what.unit;
    QStringList names;
    for (const std::string& name : what.names)
        names << QString::fromStdString(name);
    return names.join(tr(", "));
}

engine::Result<void> Exporter::save(const QString& file, SceneView& scene, bool mapOnly) const
{
    const app::exports::ShownMap what = shown(scene, mapOnly);
    if (mapOnly && what.map.size() == 0)
        return engine::Error{engine::ErrorKind::Usage, "There is no map: point at something, or choose a direction"};
    return app::exports::exportMap(file.toStdString(), what);
}

engine::Result<void> Exporter::saveMotion(const QString& file) const
{
    if (!m_document.analysis() || !m_document.analysis()->flow)
        return engine::Error{engine::ErrorKind::Usage, "There is no motion yet: open two frames"};
    return app::formats::writeFlow(file.toStdString(), *m_document.analysis()->flow);
}

void Exporter::saveClip(const QString& file, bool beside, std::function<void(engine::Result<void>)> then)
{
    const auto& question = m_document.question().clip;
    const auto answer = m_document.analysis() ? m_document.analysis()->clip : nullptr;
    if (!question || !answer)
        return then(engine::Error{engine::ErrorKind::Usage, "Nothing is rebuilt yet: open a clip with sound"});
    inBackground(
        this,
        [question, answer, name = file.toStdString(), beside]() -> engine::Result<void> {
            TRY_ASSIGN(auto rebuilt, app::batch::RebuiltClip::create(name, question->size, beside));
            TRY(rebuilt.add(answer->rebuilt, question->frames));
            return rebuilt.finish();
        },
        std::move(then));
}

bool Exporter::copy(SceneView& scene) const
{
    const QImage picture = app::exports::pagePicture(shown(scene));
    if (picture.isNull())
        return false;
    QApplication::clipboard()->setImage(picture);
    return true;
}

void Exporter::drag(SceneView& scene)
{
    const app::exports::ShownMap what = shown(scene);
    const auto file = app::exports::temporaryExport(m_dragged, proposedName(".png"), what);
    if (!file.ok())
        return;
    auto* data = new QMimeData;
    data->setUrls({QUrl::fromLocalFile(QString::fromStdString(file.value().string()))});
    auto* drag = new QDrag(&scene);
    drag->setMimeData(data);
    const QImage picture = app::exports::pagePicture(what);
    drag->setPixmap(QPixmap::fromImage(picture.scaled(160, 160, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
    drag->exec(Qt::CopyAction);
}

} // namespace ui
