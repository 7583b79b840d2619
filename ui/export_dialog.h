// What the open video's motion is exported as, and where to: chosen at once, with what it will do said beneath, and the
// same as a command. Interface thread.
#pragma once

#include "app/batch/flow_export.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

// What the choice is about.
struct ExportedVideo {
    std::filesystem::path path;
    int64_t frames = 2;
    int64_t frame = 0, step = 1; // that is shown
    float shownScale = 0; // pixels at full colour; 0: not known
    double pairSeconds = 0; // that the last answer took; 0: not known
    app::batch::FlowComputing computing;
};

class ExportDialog : public QDialog {
    Q_OBJECT

public:
    // before: what was chosen last, where its choices begin; folder: where the file is proposed.
    ExportDialog(const ExportedVideo& video, const app::batch::FlowExport& before, const QString& folder,
        QWidget* parent = nullptr);

    // It may replace what has its name, and goes on with what an earlier one left.
    app::batch::FlowExport choice() const;

private:
    struct Kind;
    static const std::vector<Kind>& kinds();

    QComboBox* addChoice(QFormLayout* form, const QString& label, const char* name, const QString& tip);
    const Kind& kind() const;
    void chooseName();
    void proposeName(); // the ending follows the kind
    void showChoice(); // what fits the kind, what is there already, the command

    const ExportedVideo m_video;
    QComboBox *m_kind, *m_show, *m_colours, *m_range, *m_step, *m_passes;
    QCheckBox *m_warm, *m_backward;
    QLineEdit *m_name, *m_command;
    QLabel *m_about, *m_amount, *m_there;
    QPushButton* m_export;
};

} // namespace ui
