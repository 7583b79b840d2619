// Work that the interface thread must not wait for and that is not the engine's: files, pictures. Call on the interface
// thread.
#pragma once

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <memory>

namespace app::document {

// work() runs on a thread of the pool; then(result) on the interface thread, unless `context` has gone.
template <typename Work, typename Then> void inBackground(QObject* context, Work work, Then then)
{
    QThreadPool::globalInstance()->start([context = QPointer<QObject>(context), work, then] {
        auto result = std::make_shared<decltype(work())>(work());
        QMetaObject::invokeMethod(
            qApp, // which outlives the pool's work; the context may not
            [context, result, then] {
                if (context)
                    then(std::move(*result));
            },
            Qt::QueuedConnection);
    });
}

} // namespace app::document
