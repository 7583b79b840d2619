#include "ui/panels/timings_model.h"

#include "ui/panels/number_texts.h"

#include <QLocale>
#include <algorithm>

namespace ui {

namespace {

struct Lesson {
    const char *pass, *sentence;
};
// As the engine names its passes.
constexpr Lesson kLessons[] = {
    {"preprocess",
        QT_TRANSLATE_NOOP(
            "ui::TimingsModel", "Pixels, bytes or samples become the input array, with their positions.")},
    {"image pyramid", QT_TRANSLATE_NOOP("ui::TimingsModel", "The frames are made smaller, level by level.")},
    {"warp and median",
        QT_TRANSLATE_NOOP(
            "ui::TimingsModel", "The second frame is bent by the motion found so far, and the motion is smoothed.")},
    {"encoder cross-attention", QT_TRANSLATE_NOOP("ui::TimingsModel", "The latents read the input array.")},
    {"latent layers", QT_TRANSLATE_NOOP("ui::TimingsModel", "The latents read each other, layer after layer.")},
    {"decoder cross-attention", QT_TRANSLATE_NOOP("ui::TimingsModel", "The output queries read the latents.")},
    {"load", QT_TRANSLATE_NOOP("ui::TimingsModel", "The weights go to the device and are made ready.")},
};

// As RFC 4180 wants it.
QString quoted(QString text)
{
    if (text.contains(',') || text.contains('"') || text.contains('\n') || text.contains('\r'))
        return '"' + text.replace('"', "\"\"") + '"';
    return text;
}

} // namespace

void TimingsModel::setPasses(std::vector<engine::ops::PassTime> passes, double seconds)
{
    beginResetModel();
    m_rows.clear();
    m_sum = {};
    for (auto& pass : passes) {
        m_sum.seconds += pass.seconds;
        m_sum.flop += pass.flop;
        m_sum.uses += pass.uses;
        m_rows.push_back({std::move(pass), m_rows.size(), false});
    }
    m_whole = std::max(seconds, m_sum.seconds);
    if (m_whole > m_sum.seconds)
        m_rows.push_back({{.seconds = m_whole - m_sum.seconds}, m_rows.size(), true});
    sortRows();
    endResetModel();
}

void TimingsModel::setOrder(Order order)
{
    if (order == m_order)
        return;
    emit layoutAboutToBeChanged();
    std::vector<size_t> places; // of the rows before
    for (const Row& row : m_rows)
        places.push_back(row.place);
    m_order = order;
    sortRows();
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    for (const QModelIndex& index : before) {
        const auto found = std::find_if(
            m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.place == places[size_t(index.row())]; });
        after << this->index(int(found - m_rows.begin()), index.column());
    }
    changePersistentIndexList(before, after);
    emit layoutChanged();
}

void TimingsModel::sortRows()
{
    std::sort(m_rows.begin(), m_rows.end(), [this](const Row& a, const Row& b) {
        if (a.rest != b.rest)
            return b.rest;
        if (m_order == Order::ByTime && a.pass.seconds != b.pass.seconds)
            return a.pass.seconds > b.pass.seconds;
        return a.place < b.place;
    });
}

int TimingsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int TimingsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(Columns);
}

QVariant TimingsModel::value(const Row& row, int column) const
{
    const auto& pass = row.pass;
    switch (column) {
    case Milliseconds:
        return pass.seconds * 1000;
    case Share:
        return m_whole > 0 ? pass.seconds / m_whole : 0;
    case Gflop:
        return row.rest ? QVariant() : pass.flop / 1e9;
    case GflopPerSecond:
        return pass.flop > 0 && pass.seconds > 0 ? pass.flop / 1e9 / pass.seconds : QVariant();
    case Uses:
        return row.rest ? QVariant() : QVariant(qlonglong(pass.uses));
    default:
        return nameOf(row);
    }
}

QString TimingsModel::text(const Row& row, int column) const
{
    const QVariant number = value(row, column);
    if (!number.isValid())
        return "–";
    switch (column) {
    case Milliseconds:
        return threeDigits(number.toDouble());
    case Share:
        return percentText(number.toDouble());
    case Gflop:
    case GflopPerSecond:
        return threeDigits(number.toDouble());
    case Uses:
        return groupedText(number.toLongLong());
    default:
        return number.toString();
    }
}

QString TimingsModel::nameOf(const Row& row) const
{
    return row.rest ? tr("in no pass") : QString::fromStdString(row.pass.name);
}

QString TimingsModel::sentence(const Row& row) const
{
    QString words
        = tr("%1: %2, %3 of the whole").arg(nameOf(row), millisecondsText(row.pass.seconds), text(row, Share));
    if (row.pass.flop > 0 && row.pass.seconds > 0)
        words += tr("; %1 at %2 a second").arg(flopText(row.pass.flop), flopText(row.pass.flop / row.pass.seconds));
    if (!row.rest)
        words += row.pass.uses == 1 ? tr("; used once") : tr("; used %1 times").arg(groupedText(row.pass.uses));
    return words + ".";
}

QVariant TimingsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter) | int(index.column() == Name ? Qt::AlignLeft : Qt::AlignRight);
    case Qt::AccessibleTextRole:
        return index.column() == Name ? QVariant(sentence(row)) : QVariant();
    case Qt::ToolTipRole: {
        QString lesson = row.rest ? tr("Time of the run that no pass names: loading, transfers, waiting.") : QString();
        for (const Lesson& each : kLessons)
            if (!row.rest && row.pass.name == each.pass)
                lesson = tr(each.sentence);
        return lesson.isEmpty() ? sentence(row) : sentence(row) + "\n" + lesson;
    }
    case ValueRole:
        return value(row, index.column());
    case RestRole:
        return row.rest;
    default:
        return {};
    }
}

QVariant TimingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= Columns)
        return {};
    const QString names[] = {tr("Pass"), tr("ms"), tr("Share"), tr("GFLOP"), tr("GFLOP/s"), tr("Uses")};
    const QString lessons[] = {tr("A named part of the run"), tr("Time on the device, of all its uses"),
        tr("Of the whole run"), tr("Arithmetic: a multiplication and an addition are two"), tr("Arithmetic a second"),
        tr("How often the pass was run")};
    if (role == Qt::DisplayRole)
        return names[section];
    if (role == Qt::ToolTipRole)
        return lessons[section];
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter) | int(section == Name ? Qt::AlignLeft : Qt::AlignRight);
    return {};
}

QString TimingsModel::csv(const QList<int>& rows) const
{
    const auto full = [](const QVariant& number) {
        return number.isValid() ? QString::number(number.toDouble(), 'g', QLocale::FloatingPointShortest) : QString();
    };
    QString text = "pass,seconds,share,GFLOP,GFLOP/s,uses\r\n";
    for (int i = 0; i < rowCount(); ++i) {
        if (!rows.isEmpty() && !rows.contains(i))
            continue;
        const Row& row = m_rows[size_t(i)];
        QStringList cells = {quoted(nameOf(row)), full(row.pass.seconds)};
        for (const int column : {Share, Gflop, GflopPerSecond})
            cells << full(value(row, column));
        cells << value(row, Uses).toString();
        text += cells.join(',') + "\r\n";
    }
    return text;
}

} // namespace ui
