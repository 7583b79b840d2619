#include "ui/command_palette.h"

#include "ui/command_delegate.h"
#include "ui/command_model.h"
#include "ui/style_glyphs.h"
#include "ui/theme.h"

#include <QAction>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScreen>
#include <QTimer>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kWidth = 84 * kSpace;
constexpr int kMargin = kSpace + kSpace / 2;
constexpr double kMostHeight = 0.6; // of the window
constexpr double kTop = 0.1;

} // namespace

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_model(new CommandModel(actions, this))
    , m_filter(new CommandFilter(m_model, this))
    , m_line(new QLineEdit)
    , m_list(new QListView)
    , m_nothing(new QLabel(tr("No command has these letters.")))
{
    setAttribute(Qt::WA_TranslucentBackground); // its corners are round
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Commands"));
    setAccessibleName(tr("Commands"));
    m_line->setPlaceholderText(tr("Search commands"));
    m_line->setAccessibleName(tr("Search commands"));
    m_line->setAccessibleDescription(tr("Up and down choose, Enter runs, Escape closes"));
    QFont large = m_line->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    m_line->setFont(large);
    m_line->setMinimumHeight(5 * kSpace);
    m_line->setTextMargins(kSpace, 0, kSpace, 0);
    m_line->installEventFilter(this);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new CommandDelegate(m_filter, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QListView::NoEditTriggers);
    m_list->setSelectionMode(QListView::SingleSelection);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QListView::ScrollPerPixel);
    m_list->setMouseTracking(true);
    m_list->setFocusPolicy(Qt::NoFocus); // the line keeps it
    m_nothing->setObjectName("quiet");
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kSpace);
    layout->addWidget(m_line);
    layout->addWidget(m_list);
    layout->addWidget(m_nothing, 1);
    connect(m_line, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        // A screen reader reads the line, which has the focus.
        m_line->setAccessibleDescription(current.data(Qt::AccessibleTextRole).toString());
    });
    choose(0);
}

void CommandPalette::search(const QString& query)
{
    m_filter->setQuery(query);
    const bool any = m_filter->rowCount() > 0;
    m_list->setVisible(any);
    m_nothing->setVisible(!any);
    fit();
    choose(0);
}

void CommandPalette::choose(int row)
{
    const QModelIndex index = m_filter->index(row, 0);
    if (!index.isValid())
        return;
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
}

void CommandPalette::step(int rows, bool around)
{
    const int count = m_filter->rowCount();
    if (count == 0)
        return;
    const int row = m_list->currentIndex().row() + rows;
    choose(around ? (row + count) % count : std::clamp(row, 0, count - 1));
}

void CommandPalette::run(const QModelIndex& index)
{
    if (!index.isValid() || !index.data(CommandModel::Enabled).toBool())
        return;
    QAction* action = m_model->action(m_filter->mapToSource(index).row());
    CommandModel::remember(*action);
    accept();
    // Once this is gone and the window has its focus back; never, should the action be gone by then.
    QTimer::singleShot(0, action, &QAction::trigger);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_line || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int row = m_list->sizeHintForRow(0);
    const int page = row > 0 ? std::max(1, m_list->viewport()->height() / row - 1) : 1;
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Up:
        step(-1, true);
        return true;
    case Qt::Key_Down:
        step(1, true);
        return true;
    case Qt::Key_PageUp:
        step(-page, false);
        return true;
    case Qt::Key_PageDown:
        step(page, false);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        run(m_list->currentIndex());
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return true; // there is nowhere to go
    default:
        return false;
    }
}

bool CommandPalette::event(QEvent* event)
{
    // Who clicks elsewhere is done with it.
    if (event->type() == QEvent::WindowDeactivate && isVisible())
        reject();
    return QDialog::event(event);
}

void CommandPalette::showEvent(QShowEvent* event)
{
    fit();
    const QRect window = windowBelow();
    move(window.center().x() - width() / 2, window.top() + int(kTop * window.height()));
    m_line->setFocus();
    QDialog::showEvent(event);
}

QRect CommandPalette::windowBelow() const
{
    return parentWidget() ? parentWidget()->window()->geometry() : QGuiApplication::primaryScreen()->availableGeometry();
}

void CommandPalette::fit()
{
    const QRect window = windowBelow();
    const int found = m_filter->rowCount();
    const int rows = found > 0 ? found * m_list->sizeHintForRow(0) : 2 * m_nothing->sizeHint().height();
    const int whole = rows + m_line->minimumHeight() + 2 * kMargin + kSpace;
    resize(std::min(kWidth, window.width() - 4 * kSpace), std::min(whole, int(kMostHeight * window.height())));
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawBox(&painter, rect(), {.fill = colours().surface, .border = colours().edge, .radius = 1.5 * kSpace});
}

} // namespace ui
