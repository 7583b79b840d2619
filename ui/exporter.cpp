#include "ui/exporter.h"

#include "app/document/shown_map.h"
#include "app/formats/flow_files.h"
#include "app/views/flow_views.h"
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
    return name + "-perceiver" + extension;
}

app::exports::ShownMap Exporter::shown(SceneView& scene, bool mapOnly) const
{
    app::exports::ShownMap out;
    const auto& analysis = m_document.analysis();
    if (!analysis)
        return out;
    const Look& look = m_document.selection().view().look;
    const ShownMap map = shownMap(m_document);
    const QString source = m_document.files().isEmpty() ? QString() : QFileInfo(m_document.files().first()).fileName();
    const QString model = tr("model “%1”").arg(QString::fromStdString(analysis->model).section('/', -1));
    QStringList caption{map.title, map.more, source, model};
    out.map = map.weights;
    out.colours = map.colours;
    out.scale = map.scale;
    out.top = map.top;
    out.opacity = look.opacity;
    out.contours = look.contours;
    out.smooth = true;
    out.unit = map.unit;
    out.darkPaper = qApp->palette().color(QPalette::Window).lightness() < 128;
    auto* frames = qobject_cast<FramesScene*>(&scene);
    if (analysis->scene == Scene::Picture) {
        out.ground = app::views::toQImage(*m_document.question().pictures[0]);
        const auto& c = analysis->crop;
        out.crop = QRect(c.left, c.top, c.width, c.height);
        if (!look.overlay || map.empty() || map.over != Part::Inputs)
            out.instead = scene.shot();
    } else if (frames && mapOnly && !map.empty() && map.over != Part::Latents) {
        out.ground = app::views::toQImage(*m_document.question().pictures[0]);
        if (map.part) {
            const auto& part = *map.part;
            out.crop = QRect(part.left, part.top, part.width, part.height);
            out.map = weightsIn(map.weights, part);
        }
    } else {
        out.instead = scene.shot();
        if (frames) {
            caption = {QStringList{tr("Optical flow"), source, model}};
            if (frames->shown())
                caption.insert(1,
                    QString::fromStdString(app::views::captionOf(
                        look.flow, frames->shown()->flow, look.flowScale, frames->shown()->extras())));
        }
    }
    caption.removeAll({});
    out.caption = caption.join(" · ");
    return out;
}

engine::Result<void> Exporter::save(const QString& file, SceneView& scene, bool mapOnly) const
{
    return app::exports::exportMap(file.toStdString(), shown(scene, mapOnly));
}

engine::Result<void> Exporter::saveMotion(const QString& file) const
{
    if (!m_document.analysis() || !m_document.analysis()->flow)
        return engine::Error{engine::ErrorKind::Usage, "There is no motion yet: open two frames"};
    return app::formats::writeFlow(file.toStdString(), *m_document.analysis()->flow);
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
