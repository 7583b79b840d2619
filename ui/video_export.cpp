// The window's export of the open video's motion: chosen in a dialog, done beside the window, told above its status
// line.
#include "ui/main_window.h"

#include "ui/export_dialog.h"
#include "ui/panels/models_panel.h"

#include <QApplication>
#include <QComboBox>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <cmath>

namespace ui {

using app::batch::ExportSession;
using app::batch::FlowComputing;
using app::batch::FlowExport;
using app::batch::FlowExported;
using namespace app::document;

void MainWindow::makeVideoExport()
{
    connect(&m_export, &ExportSession::finished, this, [this](const FlowExported& exported) {
        const QString name = QString::fromStdString(m_export.what().output.string());
        QStringList sentences{exported.skipped ? tr("%1 was there already, finished, of the same choices").arg(name)
                : exported.pairs == 1          ? tr("Exported the motion of one pair as %1").arg(name)
                                      : tr("Exported the motion of %1 pairs as %2").arg(exported.pairs).arg(name)};
        sentences << m_export.remarks();
        say(sentences.join(". "));
        QApplication::alert(this);
        showStates();
    });
    connect(&m_export, &ExportSession::cancelled, this, [this] {
        const auto& progress = m_export.progress();
        say(tr("Stopped after %1 of %2 pairs. Exported again as %3 with the same choices, it goes on there.")
                .arg(progress.done)
                .arg(progress.pairs)
                .arg(QString::fromStdString(m_export.what().output.string())));
        showStates();
    });
    connect(&m_export, &ExportSession::failed, this, [this](const QString& sentence) {
        say(tr("Not exported: %1").arg(sentence));
        QApplication::alert(this);
        showStates();
    });
    connect(&m_export, &ExportSession::started, this, &MainWindow::showStates);
}

FlowComputing MainWindow::computing() const
{
    return {.model = m_models->currentData(ModelShelfModel::IdRole).toString().toStdString(),
        .device = m_settings->device().toStdString(),
        .fast = m_settings->fast()};
}

void MainWindow::chooseVideoExport()
{
    const Video* video = m_document.video();
    if (!video || m_export.runs())
        return;
    const auto& analysis = m_document.analysis();
    ExportedVideo about{.path = video->path(),
        .frames = video->frames(),
        .frame = m_document.question().frame.value_or(0),
        .step = video->step(),
        .computing = computing()};
    if (analysis && analysis->flow) { // to two digits behind the point, as it is said
        const float scale = app::views::largestOf(*analysis->flow, m_document.flowScale());
        about.shownScale = std::max(0.01f, std::round(scale * 100) / 100);
        about.pairSeconds = analysis->seconds;
    }
    auto* dialog = new ExportDialog(about, m_export.what(), m_settings->exportFolder(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(
        dialog, &QDialog::accepted, this, [this, dialog, by = about.computing] { exportVideo(dialog->choice(), by); });
    dialog->open();
}

void MainWindow::exportVideo(const FlowExport& what, const FlowComputing& by)
{
    m_settings->setExportFolder(QFileInfo(QString::fromStdString(what.output.string())).absolutePath());
    m_export.start(what, by);
}

// Whether the window may close: what is exported stops then, and can be gone on with.
bool MainWindow::mayLeaveExport()
{
    if (!m_export.runs())
        return true;
    QMessageBox box(QMessageBox::Question, tr("An export runs"),
        tr("%1 is not finished yet. Closed now, it stops; exported again with the same choices, it goes on.")
            .arg(QFileInfo(QString::fromStdString(m_export.what().output.string())).fileName()),
        QMessageBox::NoButton, this);
    auto* stop = box.addButton(tr("Stop and close"), QMessageBox::AcceptRole);
    box.setDefaultButton(box.addButton(tr("Keep it running"), QMessageBox::RejectRole));
    connect(&m_export, &ExportSession::finished, &box, [&box] { box.done(QMessageBox::Accepted); });
    box.exec();
    return box.clickedButton() == static_cast<QAbstractButton*>(stop) || !m_export.runs();
}

} // namespace ui
