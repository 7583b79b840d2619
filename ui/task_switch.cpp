#include "ui/task_switch.h"

#include "ui/scenes/text_edit.h"
#include "ui/scenes/text_scene.h"

#include <QFileInfo>

namespace ui {

using namespace app::document;

TaskSwitch::TaskSwitch(Document& document, SourceQueue& queue, TextScene& text)
    : m_document(document), m_queue(queue), m_text(text)
{
    setAccessibleName(tr("Task"));
    setToolTip(tr("What is asked about what is open"));
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(&document, &Document::opened, this, &TaskSwitch::show);
    connect(&document, &Document::started, this, &TaskSwitch::show);
    connect(this, &QComboBox::activated, this, [this](int row) { choose(Task(itemData(row).toInt())); });
}

void TaskSwitch::show()
{
    clear();
    switch (sceneOf(m_document.question())) {
    case Scene::Picture:
        addItem(tr("a picture: what is in it"), Picture);
        break;
    case Scene::Frames:
        if (!m_document.video()) {
            addItem(tr("two frames: the motion"), Motion);
            addItem(tr("two pictures: what is in each"), EachPicture);
            break;
        }
        addItem(tr("a video: the motion"), Motion);
        addItem(tr("a clip: picture and sound"), Clip);
        if (QFileInfo(m_document.files().first()).isDir())
            addItem(tr("its pictures: what is in each"), EachPicture);
        break;
    case Scene::Clip:
        addItem(tr("a video: the motion"), Motion);
        addItem(tr("a clip: picture and sound"), Clip);
        setCurrentIndex(1);
        break;
    case Scene::Text:
        addItem(tr("a text: its mood"), Mood);
        addItem(tr("a text: its hidden bytes"), HiddenBytes);
        setCurrentIndex(taskOf(m_document.question()).first == "text" ? 1 : 0);
        break;
    }
    setEnabled(count() > 1);
}

QStringList TaskSwitch::picturesOfFolder() const
{
    QStringList files;
    std::error_code ignored; // what is gone is said by its absence
    for (const auto& file : filesIn(m_document.files().first().toStdString(), ignored))
        files << QString::fromStdString(file.string());
    return files.mid(0, kMostOfAFolder);
}

void TaskSwitch::choose(Task task)
{
    switch (task) {
    case EachPicture:
        m_queue.addEach(m_document.video() ? picturesOfFolder() : m_document.files());
        return;
    case Mood:
        m_text.edit()->setMasks({});
        if (m_text.edit()->bytes().find("[MASK]") != std::string::npos)
            emit hint(tr("The words [MASK] hide bytes: write something in their place, then run"));
        else
            m_text.ask();
        break;
    case HiddenBytes:
        if (m_text.edit()->masks().empty() && m_text.edit()->bytes().find("[MASK]") == std::string::npos)
            emit hint(tr("Nothing is hidden yet: select some bytes and press Ctrl+M, then Ctrl+Return"));
        else
            m_text.ask();
        break;
    case Clip:
        if (m_document.video()) {
            m_document.open(m_document.files(), {.as = Place::As::Clip, .seconds = m_document.question().seconds});
            return;
        }
        break;
    case Motion:
        if (const auto& clip = m_document.question().clip) {
            m_document.open(m_document.files(), {.as = Place::As::Motion, .seconds = clip->seconds});
            return;
        }
        break;
    case Picture:
        break;
    }
    show();
}

} // namespace ui
