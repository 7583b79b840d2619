// The window's files: opening, recent ones, sessions, exports, models, and what is remembered.
#include "ui/main_window.h"

#include "app/document/session_file.h"
#include "app/document/source_groups.h"
#include "app/document/view_json.h"
#include "ui/panels/models_panel.h"
#include "ui/scenes/frames_scene.h"
#include "ui/scenes/text_edit.h"
#include "ui/scenes/text_scene.h"
#include "ui/start_page.h"

#include <QComboBox>
#include <QDataStream>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QStackedWidget>
#include <QToolBar>
#include <nlohmann/json.hpp>

namespace ui {

using namespace app::document;

namespace {

const char* const kTasks[] = {"image", "flow", "text", "sentiment", "clip"};

} // namespace

void MainWindow::chooseFiles()
{
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Open"), {},
        tr("Pictures, videos, texts and sessions (%1);;Videos (%2);;All files (*)")
            .arg(QString::fromStdString(namePatterns()), QString::fromStdString(namePatterns(true))));
    if (!files.isEmpty())
        open(files);
}

void MainWindow::showRecent()
{
    const QList<RecentItem> recent = m_settings->recent();
    m_start->setRecent(recent);
    if (!m_recent)
        return;
    m_recent->clear();
    m_recent->setEnabled(!recent.isEmpty());
    for (const RecentItem& item : recent) {
        QAction* action = m_recent->addAction(item.title(), this, [this, item] { open(item.files); });
        action->setEnabled(item.exists());
        action->setToolTip(item.exists() ? item.files.join('\n') : tr("No longer there"));
    }
    if (!recent.isEmpty()) {
        m_recent->addSeparator();
        m_recent->addAction(tr("Forget these"), this, [this] {
            m_settings->clearRecent();
            showRecent();
        });
    }
}

void MainWindow::chooseSession()
{
    const QString name = QFileDialog::getOpenFileName(this, tr("Open a session"), {}, tr("Sessions (*.pscope)"));
    if (!name.isEmpty())
        openSession(name);
}

void MainWindow::openSession(const QString& file)
{
    const auto session = readSession(file.toStdString());
    if (!session.ok())
        return say(QString::fromStdString(session.error().message));
    const Session& found = session.value();
    m_document.close();
    if (!found.task.empty() && !found.model.empty())
        m_document.chooseModel(found.task, found.model);
    if (found.files.empty()) {
        std::vector<std::pair<int64_t, int64_t>> masks;
        if (const auto stored = found.view.find("masks"); stored != found.view.end() && stored->is_array())
            for (const auto& mask : *stored)
                if (mask.is_array() && mask.size() == 2 && mask[0].is_number_unsigned() && mask[1].is_number_unsigned()
                    && mask[0].get<uint64_t>() < mask[1].get<uint64_t>()
                    && mask[1].get<uint64_t>() <= found.text.size())
                    masks.emplace_back(mask[0].get<int64_t>(), mask[1].get<int64_t>());
        m_document.setView(viewFrom(found.view));
        m_document.openText(found.text, std::move(masks));
        return;
    }
    QStringList files;
    for (const auto& each : found.files)
        files << QString::fromStdString(each.string());
    Place place;
    if (const auto frame = found.view.find("frame"); frame != found.view.end() && frame->is_number_unsigned())
        place = {.as = Place::As::Motion, .frame = frame->get<int64_t>()};
    if (const auto clip = found.view.find("clip"); clip != found.view.end() && clip->is_number())
        place = {.as = Place::As::Clip, .seconds = std::max(0.0, clip->get<double>())};
    if (const auto step = found.view.find("step"); step != found.view.end() && step->is_number_unsigned())
        place.step = step->get<int64_t>();
    m_queue.add(files, viewFrom(found.view), place);
}

