#include "engine/cpu/memory.h"

#include <cstdlib>
#include <sys/mman.h>

namespace engine::cpu {

namespace {

constexpr int64_t kLine = 16; // floats of a cache line
constexpr int64_t kHugePage = int64_t(512) << 10; // floats of a page where the system has large ones

float* allocateFloats(int64_t count)
{
    const bool large = count >= 2 * kHugePage;
    const size_t alignment = size_t(large ? kHugePage : kLine) * sizeof(float);
    const size_t bytes = (size_t(count) * sizeof(float) + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, bytes);
    if (large && memory)
        madvise(memory, bytes, MADV_HUGEPAGE); // fewer faults; where it is refused, nothing is lost
    return static_cast<float*>(memory);
}

} // namespace

void FreeMemory::operator()(float* floats) const
{
    std::free(floats);
}

Block::Block(std::shared_ptr<Pool> pool, Floats floats, int64_t count, bool weights)
    : m_pool(std::move(pool)), m_floats(std::move(floats)), m_count(count), m_weights(weights)
{
}

std::shared_ptr<void> Block::otherForm(const Form& form) const
{
    const auto kept = m_forms.find(form);
    return kept == m_forms.end() ? nullptr : kept->second;
}

void Block::keep(const Form& form, std::shared_ptr<void> values, int64_t floats)
{
    m_forms[form] = std::move(values);
    m_formFloats += floats;
    m_pool->count(true, floats);
}

Block::~Block()
{
    m_pool->count(true, -m_formFloats);
    m_pool->giveBack(std::move(m_floats), m_count, m_weights);
}

void Pool::count(bool weights, int64_t floats)
{
    m_floats[weights] += floats;
    m_highWater[weights] = std::max(m_highWater[weights], m_floats[weights]);
    m_totalHighWater = std::max(m_totalHighWater, m_floats[0] + m_floats[1]);
}

Result<std::shared_ptr<ops::Storage>> Pool::take(int64_t floats, bool weights)
{
    const int64_t wanted = (floats + kLine - 1) / kLine * kLine;
    if (!weights) // the smallest that fits without wasting more than a fifth
        if (auto found = m_free.lower_bound(wanted); found != m_free.end() && found->first <= wanted + wanted / 5) {
            const int64_t count = found->first;
            Floats reused = std::move(found->second);
            m_free.erase(found);
            m_freeFloats -= count;
            return std::shared_ptr<ops::Storage>(
                std::make_shared<Block>(shared_from_this(), std::move(reused), count, weights));
        }
    Floats fresh(allocateFloats(wanted));
    if (!fresh)
        return Error{ErrorKind::NoDevice,
            "there is no memory for " + std::to_string((wanted * int64_t(sizeof(float)) >> 20) + 1)
                + " MiB more. Close other programs, or choose smaller inputs"};
    count(weights, wanted);
    return std::shared_ptr<ops::Storage>(
        std::make_shared<Block>(shared_from_this(), std::move(fresh), wanted, weights));
}

void Pool::giveBack(Floats floats, int64_t count, bool weights)
{
    if (weights || count > kMostFree) {
        m_floats[weights] -= count;
        return;
    }
    m_free.emplace(count, std::move(floats));
    m_freeFloats += count;
    while (m_freeFloats > kMostFree) { // the largest goes first: it is the least likely to be asked for again
        const auto last = std::prev(m_free.end());
        m_freeFloats -= last->first;
        m_floats[0] -= last->first;
        m_free.erase(last);
    }
}

std::vector<ops::MemoryUse> Pool::report() const
{
    const auto use = [](const char* name, int64_t now, int64_t most) {
        return ops::MemoryUse{name, uint64_t(now) * sizeof(float), uint64_t(most) * sizeof(float)};
    };
    return {use("activations", m_floats[0], m_highWater[0]), use("weights", m_floats[1], m_highWater[1]),
        use("total", m_floats[0] + m_floats[1], m_totalHighWater)};
}

void Pool::resetHighWater()
{
    m_highWater = m_floats;
    m_totalHighWater = m_floats[0] + m_floats[1];
}

Matrix matrixOf(const ops::Tensor& tensor)
{
    if (!tensor.exists() || !tensor.storage())
        return {};
    return {static_cast<Block*>(tensor.storage())->floats() + tensor.offset(), tensor.rows(), tensor.columns(),
        tensor.stride()};
}

} // namespace engine::cpu
