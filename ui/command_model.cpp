#include "ui/command_model.h"

#include "ui/action_facts.h"
#include "ui/fuzzy_match.h"

#include <QAction>

namespace ui {

namespace {

// Costs of words found elsewhere than in the text: a category counts as a little less, a tooltip as less than all.
constexpr int kCategory = 40;
constexpr int kTip = 300;
constexpr int kWorst = 1000; // above any sum of a few words

QStringList& used() // the last one first
{
    static QStringList names;
    return names;
}

QString nameOf(const QAction& action)
{
    return actionCategory(action) + '/' + actionText(action);
}

} // namespace

CommandModel::CommandModel(const QList<QAction*>& actions, QObject* parent)
    : QAbstractListModel(parent), m_actions(commandsAmong(actions))
{
    for (QAction* action : m_actions)
        watch(action);
}

void CommandModel::watch(QAction* action)
{
    connect(action, &QAction::changed, this, [this, action] {
        const QModelIndex row = index(int(m_actions.indexOf(action)));
        emit dataChanged(row, row);
    });
    connect(action, &QObject::destroyed, this, [this, action] {
        const int row = int(m_actions.indexOf(action));
        beginRemoveRows({}, row, row);
        m_actions.removeAt(row);
        endRemoveRows();
    });
}

int CommandModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_actions.size());
}

QVariant CommandModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const QAction& action = *m_actions[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return actionText(action);
    case Qt::AccessibleTextRole: {
        QStringList parts {actionText(action), actionCategory(action), keysOf(action.shortcut()).join(' ')};
        if (!action.isEnabled())
            parts << tr("not available now");
        parts.removeAll(QString());
        return parts.join(", ");
    }
    case Qt::AccessibleDescriptionRole:
    case Tip:
        return actionTip(action);
    case Category:
        return actionCategory(action);
    case Keys:
        return keysOf(action.shortcut());
    case Enabled:
        return action.isEnabled();
    case Checked:
        return action.isCheckable() && action.isChecked();
    case LastUsed: {
        const qsizetype place = used().indexOf(nameOf(action));
        return place >= 0 ? int(place) : int(used().size()) + index.row();
    }
    default:
        return {};
    }
}

void CommandModel::remember(const QAction& action)
{
    used().removeAll(nameOf(action));
    used().prepend(nameOf(action));
}

void CommandModel::forgetAll()
{
    used().clear();
}

CommandFilter::CommandFilter(CommandModel* model, QObject* parent) : QSortFilterProxyModel(parent)
{
    setSourceModel(model);
    setDynamicSortFilter(true);
    sort(0);
}

void CommandFilter::setQuery(const QString& query)
{
    m_words = query.split(' ', Qt::SkipEmptyParts);
    invalidate();
}

QList<int> CommandFilter::letters(const QModelIndex& index) const
{
    QList<int> all;
    for (const QString& word : m_words)
        if (const auto match = fuzzyMatch(word, index.data().toString()))
            all += match->letters;
    return all;
}

std::optional<int> CommandFilter::cost(int row) const
{
    const QModelIndex index = sourceModel()->index(row, 0);
    const QString text = index.data().toString();
    const QString category = index.data(CommandModel::Category).toString();
    const QString tip = index.data(CommandModel::Tip).toString();
    int worst = 0;
    int sum = 0;
    for (const QString& word : m_words) {
        int best = kWorst;
        const auto consider = [&](const std::optional<FuzzyMatch>& match, int more, int most) {
            if (match && match->cost < most)
                best = std::min(best, match->cost + more);
        };
        consider(fuzzyMatch(word, text), 0, kWorst);
        // Loose letters would find everything in a long sentence: there, whole words or their parts only.
        consider(fuzzyMatch(word, category), kCategory, 200);
        consider(fuzzyMatch(word, tip), kTip, 100);
        if (best == kWorst)
            return {};
        worst = std::max(worst, best);
        sum += best;
    }
    return worst * kWorst + sum;
}

bool CommandFilter::filterAcceptsRow(int row, const QModelIndex&) const
{
    const auto* model = static_cast<const CommandModel*>(sourceModel());
    return model->action(row)->isVisible() && cost(row);
}

bool CommandFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const int costs[] = {cost(left.row()).value_or(0), cost(right.row()).value_or(0)};
    if (costs[0] != costs[1])
        return costs[0] < costs[1];
    return left.data(CommandModel::LastUsed).toInt() < right.data(CommandModel::LastUsed).toInt();
}

} // namespace ui
