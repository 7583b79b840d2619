// A docked panel: it reads the document, listens to it, and asks for what costs time only while it is seen. Adding one: a
// file pair and a line of the table in panels.cpp. Interface thread.
#pragma once

#include "app/document/document.h"
#include "app/document/model_shelf_list.h"

#include <QWidget>

namespace ui {

class FramesScene;
class TextScene;

// What panels may talk to.
struct PanelContext {
    app::document::Document& document;
    FramesScene& frames;
    TextScene& text;
    app::document::ModelShelfModel& shelf;
};

class Panel : public QWidget {
    Q_OBJECT

public:
    explicit Panel(PanelContext context, QWidget* parent = nullptr)
        : QWidget(parent), m_document(context.document), m_context(context)
    {
    }

protected:
    // The panel came into view, or went: here it says whether it wants what is computed for it alone.
    virtual void seen(bool) { }
    void showEvent(QShowEvent* event) override
    {
        QWidget::showEvent(event);
        seen(true);
    }
    void hideEvent(QHideEvent* event) override
    {
        QWidget::hideEvent(event);
        seen(false);
    }

    app::document::Document& m_document;
    PanelContext m_context;
};

struct PanelInfo {
    const char* id; // of the layout that is remembered
    const char* title; // context "Panel"
    const char* tip;
    Panel* (*make)(PanelContext);
};
std::span<const PanelInfo> panels();

} // namespace ui
