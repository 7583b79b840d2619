#include "ui/export_dialog.h"

#include "ui/export_bar.h"
#include "ui/shell_words.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <algorithm>
#include <cmath>

namespace ui {

using app::batch::FlowExport;
using app::batch::FlowJob;
using app::batch::FlowShow;

struct ExportDialog::Kind {
    const char *title, *as, *ending, *about; // ending: of a file; else it is a folder
    bool drawn, bothWays; // bothWays: may be asked for
};

const std::vector<ExportDialog::Kind>& ExportDialog::kinds()
{
    static const std::vector<Kind> all{
        {QT_TR_NOOP("Video (MP4)"), "", ".mp4", QT_TR_NOOP("Drawn, with the video's own times."), true, false},
        {QT_TR_NOOP("Pictures (PNG)"), "picture", "", QT_TR_NOOP("A folder with a drawn picture for each pair."), true,
            false},
        {QT_TR_NOOP("Flow fields, Middlebury (.flo)"), "flo", "",
            QT_TR_NOOP("A folder with a file for each pair, and its figures in motion.csv."), false, true},
        {QT_TR_NOOP("Flow fields, NumPy (.npy)"), "npy", "",
            QT_TR_NOOP("A folder with a file for each pair, and its figures in motion.csv."), false, true},
        {QT_TR_NOOP("Flow fields, OpenEXR (.exr)"), "exr", "",
            QT_TR_NOOP("A folder with a file for each pair, channels forward.u and forward.v, and motion.csv."), false,
            true},
        {QT_TR_NOOP("ST maps for compositing (.exr)"), "st", "",
            QT_TR_NOOP("R and G say where each pixel is in the later frame, from 0 at the lower left to 1 at the upper "
                       "right."),
            false, true},
        {QT_TR_NOOP("Motion vectors for compositing (.exr)"), "vectors", "",
            QT_TR_NOOP("Each frame's motion both ways in pixels, v upwards: forward.u, forward.v, backward.u, "
                       "backward.v."),
            false, false},
        {QT_TR_NOOP("Figures of each pair (CSV)"), "", ".csv",
            QT_TR_NOOP("A line a pair: when, how much moves, whether the picture cuts."), false, false}};
    return all;
}

namespace {

// The name on the line of what stands in the field, however high that is.
template <typename Field> void addRow(QFormLayout* form, const QString& name, Field* field, int height = 0)
{
    auto* label = new QLabel(name);
    label->setMinimumHeight(std::max(height, field->sizeHint().height()));
    if constexpr (std::is_base_of_v<QWidget, Field>)
        label->setBuddy(field);
    form->addRow(label, field);
}

} // namespace

QComboBox* ExportDialog::addChoice(QFormLayout* form, const QString& label, const char* name, const QString& tip)
{
    auto* box = new QComboBox;
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setToolTip(tip);
    addRow(form, label, box);
    connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::showChoice);
    return box;
}

