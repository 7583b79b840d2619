// What stands in the middle of the window for one kind of input. It reads the document, listens to it and to the
// selection, and turns the mouse into questions. One of each lives as long as the window. Interface thread.
#pragma once

#include "app/document/shown_map.h"

#include <QPolygonF>
#include <QTransform>
#include <QWidget>

namespace ui {

class Canvas;

class SceneView : public QWidget {
    Q_OBJECT

public:
    SceneView(app::document::Document& document, QWidget* parent = nullptr);

    virtual app::document::Scene scene() const = 0;
    // The canvas that zoom commands mean; null where there is none.
    virtual Canvas* canvas() const { return nullptr; }
    // What is shown, as a picture: for export and the clipboard.
    virtual QImage shot();

signals:
    void readout(const QString& value); // under the cursor, in words; empty: nothing is

protected:
    bool current() const; // whether what is open is this scene's
    // Whenever the input, the answer, the map or how it is drawn is new, if this scene is current.
    virtual void showInput() = 0;
    virtual void showAnswer() = 0;
    virtual void showMap() = 0;

    app::document::Document& m_document;
};

// Lines at a quarter, a half and three quarters of `largest`, from the map's cells to where `onto` puts them.
std::vector<QPolygonF> contourLines(const engine::HostTensor& weights, float largest, const QTransform& onto);
// A scale bar's strip and numbers for a map as it is shown.
struct ScaleBar scaleBarOf(const app::document::ShownMap& map);

} // namespace ui