bool MainWindow::saveSession(const QString& file)
{
    const Question& question = m_document.question();
    Session session;
    const bool text = sceneOf(question) == Scene::Text;
    if (text) // as it stands in the window, not as the file has it
        session.text = m_text->edit()->bytes();
    else
        for (const QString& each : m_document.files())
            session.files.emplace_back(QFileInfo(each).absoluteFilePath().toStdString());
    session.task = taskOf(question).first;
    if (m_document.analysis())
        session.model = m_document.analysis()->model;
    session.view = toJson(m_document.selection().view());
    if (question.frame)
        session.view["frame"] = *question.frame;
    if (question.clip)
        session.view["clip"] = question.clip->seconds;
    if (m_document.video() && m_document.video()->step() > 1)
        session.view["step"] = m_document.video()->step();
    if (text)
        session.view["masks"] = m_text->edit()->masks();
    const auto written = writeSession(file.toStdString(), session);
    return tellWritten(written, file, tr("Saved as %1").arg(file));
}

bool MainWindow::tellWritten(const engine::Result<void>& written, const QString& file, const QString& done)
{
    say(written.ok() ? done : QString::fromStdString(written.error().message));
    if (written.ok())
        m_settings->setExportFolder(QFileInfo(file).absolutePath());
    return written.ok();
}

bool MainWindow::exportTo(const QString& file, bool mapOnly)
{
    SceneView* scene = currentScene();
    if (!scene)
        return false;
    return tellWritten(m_exporter.save(file, *scene, mapOnly), file, tr("Exported as %1").arg(file));
}

void MainWindow::chooseExport(bool mapOnly)
{
    SceneView* scene = currentScene();
    if (!scene)
        return;
    QString kinds = tr("PNG picture (*.png);;SVG drawing (*.svg);;PDF page (*.pdf)");
    if (const QString numbers = m_exporter.numbers(*scene, mapOnly); !numbers.isEmpty())
        kinds += tr(";;CSV table of %1 (*.csv);;NumPy array of %1 (*.npy)").arg(numbers);
    const QString name = QFileDialog::getSaveFileName(this, mapOnly ? tr("Export the map") : tr("Export what is shown"),
        m_settings->exportFolder() + "/" + m_exporter.proposedName(".png"), kinds);
    if (!name.isEmpty() && !exportTo(name, mapOnly))
        QMessageBox::warning(this, tr("Not exported"), m_status->text());
}

void MainWindow::chooseMotionExport()
{
    const QString name = QFileDialog::getSaveFileName(this, tr("Export the motion"),
        m_settings->exportFolder() + "/" + m_exporter.proposedName(".flo"),
        tr("Middlebury (*.flo);;PFM (*.pfm);;OpenEXR (*.exr);;NumPy (*.npy);;KITTI (*.png)"));
    if (name.isEmpty())
        return;
    if (!tellWritten(m_exporter.saveMotion(name), name, tr("Exported as %1").arg(name)))
        QMessageBox::warning(this, tr("Not exported"), m_status->text());
}

void MainWindow::chooseClipExport()
{
    const QString both = tr("Original and reconstruction (*.mp4)");
    QString chosen;
    const QString name = QFileDialog::getSaveFileName(this, tr("Export the reconstruction"),
        m_settings->exportFolder() + "/" + m_exporter.proposedName(".mp4"),
        both + tr(";;Reconstruction alone (*.mp4);;Matroska, reconstruction alone (*.mkv)"), &chosen);
    if (name.isEmpty())
        return;
    m_exporter.saveClip(name, chosen == both, [this, name](const engine::Result<void>& written) {
        if (!tellWritten(written, name, tr("Exported as %1").arg(name)))
            QMessageBox::warning(this, tr("Not exported"), m_status->text());
    });
}

void MainWindow::fillShelf()
{
    std::vector<std::string> folders;
    for (const QString& folder : m_settings->modelFolders())
        folders.push_back(folder.toStdString());
    m_shelf.setShelf(ModelShelf(folders));
    m_forgetModel->clear();
    m_forgetModel->setEnabled(!folders.empty());
    for (const QString& folder : m_settings->modelFolders())
        m_forgetModel->addAction(folder, this, [this, folder] {
            m_settings->removeModelFolder(folder);
            for (const char* task : kTasks)
                if (m_settings->chosenModel(task) == folder) {
                    m_settings->setChosenModel(task, {});
                    m_document.chooseModel(task, {});
                }
            fillShelf();
            showModels();
            say(tr("%1 is no longer offered; its files are untouched").arg(folder));
        });
}

