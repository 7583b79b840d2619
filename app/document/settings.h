// What the program remembers from one start to the next, typed: a damaged file, or a value that makes no sense, reads
// as if it had never been written. Written by QSettings, at the latest when this goes. Interface thread.
#pragma once

#include <QSettings>
#include <QStringList>

namespace app::document {

// What was opened at once: one file, or two frames. Absolute paths.
struct RecentItem {
    QStringList files;

    bool exists() const; // all of them, now
    QString title() const; // "a.png", "a.png → b.png"
    friend bool operator==(const RecentItem&, const RecentItem&) = default;
};

enum class Theme { System, Dark, Light };

class Settings {
public:
    static constexpr int kMostRecent = 12;
    static inline const QStringList kColourMaps{"viridis", "magma", "cividis", "turbo", "grey"};
    static inline const QStringList kScales{"linear", "log", "root"};

    Settings(); // the user's own, where the system keeps them
    explicit Settings(const QString& file); // an INI file, for tests

    // Whether the file could not be read as settings; what it held is replaced at the next change.
    bool damaged() const { return m_damaged; }
    // Writes now; false when that failed (a full disk, a folder that may not be written).
    bool save();

    // Newest first, at most kMostRecent; vanished ones stay, RecentItem::exists() tells.
    QList<RecentItem> recent() const;
    void addRecent(const QStringList& files); // what was there already moves to the front
    void removeRecent(const RecentItem& item);
    void clearRecent();

    // Absolute paths, in the user's order.
    QStringList modelFolders() const;
    void addModelFolder(const QString& folder); // at the end; what is there already stays where it is
    void removeModelFolder(const QString& folder);
    void moveModelFolder(int from, int to);
    // The id of a ModelEntry; empty when none was chosen. `task` as taskName() has it.
    QString chosenModel(const QString& task) const;
    void setChosenModel(const QString& task, const QString& id); // empty: none

    // What computes, as engine::devices takes it, at first "": the best there is; and whether with 16-bit products.
    QString device() const;
    bool fast() const;
    void setDevice(const QString& request, bool fast);

    // The last folder that is still there, else the user's pictures, else home.
    QString exportFolder() const;
    void setExportFolder(const QString& folder);

    QString colourMap() const; // one of kColourMaps, at first viridis
    void setColourMap(const QString& name);
    QString scale() const; // one of kScales, at first linear
    void setScale(const QString& name);
    double opacity() const; // 0 … 1 of the overlay, at first 0.85
    void setOpacity(double opacity);
    Theme theme() const;
    void setTheme(Theme theme);

    // QMainWindow's bytes; empty at first and after a reset.
    QByteArray geometry() const;
    QByteArray layout() const;
    void setLayout(const QByteArray& geometry, const QByteArray& state);
    void resetLayout();

private:
    QString oneOf(const char* key, const QStringList& words, const QString& otherwise) const;
    void setRecent(const QList<RecentItem>& items);

    QSettings m_settings;
    bool m_damaged = false;
};

} // namespace app::document
