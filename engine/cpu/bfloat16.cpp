#include "engine/cpu/bfloat16.h"

#include "engine/cpu/onednn.h"
#include "engine/cpu/parallel.h"

#include <array>
#include <atomic>
#include <string>
#include <unordered_map>
#include <vector>

namespace engine::cpu {

namespace {

bool has(unsigned wanted)
{
    return (unsigned(dnnl_get_effective_cpu_isa()) & wanted) == wanted;
}

// Columns of a block: fewer where there are no more.
int64_t blockOf(int64_t columns)
{
    return std::min<int64_t>(64, (columns + 15) / 16 * 16);
}

// The caller's room, each thread's own: else primitives share it and cannot run at the same time.
dnnl::primitive_attr withOwnRoom()
{
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

// No number comes twice, as addresses do.
uint64_t newNumber()
{
    static std::atomic<uint64_t> last = 0;
    return ++last;
}

// A primitive with what it is run on, in the order of `run`. Each thread has its own arguments and keeps them, since
// making them takes as long as a few thousand operations.
class Kept {
public:
    using Named = std::pair<int, dnnl::memory::desc>;
    Kept(dnnl::primitive primitive, std::vector<Named> named, dnnl::memory::desc room)
        : m_primitive(std::move(primitive)), m_named(std::move(named)), m_room(std::move(room))
    {
    }

    void run(std::initializer_list<const void*> values) const
    {
        thread_local dnnl::stream stream(processor());
        Arguments& arguments = ownArguments();
        auto named = m_named.begin();
        for (const void* value : values)
            arguments.at(named++->first).set_data_handle(const_cast<void*>(value));
        m_primitive.execute(stream, arguments);
    }

private:
    using Arguments = std::unordered_map<int, dnnl::memory>;

    Arguments& ownArguments() const
    {
        thread_local std::unordered_map<uint64_t, Arguments> kept;
        if (kept.size() >= 2 * kMostKept && !kept.contains(m_number))
            kept.clear();
        Arguments& arguments = kept[m_number];
        if (arguments.empty()) {
            for (const auto& [name, desc] : m_named)
                arguments.emplace(name, dnnl::memory(desc, processor(), DNNL_MEMORY_NONE));
            arguments.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(m_room, processor()));
        }
        return arguments;
    }

    dnnl::primitive m_primitive;
    std::vector<Named> m_named;
    dnnl::memory::desc m_room;
    uint64_t m_number = newNumber();
};

// While there is one: oneDNN divides a product among as many threads as there are when it is made; these run on one.
struct OneThread {
    OneThread()
    {
#ifdef _OPENMP
        omp_set_num_threads(1);
#endif
    }
    ~OneThread()
    {
#ifdef _OPENMP
        omp_set_num_threads(before);
#endif
    }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;
    int before = int(threads());
};

} // namespace

const dnnl::engine& processor()
{
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

dnnl::memory::desc packed(int64_t depth, int64_t columns)
{
    using enum dnnl::memory::format_tag; // 16 pairs of rows, some columns, the two rows of a pair
    const std::array tags{BA16a16b2a, BA16a32b2a, BA16a48b2a, BA16a64b2a};
    return {{depth, columns}, Type::bf16, tags[size_t(blockOf(columns) / 16 - 1)]};
}

dnnl::matmul::primitive_desc describeProduct(const dnnl::memory::desc& a, const dnnl::memory::desc& b,
    const dnnl::memory::desc& c, float factor, bool accumulates, dnnl::primitive_attr attributes)
{
    dnnl::post_ops after;
    if (factor != 1.0f) // else oneDNN 2 falls back to a way many times slower
#if DNNL_VERSION_MAJOR >= 3
        after.append_eltwise(dnnl::algorithm::eltwise_linear, factor, 0.0f);
#else
        attributes.set_output_scales(0, {factor});
#endif
    if (accumulates)
        after.append_sum(1.0f);
    attributes.set_post_ops(after);
#if DNNL_VERSION_MAJOR >= 3
    return {processor(), a, b, c, attributes};
#else
    return {{a, b, c}, attributes, processor()};
#endif
}

bool multipliesBfloat16()
{
    return has(unsigned(dnnl_cpu_isa_avx512_core_bf16));
}

int64_t packedCount(int64_t depth, int64_t columns)
{
    const int64_t block = blockOf(columns);
    return wholeDepth(depth) * ((columns + block - 1) / block * block);
}

namespace {

struct KeptPacking : Kept {
    explicit KeptPacking(const Packing& p, const OneThread& = {}) : KeptPacking(describe(p)) { }
    explicit KeptPacking(const dnnl::reorder::primitive_desc& described)
        : Kept(dnnl::reorder(described), {{DNNL_ARG_FROM, described.src_desc()}, {DNNL_ARG_TO, described.dst_desc()}},
            described.scratchpad_desc())
    {
    }
    static dnnl::reorder::primitive_desc describe(const Packing& p)
    {
        const auto from = plain(p.depth, p.columns, p.isFloat ? Type::f32 : Type::bf16, p.isTransposed ? 1 : p.stride,
            p.isTransposed ? p.stride : 1);
        return {processor(), from, processor(), packed(p.depth, p.columns), withOwnRoom()};
    }
};

struct KeptProduct : Kept {
    explicit KeptProduct(const ProductShape& shape, const OneThread& = {}) : KeptProduct(describe(shape)) { }
    explicit KeptProduct(const dnnl::matmul::primitive_desc& described)
        : Kept(dnnl::matmul(described),
            {{DNNL_ARG_SRC, described.src_desc()}, {DNNL_ARG_WEIGHTS, described.weights_desc()},
                {DNNL_ARG_DST, described.dst_desc()}},
            described.scratchpad_desc())
    {
    }
    static dnnl::matmul::primitive_desc describe(const ProductShape& s)
    {
        return describeProduct(plain(s.rows, s.depth, Type::bf16, s.depth, 1), packed(s.depth, s.columns),
            plain(s.rows, s.columns, Type::f32, s.columns, 1), 1.0f, s.accumulates, withOwnRoom());
    }
};

} // namespace

void pack(const Packing& packing, const void* b, Rounded* packed)
{
    keptOf<KeptPacking>(packing)->run({b, packed});
}

void multiply(const ProductShape& shape, const Rounded* a, const Rounded* packed, float* c)
{
    keptOf<KeptProduct>(shape)->run({a, packed, c});
}

bool multipliesTiles()
{
    static const bool does = [] {
        if (!has(unsigned(dnnl_cpu_isa_avx512_core_amx)))
            return false;
        const OneThread one;
        const std::string way = KeptProduct::describe({.rows = 128, .columns = 64, .depth = 96}).impl_info_str();
        return way.find("amx") != std::string::npos;
    }();
    return does;
}

} // namespace engine::cpu