ExportDialog::ExportDialog(const ExportedVideo& video, const FlowExport& before, const QString& folder, QWidget* parent)
    : QDialog(parent)
    , m_video(video)
    , m_warm(new QCheckBox(tr("Each pair begins with the motion of the one before")))
    , m_backward(new QCheckBox(tr("Also from each frame to the one before")))
    , m_name(new QLineEdit)
    , m_command(new QLineEdit)
    , m_about(new QLabel)
    , m_amount(new QLabel)
    , m_there(new QLabel)
    , m_export(new QPushButton(tr("Export")))
{
    setWindowTitle(tr("Export the video's motion"));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(2 * kSpace);
    form->setVerticalSpacing(kSpace);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_kind = addChoice(form, tr("As"), "export kind", tr("What is written"));
    const auto addLine = [form](QLabel* label) {
        label->setObjectName("quiet");
        label->setWordWrap(true);
        form->addRow({}, label);
    };
    addLine(m_about);
    m_about->setMinimumHeight(2 * m_about->fontMetrics().lineSpacing()); // whatever it says, nothing moves
    m_about->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_show = addChoice(form, tr("Show"), "export show", tr("What each drawn picture shows"));
    m_colours = addChoice(form, tr("Colours"), "export colours", tr("The motion that has the colours' full strength"));
    m_range = addChoice(form, tr("Frames"), "export range", tr("Which part of the video"));
    m_step = addChoice(form, tr("Step"), "export step", tr("From each frame to the next, or over several frames"));
    m_passes = addChoice(form, tr("Passes"), "export passes",
        tr("How often each level of the pyramid is gone over, by the starter models: fewer take less time and are less "
           "exact"));
    m_warm->setToolTip(tr("Closer where things move on as they did: one pass is then as good as two without it. A "
                          "little less close where motion changes from frame to frame."));
    m_backward->setToolTip(tr("As files of their own, from the later frame of each pair to the earlier"));
    addRow(form, tr("Start"), m_warm);
    addRow(form, tr("Ways"), m_backward);
    addLine(m_amount);
    auto* row = new QHBoxLayout;
    row->setSpacing(kSpace);
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setAutoDefault(false);
    m_name->setObjectName("export name");
    m_name->setAccessibleName(tr("File or folder"));
    m_name->setMinimumWidth(52 * kSpace);
    row->addWidget(m_name, 1);
    row->addWidget(choose);
    addRow(form, tr("Name"), row, m_kind->sizeHint().height());
    m_there->setWordWrap(true);
    form->addRow({}, m_there);
    addRow(form, tr("Command"), m_command);
    m_command->setReadOnly(true);
    m_command->setObjectName("export command");
    m_command->setToolTip(tr("The same without a window, to the same bytes"));
    m_command->setAccessibleName(m_command->toolTip());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->addButton(m_export, QDialogButtonBox::AcceptRole);
    m_export->setObjectName("export");
    m_export->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kSpace, 2 * kSpace, 2 * kSpace, 2 * kSpace);
    layout->setSpacing(2 * kSpace);
    layout->addLayout(form);
    layout->addStretch();
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(choose, &QPushButton::clicked, this, &ExportDialog::chooseName);
    connect(m_name, &QLineEdit::textChanged, this, &ExportDialog::showChoice);
    for (QCheckBox* box : {m_warm, m_backward})
        connect(box, &QCheckBox::toggled, this, &ExportDialog::showChoice);

    const QSignalBlocker quiet(this);
    m_show->addItem(tr("The motion"), int(FlowShow::Flow));
    m_show->addItem(tr("Picture and motion side by side"), int(FlowShow::Side));
    m_show->addItem(tr("The original picture"), int(FlowShow::Original));
    if (video.shownScale > 0)
        m_colours->addItem(tr("As shown: full at %1 px").arg(double(video.shownScale), 0, 'g', 4), video.shownScale);
    m_colours->addItem(tr("One scale by the whole video"), 0.0f);
    m_range->addItem(tr("All, %1").arg(video.frames), qint64(0));
    if (video.frame > 0)
        m_range->addItem(tr("From frame %1 on").arg(video.frame + 1), qint64(video.frame));
    const std::pair<int, QString> steps[] = {{1, tr("From each frame to the next")},
        {2, tr("From every second frame to the next of these")}, {3, tr("From every third frame to the next of these")},
        {5, tr("From every fifth frame to the next of these")},
        {10, tr("From every tenth frame to the next of these")}};
    for (const auto& [step, words] : steps)
        if (step < video.frames)
            m_step->addItem(words, step);
    m_passes->addItem(tr("As the model does for stills"), 0);
    m_passes->addItem(tr("One: quick"), 1);
    for (const Kind& each : kinds())
        m_kind->addItem(tr(each.title));
    for (size_t i = 0; i < kinds().size(); ++i)
        if (before.output.empty()
                ? i == 0
                : kinds()[i].as == before.as && kinds()[i].ending == before.output.extension().string())
            m_kind->setCurrentIndex(int(i));
    m_show->setCurrentIndex(std::max(0, m_show->findData(int(before.show))));
    m_step->setCurrentIndex(std::max(0, m_step->findData(int(video.step > 1 ? video.step : before.step))));
    m_passes->setCurrentIndex(std::max(0, m_passes->findData(before.iterations)));
    m_warm->setChecked(before.warm);
    m_backward->setChecked(before.backward);
    const QString stem = QFileInfo(QString::fromStdString(video.path.string())).completeBaseName().replace('.', '-');
    m_name->setText(folder + "/" + stem + tr("-motion")); // without a dot: what has an ending is a file
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ExportDialog::proposeName);
    proposeName();
}

const ExportDialog::Kind& ExportDialog::kind() const
{
    return kinds()[size_t(std::max(0, m_kind->currentIndex()))];
}

