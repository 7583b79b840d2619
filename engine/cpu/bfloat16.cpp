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

// A primitive's arguments on this thread. Kept, since making them takes as long as a few thousand operations.
class Arguments {
public:
    using Named = std::pair<int, dnnl::memory::desc>;
    explicit Arguments(const std::vector<Named>& named, const dnnl::memory::desc& room)
    {
        for (const auto& [name, desc] : named)
            m_all.emplace(name, dnnl::memory(desc, processor(), DNNL_MEMORY_NONE));
        m_all.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(room, processor()));
    }
    void set(int name, const void* values) { m_all.at(name).set_data_handle(const_cast<void*>(values)); }
    void run(const dnnl::primitive& primitive)
    {
        thread_local dnnl::stream stream(processor());
        primitive.execute(stream, m_all);
    }

    template <typename Make> static Arguments& of(uint64_t owner, const Make& make)
    {
        thread_local std::unordered_map<uint64_t, std::unique_ptr<Arguments>> kept;
        if (kept.size() >= 2 * kMostKept && !kept.contains(owner))
            kept.clear();
        std::unique_ptr<Arguments>& arguments = kept[owner];
        if (!arguments)
            arguments = make();
        return *arguments;
    }

private:
    std::unordered_map<int, dnnl::memory> m_all;
};

// oneDNN divides a product among as many threads as there are when it is made; these run on one.
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

struct Packer::Made {
    dnnl::reorder::primitive_desc described;
    dnnl::reorder reorder;
    uint64_t number = newNumber();

    explicit Made(const Packing& p)
        : described(processor(),
            plain(p.depth, p.columns, p.isFloat ? Type::f32 : Type::bf16, p.isTransposed ? 1 : p.stride,
                p.isTransposed ? p.stride : 1),
            processor(), packed(p.depth, p.columns), withOwnRoom())
        , reorder(described)
    {
    }
};

Packer::Packer(const Packing& packing)
{
    const OneThread one;
    m_made = std::make_unique<Made>(packing);
}

Packer::~Packer() = default;

std::shared_ptr<const Packer> Packer::of(const Packing& packing)
{
    return keptOf<Packer>(packing);
}

void Packer::operator()(const void* b, Rounded* to) const
{
    const auto& described = m_made->described;
    Arguments& arguments = Arguments::of(m_made->number, [&] {
        return std::make_unique<Arguments>(
            std::vector<Arguments::Named>{{DNNL_ARG_FROM, described.src_desc()}, {DNNL_ARG_TO, described.dst_desc()}},
            described.scratchpad_desc());
    });
    arguments.set(DNNL_ARG_FROM, b);
    arguments.set(DNNL_ARG_TO, to);
    arguments.run(m_made->reorder);
}

namespace {

dnnl::matmul::primitive_desc describe(const ProductShape& s)
{
    return describeProduct(plain(s.rows, s.depth, Type::bf16, s.depth, 1), packed(s.depth, s.columns),
        plain(s.rows, s.columns, Type::f32, s.columns, 1), 1.0f, s.accumulates, withOwnRoom());
}

} // namespace

bool multipliesTiles()
{
    static const bool does = [] {
        if (!has(unsigned(dnnl_cpu_isa_avx512_core_amx)))
            return false;
        const OneThread one;
        const std::string way = describe({.rows = 128, .columns = 64, .depth = 96}).impl_info_str();
        return way.find("amx") != std::string::npos;
    }();
    return does;
}

struct RoundedProduct::Made {
    dnnl::matmul::primitive_desc described;
    dnnl::matmul product;
    uint64_t number = newNumber();

    explicit Made(const ProductShape& shape) : described(describe(shape)), product(described) { }
};

RoundedProduct::RoundedProduct(const ProductShape& shape)
{
    const OneThread one;
    m_made = std::make_unique<Made>(shape);
}

RoundedProduct::~RoundedProduct() = default;

std::shared_ptr<const RoundedProduct> RoundedProduct::of(const ProductShape& shape)
{
    return keptOf<RoundedProduct>(shape);
}

void RoundedProduct::operator()(const Rounded* a, const Rounded* b, float* c) const
{
    const auto& described = m_made->described;
    Arguments& arguments = Arguments::of(m_made->number, [&] {
        return std::make_unique<Arguments>(
            std::vector<Arguments::Named>{{DNNL_ARG_SRC, described.src_desc()},
                {DNNL_ARG_WEIGHTS, described.weights_desc()}, {DNNL_ARG_DST, described.dst_desc()}},
            described.scratchpad_desc());
    });
    arguments.set(DNNL_ARG_SRC, a);
    arguments.set(DNNL_ARG_WEIGHTS, b);
    arguments.set(DNNL_ARG_DST, c);
    arguments.run(m_made->product);
}

} // namespace engine::cpu
