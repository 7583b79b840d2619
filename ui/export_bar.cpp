#include "ui/export_bar.h"

#include "ui/elided_label.h"
#include "ui/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

namespace ui {

using app::batch::ExportProgress;
using app::batch::ExportSession;
using app::batch::FlowStage;

QString durationText(double seconds)
{
    if (seconds < 100)
        return ExportBar::tr("%1 s").arg(std::max(1.0, seconds), 0, 'f', 0);
    if (seconds < 6000)
        return ExportBar::tr("%1 min").arg(seconds / 60, 0, 'f', 0);
    return ExportBar::tr("%1 h").arg(seconds / 3600, 0, 'f', 1);
}

ExportBar::ExportBar(ExportSession& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_words(new ElidedLabel)
    , m_rate(new QLabel)
    , m_bar(new QProgressBar)
    , m_cancel(new QPushButton(tr("Cancel")))
{
    setObjectName("export bar");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kPanelEdge, kSpace / 2, kPanelEdge, kSpace / 2);
    row->setSpacing(2 * kSpace);
    m_words->setObjectName("export words");
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_rate->setObjectName("quiet");
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(kSpace / 2);
    m_bar->setMaximumWidth(40 * kSpace);
    m_bar->setAccessibleName(tr("Progress of the export"));
    m_cancel->setObjectName("cancel export");
    m_cancel->setToolTip(tr("Stops the export. What is found stays, and the same export goes on there."));
    row->addWidget(m_words, 2);
    row->addWidget(m_bar, 1);
    row->addWidget(m_rate);
    row->addWidget(m_cancel);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_words->setText(tr("Stopping …"));
        m_cancel->setEnabled(false);
        m_session.cancel();
    });
    connect(&session, &ExportSession::started, this, [this] {
        m_words->setText(tr("Exporting %1: the model is made ready …")
                             .arg(QFileInfo(QString::fromStdString(m_session.what().output.string())).fileName()));
        m_words->setToolTip(QString::fromStdString(m_session.what().output.string()));
        m_rate->clear();
        m_bar->setRange(0, 0);
        m_cancel->setEnabled(true);
        show();
    });
    connect(&session, &ExportSession::progressed, this, &ExportBar::showProgress);
    connect(&session, &ExportSession::finished, this, &QWidget::hide);
    connect(&session, &ExportSession::cancelled, this, &QWidget::hide);
    connect(&session, &ExportSession::failed, this, &QWidget::hide);
    hide();
}

void ExportBar::showProgress()
{
    const ExportProgress& progress = m_session.progress();
    m_bar->setRange(0, int(progress.pairs));
    m_bar->setValue(int(progress.done));
    QString figures;
    if (progress.rate > 0) {
        figures = progress.rate < 0.95 ? tr("%1 s a pair").arg(1 / progress.rate, 0, 'f', 1)
                                       : tr("%1 pairs a second").arg(progress.rate, 0, 'f', progress.rate < 10 ? 1 : 0);
        figures += tr(" · about %1 left").arg(durationText(progress.secondsLeft));
    }
    m_rate->setText(figures);
    if (!m_cancel->isEnabled())
        return;
    const QString name = QFileInfo(QString::fromStdString(m_session.what().output.string())).fileName();
    m_words->setText(
        (progress.stage == FlowStage::Finding ? tr("Exporting %1: %2 of %3 pairs") : tr("Writing %1: %2 of %3 pairs"))
            .arg(name)
            .arg(progress.done)
            .arg(progress.pairs));
}

} // namespace ui