void ExportDialog::proposeName()
{
    QString name = m_name->text();
    for (const char* ending : {".mp4", ".mkv", ".csv"})
        if (name.endsWith(ending))
            name.chop(qsizetype(strlen(ending)));
    m_name->setText(name + kind().ending);
    showChoice();
}

void ExportDialog::chooseName()
{
    const QString ending = kind().ending;
    const QString kinds = ending == ".mp4" ? tr("Videos (*.mp4 *.mkv)")
        : ending == ".csv"                 ? tr("Tables (*.csv)")
                                           : QString();
    const QString name = QFileDialog::getSaveFileName(this, windowTitle(), m_name->text(), kinds, nullptr,
        QFileDialog::DontConfirmOverwrite); // what is there already is said beneath the name
    if (!name.isEmpty())
        m_name->setText(!ending.isEmpty() && QFileInfo(name).suffix().isEmpty() ? name + ending : name);
}

FlowExport ExportDialog::choice() const
{
    return {.input = m_video.path,
        .output = QDir::cleanPath(m_name->text().trimmed()).toStdString(),
        .as = kind().as,
        .show = FlowShow(m_show->currentData().toInt()),
        .scale = kind().drawn ? m_colours->currentData().toFloat() : 0,
        .first = m_range->currentData().toLongLong(),
        .step = std::max(1, m_step->currentData().toInt()),
        .warm = m_warm->isChecked(),
        .backward = kind().bothWays && m_backward->isChecked(),
        .iterations = m_passes->currentData().toInt(),
        .resume = true,
        .overwrite = true};
}

void ExportDialog::showChoice()
{
    if (m_kind->count() < int(kinds().size()))
        return; // not all is there yet
    const FlowExport what = choice();
    const bool folder = !*kind().ending, vectors = what.as == "vectors";
    m_about->setText(tr(kind().about));
    m_show->setEnabled(kind().drawn);
    m_colours->setEnabled(kind().drawn && what.show != FlowShow::Original);
    m_backward->setEnabled(kind().bothWays);

    const int64_t pairs = std::max<int64_t>(0, (m_video.frames - 1 - what.first) / what.step);
    QString amount = pairs == 1 ? tr("One pair of frames") : tr("%1 pairs of frames").arg(pairs);
    if (m_video.pairSeconds > 0)
        amount += tr(": about %1, as the last answer took %2 s")
                      .arg(durationText(double(pairs) * m_video.pairSeconds * (what.backward || vectors ? 2 : 1)
                          * (what.iterations == 1 ? 0.5 : 1)))
                      .arg(m_video.pairSeconds, 0, 'f', m_video.pairSeconds < 1 ? 2 : 1);
    m_amount->setText(amount);

    // What is there already, and whether this can be written.
    const QFileInfo there(QString::fromStdString(what.output.string()));
    const bool ours = FlowJob::isOurs(what.output), work = FlowJob::isOurs(app::batch::workFolder(what));
    QString sentence, wrong;
    if (m_name->text().trimmed().isEmpty() || there.fileName().isEmpty())
        wrong = tr("It needs a name.");
    else if (!QFileInfo(there.absolutePath()).isDir())
        wrong = tr("There is no folder %1.").arg(there.absolutePath());
    else if (pairs == 0)
        wrong = tr("There are no two frames so far apart.");
    else if (folder && !there.suffix().isEmpty())
        wrong = tr("This is a folder: its name has no ending.");
    else if (!folder && there.suffix().isEmpty())
        wrong = tr("The name ends as what it is does: %1.").arg(kind().ending);
    else if (QFileInfo(QString::fromStdString(what.input.string())) == there)
        wrong = tr("This is the video itself.");
    else if (there.isDir() && (!folder || (!ours && !QDir(there.filePath()).isEmpty())))
        wrong = tr("The folder is there already, with other things in it.");
    else if (folder && there.isFile())
        wrong = tr("A file has this name.");
    else if (folder && ours)
        sentence = tr("An export is there already: the same one goes on, another one is replaced.");
    else if (there.exists())
        sentence = tr("It is there already, and will be replaced.");
    else if (work)
        sentence = tr("An export to this name was stopped: with the same choices it goes on.");
    m_there->setText(wrong.isEmpty() ? sentence : wrong + tr(" Choose another name."));
    m_export->setEnabled(wrong.isEmpty());
    m_command->setText(wrong.isEmpty() ? commandLine(app::batch::commandOf(what, m_video.computing)) : QString());
    m_command->setCursorPosition(0);
}

} // namespace ui
