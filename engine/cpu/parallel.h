// Loops over the machine's cores, on OpenMP's threads: the same pool that oneDNN's products use, so that the two never
// compete. Internal to engine/cpu.
#pragma once

#include <algorithm>
#include <cstdint>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace engine::cpu {

inline int64_t threads()
{
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1; // the fuzzers' compiler comes without it
#endif
}

// work(first, count) for pieces of 0 … total - 1, none smaller than `least` where there are several; a piece a thread.
template <typename Work> void inPieces(int64_t total, int64_t least, const Work& work)
{
    const int64_t pieces = std::clamp<int64_t>(total / std::max<int64_t>(least, 1), 1, threads());
    if (pieces == 1)
        return work(0, total);
#ifdef _OPENMP
#pragma omp parallel for num_threads(int(pieces)) schedule(static, 1)
#endif
    for (int64_t i = 0; i < pieces; ++i) {
        const int64_t first = total * i / pieces;
        work(first, total * (i + 1) / pieces - first);
    }
}

// work(i) for i of 0 … count - 1, handed out one at a time: tasks of unlike length.
template <typename Work> void eachTask(int64_t count, const Work& work)
{
    if (count == 1)
        return work(0);
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1)
#endif
    for (int64_t i = 0; i < count; ++i)
        work(i);
}

// Rows of a matrix: a piece is worth a thread from some thousand values on.
template <typename Work> void overRows(int64_t rows, int64_t columns, const Work& work)
{
    inPieces(rows, 8192 / std::max<int64_t>(columns, 1) + 1, work);
}

} // namespace engine::cpu
