// What the palette and the list of shortcuts say of an action. Its category is its property "category", set by the
// window as the menu that it is in. Interface thread.
#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>

class QAction;

namespace ui {

QString actionText(const QAction& action); // without mnemonics: "&Open…" is "Open…"
QString actionCategory(const QAction& action); // may be empty
QString actionTip(const QAction& action); // one line; empty where it would only repeat the text
// The caps of a shortcut: {"Ctrl", "Shift", "P"}; of a sequence of several strokes, one stroke after the other.
QStringList keysOf(const QKeySequence& shortcut);

// What a person can ask for: no separators, no sub-menus, nothing invisible or without text, each once.
QList<QAction*> commandsAmong(const QList<QAction*>& actions);

} // namespace ui
