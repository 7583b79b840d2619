// Seconds of the steady clock, for rates and delays. Any thread.
#pragma once

#include <chrono>

namespace app::live {

inline double steadySeconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace app::live
