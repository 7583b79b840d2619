#include "ui/theme.h"

#include "ui/style.h"
#include "ui/theme_sheet.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>
#include <QPointer>
#include <QStyleHints>
#include <QToolTip>

namespace ui {

namespace {

bool looksDark(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

// Remembers how the desktop is; while the theme is System, follows it.
class Desktop : public QObject {
public:
    explicit Desktop(QObject* parent) : QObject(parent), m_dark(askedAtStart())
    {
        parent->installEventFilter(this);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] { changed(); });
#endif
    }

    bool dark() const { return m_dark; }
    void show(Theme theme);

    Theme m_theme = Theme::System;

protected:
    // Of all objects, as this watches the application: windows get ThemeChange, it itself ApplicationPaletteChange.
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        const bool told = event->type() == QEvent::ThemeChange
            || (event->type() == QEvent::ApplicationPaletteChange && watched == qApp);
        if (told && !m_changes && !m_waits) {
            m_waits = true; // once for all that is told at a time, and not in the midst of it
            QMetaObject::invokeMethod(this, [this] { changed(); }, Qt::QueuedConnection);
        }
        return false;
    }

private:
    static bool askedAtStart()
    {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        if (const auto scheme = QGuiApplication::styleHints()->colorScheme(); scheme != Qt::ColorScheme::Unknown)
            return scheme == Qt::ColorScheme::Dark;
#endif
        return looksDark(QApplication::palette()); // the platform has given its own by now
    }

    bool askedNow()
    {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        if (const auto scheme = QGuiApplication::styleHints()->colorScheme(); scheme != Qt::ColorScheme::Unknown)
            return scheme == Qt::ColorScheme::Dark;
#endif
        const QPalette now = QApplication::palette();
        if (now.color(QPalette::Window) != colours().ground)
            return looksDark(now); // someone gave the application another palette
        // Ours hides the platform's: without ours, that one is seen.
        m_changes = true;
        QApplication::setPalette(QPalette());
        const bool dark = looksDark(QApplication::palette());
        QApplication::setPalette(now);
        m_changes = false;
        return dark;
    }

    void changed()
    {
        m_waits = false;
        const bool wasDark = std::exchange(m_dark, askedNow());
        const bool foreign = QApplication::palette().color(QPalette::Window) != colours().ground;
        if (foreign || (m_theme == Theme::System && m_dark != wasDark))
            show(m_theme);
    }

    bool m_dark;
    bool m_changes = false; // we ourselves
    bool m_waits = false;
};

bool s_dark = false;
QPointer<Desktop> s_desktop; // goes with the application

void Desktop::show(Theme theme)
{
    m_theme = theme;
    s_dark = theme == Theme::System ? m_dark : theme == Theme::Dark;
    m_changes = true;
    const QPalette palette = paletteOf(colours());
    // In this order: a sheet that is set keeps the palettes of the widgets that it colours.
    qApp->setStyleSheet({});
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    qApp->setStyleSheet(styleSheet(colours()));
    m_changes = false;
}

} // namespace

void applyTheme(Theme theme)
{
    if (!s_desktop) {
        s_desktop = new Desktop(qApp);
        QApplication::setStyle(new Style);
    }
    s_desktop->show(theme);
}

Theme theme()
{
    return s_desktop ? s_desktop->m_theme : Theme::System;
}

bool isDark()
{
    return s_dark;
}

const Colours& colours()
{
    return s_dark ? darkColours() : lightColours();
}

} // namespace ui