QAction* MainWindow::makeModels(QToolBar* bar)
{
    fillShelf();
    m_models->setModel(&m_shelf);
    m_models->setAccessibleName(tr("Model"));
    m_models->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_models->setToolTip(tr("The model that answers. File, Add a model's folder… brings your own."));
    QAction* shown = bar->addWidget(m_models);
    for (const char* task : kTasks) // what was chosen and is gone: the starter answers, as the bar shows
        if (const ModelEntry* chosen = m_shelf.entry(m_shelf.rowOf(m_settings->chosenModel(task)));
            chosen && chosen->usable())
            m_document.chooseModel(task, chosen->id);
    connect(m_models, &QComboBox::activated, this, &MainWindow::chooseModel);
    auto* figure = static_cast<ModelsPanel*>(panel("model"));
    figure->follow(*m_models);
    connect(figure, &ModelsPanel::chosen, this, [this](const QString& id) { chooseModel(m_shelf.rowOf(id)); });
    return shown;
}

void MainWindow::chooseModel(int row)
{
    const ModelEntry* entry = m_shelf.entry(row);
    const std::string task = taskOf(m_document.question()).first;
    if (!entry)
        return;
    m_models->setCurrentIndex(row);
    static_cast<ModelsPanel*>(panel("model"))->setChosen(QString::fromStdString(entry->id));
    m_settings->setChosenModel(QString::fromStdString(task), QString::fromStdString(entry->id));
    m_document.chooseModel(task, entry->id);
}

void MainWindow::addModelFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("A model's folder"));
    if (folder.isEmpty())
        return;
    const ModelEntry entry = ModelShelf::entryOf(folder.toStdString());
    if (!entry.usable()) {
        QMessageBox::warning(this, tr("Not added"), QString::fromStdString(entry.wrong));
        return;
    }
    m_settings->addModelFolder(folder);
    fillShelf();
    showModels();
    say(tr("%1: %2. Choose it in the bar.")
            .arg(QString::fromStdString(entry.title), QString::fromStdString(entry.can.front())));
}

void MainWindow::showModels()
{
    if (!m_document.isOpen())
        return;
    const Asked asked = askedOf(m_document.question());
    m_shelf.setAsked(asked);
    const QString chosen = m_settings->chosenModel(taskName(asked));
    m_models->setCurrentIndex(m_shelf.bestRow(chosen.isEmpty() ? QString(taskName(asked)) : chosen));
    static_cast<ModelsPanel*>(panel("model"))->setChosen(m_models->currentData(ModelShelfModel::IdRole).toString());
}

void MainWindow::remember()
{
    keepLayout();
    QByteArray layouts;
    QDataStream out(&layouts, QIODevice::WriteOnly);
    out << int(m_layouts.size());
    for (const auto& [scene, layout] : m_layouts)
        out << scene << layout;
    m_settings->setLayout(saveGeometry(), layouts);
    const Look& look = m_document.selection().view().look;
    m_settings->setColourMap(app::views::name(look.colours));
    m_settings->setScale(Settings::kScales[int(look.scale.curve)]);
    m_settings->setOpacity(double(look.opacity));
    m_settings->save();
}

void MainWindow::recall()
{
    restoreGeometry(m_settings->geometry());
    const QByteArray layouts = m_settings->layout();
    QDataStream in(layouts);
    int count = 0;
    in >> count;
    for (int i = 0; i < count && in.status() == QDataStream::Ok; ++i) {
        QString scene;
        QByteArray layout;
        in >> scene >> layout;
        if (in.status() == QDataStream::Ok && m_layouts.contains(scene))
            m_layouts[scene] = layout;
    }
    Look look;
    look.colours = app::views::colourMapNamed(m_settings->colourMap().toStdString()).value_or(look.colours);
    look.scale.curve
        = app::views::MapScale::Curve(std::max<qsizetype>(0, Settings::kScales.indexOf(m_settings->scale())));
    look.opacity = float(m_settings->opacity());
    m_document.selection().setLook(look, tr("as remembered"));
    m_document.selection().undo().clear();
}

} // namespace ui
