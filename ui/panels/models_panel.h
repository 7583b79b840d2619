// The model that is looked at: the one that answers, the one that is pointed at in a list of models, or the one that is
// picked here. What it can do and its figure come from its folder, so they are there before it is chosen. Interface
// thread.
#pragma once

#include "app/document/model_facts.h"
#include "app/document/model_shelf_list.h"
#include "ui/panels/panel.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace ui {

class ModelPanel;

class ModelsPanel : public Panel {
    Q_OBJECT

public:
    explicit ModelsPanel(PanelContext context, QWidget* parent = nullptr);

    void setChosen(const QString& id); // answers from now on: looked at, too
    void follow(QComboBox& list); // of the shelf: what is pointed at in it is looked at until the list closes
    const QString& shown() const { return m_shown; }
    const ModelPanel& figure() const { return *m_panel; }

signals:
    void chosen(const QString& id); // by the button

private:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void lookAt(const QString& id);
    void showStates();
    app::document::ModelEntry entryOf(const QString& id) const;

    QComboBox* m_list;
    QPushButton* m_use;
    QLabel* m_words;
    ModelPanel* m_panel;
    QString m_chosen, m_picked, m_shown;
    std::map<QString, engine::Result<app::document::ModelFacts>> m_facts; // read once
};

} // namespace ui
