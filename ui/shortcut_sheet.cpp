#include "ui/shortcut_sheet.h"

#include "ui/action_facts.h"
#include "ui/shortcut_section.h"
#include "ui/theme.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kColumn = 40 * kSpace; // the least width of a column

// "shift-click" as {"Shift", "click"}; a "-" or "+" alone is a key.
QStringList capsOf(const QString& keys)
{
    QStringList caps;
    QString part;
    for (const QChar letter : keys) {
        if ((letter == '-' || letter == '+') && !part.isEmpty()) {
            caps << part;
            part.clear();
        } else
            part += letter;
    }
    if (!part.isEmpty())
        caps << part;
    for (QString& cap : caps)
        for (const char* modifier : {"Shift", "Ctrl", "Alt"})
            if (cap.compare(QLatin1String(modifier), Qt::CaseInsensitive) == 0)
                cap = modifier;
    return caps;
}

} // namespace

ShortcutSheet::ShortcutSheet(const QList<QAction*>& actions, const QList<Gesture>& gestures, QWidget* parent)
    : QDialog(parent)
    , m_line(new QLineEdit)
    , m_nothing(new QLabel(tr("Nothing here has these words.")))
    , m_scroll(new QScrollArea)
    , m_content(new QWidget)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keys and gestures"));
    setAccessibleName(windowTitle());
    QStringList titles;
    QList<QList<SheetSection::Line>> lines;
    for (const QAction* action : commandsAmong(actions)) {
        QList<QStringList> keys;
        for (const QKeySequence& shortcut : action->shortcuts())
            if (!shortcut.isEmpty())
                keys << keysOf(shortcut);
        if (keys.isEmpty())
            continue;
        const QString title = actionCategory(*action).isEmpty() ? tr("Other") : actionCategory(*action);
        if (!titles.contains(title)) {
            titles << title;
            lines << QList<SheetSection::Line>();
        }
        lines[titles.indexOf(title)] << SheetSection::Line {keys, actionText(*action)};
    }
    for (qsizetype i = 0; i < titles.size(); ++i)
        m_sections << new SheetSection(titles[i], lines[i], m_content);
    if (!gestures.isEmpty()) {
        QList<SheetSection::Line> rows;
        for (const Gesture& gesture : gestures)
            rows << SheetSection::Line {{capsOf(gesture.keys)}, gesture.what};
        m_sections << new SheetSection(tr("Mouse"), rows, m_content);
    }

    m_line->setPlaceholderText(tr("Search keys and gestures"));
    m_line->setAccessibleName(m_line->placeholderText());
    m_line->setClearButtonEnabled(true);
    m_nothing->setObjectName("quiet");
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->hide();
    new QHBoxLayout(m_content);
    // As high as its columns are at their width, not as they would be at their narrowest.
    m_content->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    m_content->layout()->setContentsMargins(0, kSpace, kSpace, 0);
    m_content->layout()->setSpacing(5 * kSpace);
    m_scroll->setWidget(m_content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(windowTitle());
    auto* copy = new QPushButton(tr("Copy as text"));
    copy->setAutoDefault(false);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text()); });
    auto* close = new QPushButton(tr("Close"));
    close->setAutoDefault(false);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(kSpace);
    buttons->addWidget(copy);
    buttons->addStretch();
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kSpace, 2 * kSpace, 2 * kSpace, 2 * kSpace);
    layout->setSpacing(kSpace);
    layout->addWidget(m_line);
    layout->addWidget(m_nothing, 1);
    layout->addWidget(m_scroll, 1);
    layout->addLayout(buttons);
    connect(m_line, &QLineEdit::textChanged, this, &ShortcutSheet::search);
    setMinimumSize(kColumn, 30 * kSpace);
    const QSize window = parent ? parent->window()->size() : QSize(1200, 800);
    resize(std::min(int(window.width() * 0.9), 3 * kColumn + 16 * kSpace), int(window.height() * 0.8));
    m_line->setFocus();
    arrange();
}

// Once more when it stands: labels and key caps get the fonts of the theme as they are shown.
void ShortcutSheet::showEvent(QShowEvent* event)
{
    QDialog::showEvent(event);
    fit();
    QMetaObject::invokeMethod(this, &ShortcutSheet::fit, Qt::QueuedConnection);
}

// As high as what it holds, if the window is.
void ShortcutSheet::fit()
{
    layout()->activate();
    m_content->layout()->activate();
    const int most = (parentWidget() ? parentWidget()->window()->height() : 800) - 4 * kSpace;
    const int columns = m_content->layout()->hasHeightForWidth()
        ? m_content->layout()->totalHeightForWidth(m_scroll->viewport()->width())
        : m_content->sizeHint().height();
    resize(width(), std::min(most, height() - m_scroll->viewport()->height() + columns));
}

QString ShortcutSheet::text() const
{
    QStringList parts;
    for (const SheetSection* section : m_sections)
        parts << section->text();
    return parts.join('\n');
}

void ShortcutSheet::search(const QString& query)
{
    int shown = 0;
    for (SheetSection* section : m_sections)
        shown += section->search(query);
    m_scroll->setVisible(shown > 0);
    m_nothing->setVisible(shown == 0);
    m_columns = 0;
    arrange();
}

void ShortcutSheet::resizeEvent(QResizeEvent* event)
{
    QDialog::resizeEvent(event);
    arrange();
}

void ShortcutSheet::arrange()
{
    QList<SheetSection*> seen;
    int left = 0; // lines not yet in a column, a heading counting as two
    for (SheetSection* section : m_sections)
        if (!section->isHidden()) {
            seen << section;
            left += section->shown() + 2;
        }
    const int room = std::max(1, (width() - 4 * kSpace) / kColumn);
    const int columns = std::min(room, std::max(1, int(seen.size())));
    if (columns == m_columns)
        return;
    m_columns = columns;
    QLayout* row = m_content->layout();
    while (QLayoutItem* item = row->takeAt(0)) {
        while (QLayoutItem* inner = item->layout()->takeAt(0))
            delete inner; // a section stays: the content owns it
        delete item;
    }
    for (int column = 0; column < columns; ++column) {
        auto* stack = new QVBoxLayout;
        static_cast<QHBoxLayout*>(row)->addLayout(stack, 1);
        stack->setSpacing(kSpace);
        // In their order, each column about as long as the rest would be if shared evenly.
        const int fair = left / (columns - column);
        int filled = 0;
        while (!seen.isEmpty() && int(seen.size()) > columns - column - 1) {
            const int size = seen.first()->shown() + 2;
            if (filled > 0 && column + 1 < columns && filled + size / 2 > fair)
                break;
            stack->addWidget(seen.takeFirst());
            filled += size;
        }
        left -= filled;
        stack->addStretch();
    }
}

} // namespace ui
