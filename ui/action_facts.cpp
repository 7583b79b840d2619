#include "ui/action_facts.h"

#include <QAction>
#include <QMenu>

namespace ui {

QString actionText(const QAction& action)
{
    const QString text = action.text();
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == '&' && ++i >= text.size())
            break;
        plain += text[i];
    }
    return plain.simplified();
}

QString actionCategory(const QAction& action)
{
    return action.property("category").toString();
}

QString actionTip(const QAction& action)
{
    QString tip = action.toolTip().simplified();
    // A window may end it with the keys, which stand beside it anyway.
    for (const QKeySequence& shortcut : action.shortcuts())
        for (const auto format : {QKeySequence::NativeText, QKeySequence::PortableText})
            if (const QString keys = " (" + shortcut.toString(format) + ")"; tip.endsWith(keys))
                tip.chop(keys.size());
    const auto bare = [](QString text) { return text.remove(u'…').remove("...").trimmed(); };
    return bare(tip) == bare(actionText(action)) ? QString() : tip;
}

QStringList keysOf(const QKeySequence& shortcut)
{
    constexpr Qt::KeyboardModifier modifiers[]
        = {Qt::MetaModifier, Qt::ControlModifier, Qt::AltModifier, Qt::ShiftModifier};
    QStringList keys;
    for (int i = 0; i < shortcut.count(); ++i) {
        const QKeyCombination stroke = shortcut[uint(i)];
        for (const Qt::KeyboardModifier modifier : modifiers)
            if (stroke.keyboardModifiers() & modifier) {
                // "Ctrl+", in the words of the platform.
                const QString name = QKeySequence(int(modifier)).toString(QKeySequence::NativeText);
                keys << (name.endsWith('+') ? name.chopped(1) : name);
            }
        keys << QKeySequence(stroke.key()).toString(QKeySequence::NativeText);
    }
    return keys;
}

QList<QAction*> commandsAmong(const QList<QAction*>& actions)
{
    QList<QAction*> commands;
    for (QAction* action : actions)
        if (action && !action->isSeparator() && !action->menu() && action->isVisible() && !actionText(*action).isEmpty()
            && !commands.contains(action))
            commands << action;
    return commands;
}

} // namespace ui
