// What is done with what is open: chosen by what was dropped, changeable where there is a choice. Interface thread.
#pragma once

#include "app/document/source_queue.h"

#include <QComboBox>

namespace ui {

class TextScene;

class TaskSwitch : public QComboBox {
    Q_OBJECT

public:
    TaskSwitch(app::document::Document& document, app::document::SourceQueue& queue, TextScene& text);

signals:
    void hint(const QString& sentence); // what is lacking for the chosen task, and how to give it

private:
    enum Task { Motion, EachPicture, Picture, Mood, HiddenBytes, Clip };

    void show();
    void choose(Task task);
    QStringList picturesOfFolder() const;

    app::document::Document& m_document;
    app::document::SourceQueue& m_queue;
    TextScene& m_text;
};

} // namespace ui
