#include "ui/shortcut_section.h"

#include "ui/fuzzy_match.h"
#include "ui/key_caps.h"
#include "ui/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <algorithm>

namespace ui {

namespace {

QString plain(const QList<QStringList>& keys)
{
    QStringList alternatives;
    for (const QStringList& caps : keys)
        alternatives << caps.join('+');
    return alternatives.join(" / ");
}

} // namespace

SheetSection::SheetSection(const QString& title, const QList<Line>& lines, QWidget* parent)
    : QWidget(parent), m_title(title), m_lines(lines)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 2 * kSpace);
    grid->setHorizontalSpacing(2 * kSpace);
    grid->setVerticalSpacing(kSpace - 2);
    grid->setColumnStretch(0, 1);
    auto* heading = new QLabel(title.toUpper());
    heading->setObjectName("heading");
    heading->setAccessibleName(title);
    grid->addWidget(heading, 0, 0, 1, 2);
    for (const Line& line : lines) {
        const int row = grid->rowCount();
        auto* what = new QLabel(line.what);
        what->setWordWrap(true);
        what->setAccessibleName(line.what + ": " + plain(line.keys));
        auto* keys = new QWidget;
        auto* stack = new QVBoxLayout(keys);
        stack->setContentsMargins(0, 0, 0, 0);
        stack->setSpacing(kSpace / 2);
        for (const QStringList& caps : line.keys)
            stack->addWidget(new KeyCaps(caps), 0, Qt::AlignRight);
        grid->addWidget(what, row, 0, Qt::AlignVCenter);
        grid->addWidget(keys, row, 1, Qt::AlignRight | Qt::AlignVCenter);
        const QString names = plain(line.keys);
        const QString apart = QString(names).replace('+', ' ');
        m_rows << Row {keys, what, QStringList {title, line.what, names, apart}.join(' ')};
    }
}

int SheetSection::search(const QString& query)
{
    for (const Row& row : m_rows) {
        const bool fits = hasAllWords(query, row.searched);
        row.keys->setVisible(fits);
        row.what->setVisible(fits);
    }
    setVisible(shown() > 0);
    return shown();
}

int SheetSection::shown() const
{
    return int(std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return !row.what->isHidden(); }));
}

QString SheetSection::text() const
{
    qsizetype widest = 0;
    for (const Line& line : m_lines)
        widest = std::max(widest, plain(line.keys).size());
    QString all = m_title + '\n';
    for (const Line& line : m_lines)
        all += "  " + plain(line.keys).leftJustified(widest + 2) + line.what + '\n';
    return all;
}

} // namespace ui
