#include "app/document/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <algorithm>
#include <cmath>

namespace app::document {

namespace {

constexpr double kOpacity = 0.85;
constexpr const char* kRecent = "recent";
constexpr const char* kFolders = "models/folders";
const QStringList kThemes{"system", "dark", "light"}; // in the order of Theme

QString absolute(const QString& path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

QString chosenKey(const QString& task)
{
    return "models/chosen/" + (task.isEmpty() ? "none" : task);
}

} // namespace

bool RecentItem::exists() const
{
    return !files.isEmpty()
        && std::all_of(files.begin(), files.end(), [](const QString& file) { return QFileInfo::exists(file); });
}

QString RecentItem::title() const
{
    QStringList names;
    for (const QString& file : files)
        names << QFileInfo(file).fileName();
    return names.join(" → ");
}

Settings::Settings() : m_settings(QSettings::IniFormat, QSettings::UserScope, "PerceiverScope", "PerceiverScope")
{
    m_damaged = m_settings.status() == QSettings::FormatError;
}

Settings::Settings(const QString& file) : m_settings(file, QSettings::IniFormat)
{
    m_damaged = m_settings.status() == QSettings::FormatError;
}

bool Settings::save()
{
    m_settings.sync();
    return m_settings.status() != QSettings::AccessError;
}

QList<RecentItem> Settings::recent() const
{
    // A list of lists has no type in an INI file that a person can read: one key an item, "01" … "12".
    QList<RecentItem> items;
    for (int i = 1; i <= kMostRecent; ++i) {
        QStringList files = m_settings.value(QString("%1/%2").arg(kRecent).arg(i, 2, 10, QChar('0'))).toStringList();
        files.removeAll(QString());
        if (!files.isEmpty() && !items.contains(RecentItem{files}))
            items << RecentItem{files};
    }
    return items;
}

void Settings::setRecent(const QList<RecentItem>& items)
{
    m_settings.remove(kRecent);
    for (int i = 0; i < std::min(int(items.size()), kMostRecent); ++i)
        m_settings.setValue(QString("%1/%2").arg(kRecent).arg(i + 1, 2, 10, QChar('0')), items[i].files);
}

void Settings::addRecent(const QStringList& files)
{
    RecentItem item;
    for (const QString& file : files)
        item.files << absolute(file);
    if (item.files.isEmpty())
        return;
    QList<RecentItem> items = recent();
    items.removeAll(item);
    items.prepend(item);
    setRecent(items);
}

void Settings::removeRecent(const RecentItem& item)
{
    QList<RecentItem> items = recent();
    items.removeAll(item);
    setRecent(items);
}

void Settings::clearRecent()
{
    setRecent({});
}

QStringList Settings::modelFolders() const
{
    QStringList folders = m_settings.value(kFolders).toStringList();
    folders.removeAll(QString());
    folders.removeDuplicates();
    return folders;
}

void Settings::addModelFolder(const QString& folder)
{
    QStringList folders = modelFolders();
    if (!folder.isEmpty() && !folders.contains(absolute(folder)))
        m_settings.setValue(kFolders, folders << absolute(folder));
}

void Settings::removeModelFolder(const QString& folder)
{
    QStringList folders = modelFolders();
    folders.removeAll(absolute(folder));
    m_settings.setValue(kFolders, folders);
}

void Settings::moveModelFolder(int from, int to)
{
    QStringList folders = modelFolders();
    if (from < 0 || to < 0 || from >= folders.size() || to >= folders.size())
        return;
    folders.move(from, to);
    m_settings.setValue(kFolders, folders);
}

QString Settings::chosenModel(const QString& task) const
{
    return m_settings.value(chosenKey(task)).toString();
}

void Settings::setChosenModel(const QString& task, const QString& id)
{
    if (id.isEmpty())
        m_settings.remove(chosenKey(task));
    else
        m_settings.setValue(chosenKey(task), id);
}

QString Settings::device() const
{
    return m_settings.value("engine/device").toString();
}

bool Settings::fast() const
{
    return m_settings.value("engine/fast").toBool();
}

void Settings::setDevice(const QString& request, bool fast)
{
    m_settings.setValue("engine/device", request);
    m_settings.setValue("engine/fast", fast);
}

QString Settings::exportFolder() const
{
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    for (const QString& folder : {m_settings.value("export/folder").toString(), pictures})
        if (!folder.isEmpty() && QFileInfo(folder).isDir())
            return folder;
    return QDir::homePath();
}

void Settings::setExportFolder(const QString& folder)
{
    m_settings.setValue("export/folder", absolute(folder));
}

QString Settings::oneOf(const char* key, const QStringList& words, const QString& otherwise) const
{
    const QString word = m_settings.value(key).toString();
    return words.contains(word) ? word : otherwise;
}

QString Settings::colourMap() const
{
    return oneOf("view/colour_map", kColourMaps, kColourMaps.first());
}

void Settings::setColourMap(const QString& name)
{
    m_settings.setValue("view/colour_map", name);
}

QString Settings::scale() const
{
    return oneOf("view/scale", kScales, kScales.first());
}

void Settings::setScale(const QString& name)
{
    m_settings.setValue("view/scale", name);
}

double Settings::opacity() const
{
    bool isNumber = false;
    const double opacity = m_settings.value("view/opacity", kOpacity).toDouble(&isNumber);
    return isNumber && opacity >= 0 && opacity <= 1 ? opacity : kOpacity; // NaN fails both
}

void Settings::setOpacity(double opacity)
{
    if (std::isfinite(opacity))
        m_settings.setValue("view/opacity", std::clamp(opacity, 0.0, 1.0));
}

Theme Settings::theme() const
{
    return Theme(kThemes.indexOf(oneOf("view/theme", kThemes, kThemes.first())));
}

void Settings::setTheme(Theme theme)
{
    m_settings.setValue("view/theme", kThemes[int(theme)]);
}

QByteArray Settings::geometry() const
{
    return m_settings.value("window/geometry").toByteArray();
}

QByteArray Settings::layout() const
{
    return m_settings.value("window/layout").toByteArray();
}

void Settings::setLayout(const QByteArray& geometry, const QByteArray& state)
{
    m_settings.setValue("window/geometry", geometry);
    m_settings.setValue("window/layout", state);
}

void Settings::resetLayout()
{
    m_settings.remove("window");
}

} // namespace app::document
