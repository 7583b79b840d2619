// What is shown, out of the window: into a file, onto the clipboard, or dragged to another program. Interface thread.
#pragma once

#include "app/document/document.h"
#include "app/exports/map_export.h"

#include <QTemporaryDir>

namespace ui {

class FramesScene;
class SceneView;

class Exporter : public QObject {
    Q_OBJECT

public:
    explicit Exporter(app::document::Document& document, QObject* parent = nullptr);

    // scene: the current one, as it stands there; of two frames the large pane. mapOnly: the attention map, whether it
    // is seen or not, over its picture where it lies on one. Tables hold the numbers of what is drawn.
    app::exports::ShownMap shown(SceneView& scene, bool mapOnly = false) const;
    // What tables hold: "u, v"; empty where what is shown has no numbers.
    QString numbers(SceneView& scene, bool mapOnly = false) const;
    // By extension: .png .svg .pdf .csv .npy. Errors are sentences; nothing half-written stays.
    engine::Result<void> save(const QString& file, SceneView& scene, bool mapOnly = false) const;
    // The motion itself: .flo .pfm .exr .npy, or KITTI's .png.
    engine::Result<void> saveMotion(const QString& file) const;
    // What was rebuilt of the open clip, with its sound: .mp4 or .mkv, beside the clip itself; or a folder. Beside this
    // thread: then(written) follows.
    void saveClip(const QString& file, bool beside, std::function<void(engine::Result<void>)> then);
    bool copy(SceneView& scene) const; // false where nothing is shown
    // A file that the other program may keep; it goes with this window.
    void drag(SceneView& scene);
    QString proposedName(const QString& extension) const;

private:
    bool sideBySide() const;
    void addCompared(app::exports::ShownMap& out) const;
    QStringList addMotion(app::exports::ShownMap& out, const FramesScene& frames) const;

    app::document::Document& m_document;
    QTemporaryDir m_dragged;
};

} // namespace ui
