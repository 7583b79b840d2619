// The window: menus and bars, the start page, the scene of what is open in the middle, panels docked about it. What can
// be done is a table of actions (actions.cpp), which menus, keys, the palette and the sheet under F1 share. Interface
// thread.
#pragma once

#include "app/document/model_shelf_list.h"
#include "app/document/settings.h"
#include "app/document/source_queue.h"
#include "ui/exporter.h"
#include "ui/panels/panel.h"

#include <QMainWindow>
#include <QPointer>
#include <map>

class QAction;
class QActionGroup;
class QComboBox;
class QDockWidget;
class QLabel;
class QProgressBar;
class QMenu;
class QStackedWidget;
class QToolBar;

namespace ui {

class ClipScene;
class FramesScene;
class LivePage;
class PictureScene;
class SceneView;
class StartPage;
class TextScene;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    // settingsFile: in place of the user's own, for tests.
    explicit MainWindow(const QString& settingsFile = {});
    ~MainWindow() override;
    // A picture, two frames of one size, or a text: shown when read, and asked of the model that is chosen for it. The
    // status line says what it is, or why it cannot be opened. Several things are answered one after another; a session
    // opens what it names; a flow field is the truth that an open motion is compared with.
    void open(const QStringList& files);
    void openSession(const QString& file);
    // Live; camera: as app::media::openCamera takes it, empty: the one before, or the first.
    void openCamera(const QString& camera = {});
    LivePage& live() { return *m_live; }
    bool saveSession(const QString& file); // false, and said why
    bool exportTo(const QString& file, bool mapOnly = false); // likewise
    app::document::Document& document() { return m_document; }
    app::document::SourceQueue& sources() { return m_queue; }
    app::document::Settings& settings() { return *m_settings; }
    const QList<QAction*>& actionList() const { return m_actions; } // all that can be done
    QAction* action(const QString& id) const; // null when there is none
    Panel* panel(const QString& id) const;
    SceneView* currentScene() const; // null on the start page

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    // actions.cpp
    QAction* add(const char* id, const QString& category, const QString& text, const QKeySequence& key,
        const QString& tip, std::function<void()> what);
    void makeActions();
    void makeMenus();
    void makeBars();
    void showKeys();
    void showStates(); // what can be done now

    // files.cpp
    void chooseFiles();
    void chooseSession();
    void chooseExport(bool mapOnly);
    void chooseMotionExport();
    void chooseClipExport();
    // Says that it was, and remembers the folder; or says why not, and gives false.
    bool tellWritten(const engine::Result<void>& written, const QString& file, const QString& done);
    void showRecent();
    QAction* makeModels(QToolBar* bar);
    void fillShelf();
    void addModelFolder();
    void chooseModel(int row); // of the shelf: answers from now on
    void showModels(); // those that fit what is open
    void remember(); // layout, look
    void recall();

    // devices.cpp
    QAction* addDevice(const QString& text, const QString& request, const QString& tip);
    void makeVideoActions();
    void makeDeviceActions();
    void makeDeviceMenu();
    void addDevices(const std::vector<engine::ops::Candidate>& found, QMenu* menu, QAction* before);
    void useDevice(const QString& request, bool fast); // from now on, remembered

    void makeCamera(); // camera.cpp

    // docks.cpp
    void makeDocks();
    void makeLayouts();
    void sizeDocks(const QString& scene);
    void resetLayout();
    void keepLayout(); // of the scene that is left
    void useLayout(const QString& scene);
    QString layoutName() const;

    void showStart();
    void showOpened();
    void showName(const QString& name); // of what is open
    void say(const QString& sentence);
    void stop();
    void run();
    void knockOut();
    void changeLook(const QString& name, const std::function<void(app::document::Look&)>& how);

    std::unique_ptr<app::document::Settings> m_settings;
    app::document::Document m_document;
    app::document::SourceQueue m_queue;
    app::document::ModelShelfModel m_shelf;
    Exporter m_exporter;
    QComboBox* m_models;
    QMenu *m_recent = nullptr, *m_forgetModel = nullptr;
    QStackedWidget* m_pages;
    LivePage* m_live = nullptr;
    StartPage* m_start;
    PictureScene* m_picture;
    FramesScene* m_frames;
    TextScene* m_text;
    ClipScene* m_clip;
    QLabel *m_source, *m_status, *m_locked, *m_readout, *m_facts;
    QProgressBar* m_progress;
    QList<QAction*> m_actions;
    QActionGroup *m_directions, *m_deviceActions = nullptr;
    QToolBar* m_askBar = nullptr;
    QList<QAction*> m_whenOpen; // of the main bar
    std::map<QString, QDockWidget*> m_docks;
    std::map<QString, Panel*> m_panels;
    std::map<QString, QByteArray> m_layouts, m_firstLayouts; // by scene
    QString m_layout; // the one that is used
};

} // namespace ui
