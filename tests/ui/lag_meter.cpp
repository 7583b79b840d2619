#include "tests/ui/lag_meter.h"

#include <QElapsedTimer>
#include <QMetaEnum>
#include <QThread>
#include <utility>

bool LagMeter::notify(QObject* receiver, QEvent* event)
{
    if (QThread::currentThread() != thread())
        return QApplication::notify(receiver, event);
    const int loop = QThread::currentThread()->loopLevel();
    const int outerDepth = m_depth, outerLoop = m_loop;
    if (loop > m_loop)
        m_depth = 0;
    m_loop = loop;
    const bool outermost = m_depth == 0;
    if (outermost)
        m_waited = false;
    ++m_depth;
    // The receiver may be gone afterwards, and the event too.
    const char* name = QMetaEnum::fromType<QEvent::Type>().valueToKey(event->type());
    const QString what = QString("%1 for %2").arg(name ? name : "an event", receiver->metaObject()->className());
    QElapsedTimer timer;
    timer.start();
    const bool result = QApplication::notify(receiver, event);
    const double milliseconds = double(timer.nsecsElapsed()) * 1e-6;
    if (outermost && !std::exchange(m_waited, false) && milliseconds > m_longest.milliseconds)
        m_longest = {milliseconds, what};
    m_depth = outerDepth;
    m_loop = outerLoop;
    if (loop > outerLoop && outerDepth > 0)
        m_waited = true; // the event outside waited for this loop
    return result;
}
