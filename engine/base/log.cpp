#include "engine/base/log.h"

#include <memory>
#include <mutex>

namespace engine {

namespace {

std::mutex g_mutex;
std::shared_ptr<const LogCallback> g_callback;

} // namespace

void setLogCallback(LogCallback callback)
{
    const std::lock_guard lock(g_mutex);
    g_callback = callback ? std::make_shared<const LogCallback>(std::move(callback)) : nullptr;
}

void log(LogLevel level, const std::string& text)
{
    std::shared_ptr<const LogCallback> callback;
    {
        const std::lock_guard lock(g_mutex);
        callback = g_callback;
    }
    if (callback)
        (*callback)(level, text);
}

} // namespace engine
