// Every kind of widget the window has, with something in it: to look at the theme, and to see that a change of theme
// reaches all of them.
#pragma once

#include <QMainWindow>

namespace gallery {

class Gallery : public QMainWindow {
public:
    Gallery();
};

// A window's worth of actions, owned by it: with categories, tooltips, shortcuts, one disabled, one checked.
QList<QAction*> makeActions(QWidget* owner);

} // namespace gallery
