#include "engine/cpu/fast_products.h"

#include "engine/cpu/kernels.h"
#include "engine/cpu/memory.h"
#include "engine/cpu/parallel.h"
#include "engine/cpu/scratch.h"

#include <dnnl.hpp>

namespace engine::cpu {

namespace {

using Type = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;

constexpr int64_t kLeastRows = 32, kLeastDepth = 48, kLeastColumns = 16;
constexpr int64_t kMostRows = 2048; // of A at once, as bfloat16

const dnnl::engine& processor()
{
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

dnnl::memory::desc desc(int64_t rows, int64_t columns, Type type, int64_t rowStep, int64_t columnStep)
{
    return {{rows, columns}, type, dnnl::memory::dims{rowStep, columnStep}};
}

struct Product {
    dnnl::matmul::primitive_desc primitive;

    Product(const ops::Gemm& op, int64_t rows, bool accumulates)
    {
        dnnl::primitive_attr attributes;
        dnnl::post_ops after;
        const dnnl::memory::desc a({rows, op.depth}, Type::bf16, Tag::any),
            b({op.depth, op.columns}, Type::bf16, Tag::any);
        const auto c = desc(rows, op.columns, Type::f32, op.c.tensor.stride(), 1);
        if (op.alpha != 1.0f) // else oneDNN 2 falls back to a way many times slower
#if DNNL_VERSION_MAJOR >= 3
            after.append_eltwise(dnnl::algorithm::eltwise_linear, op.alpha, 0.0f);
#else
            attributes.set_output_scales(0, {op.alpha});
#endif
        if (accumulates)
            after.append_sum(1.0f);
        attributes.set_post_ops(after);
#if DNNL_VERSION_MAJOR >= 3
        primitive = {processor(), a, b, c, attributes};
#else
        primitive = {{a, b, c}, attributes, processor()};
#endif
    }
};

// B^T in the form that is wanted; of weights kept with them.
dnnl::memory roundedB(const ops::Gemm& op, const dnnl::memory::desc& wanted, dnnl::stream& stream)
{
    auto* block = static_cast<Block*>(op.b.tensor.storage());
    const Block::Form key{op.b.tensor.offset(), op.columns, op.depth, int64_t(wanted.get_size())};
    if (const auto kept = block->otherForm(key))
        return *std::static_pointer_cast<dnnl::memory>(kept);
    dnnl::memory from(
        desc(op.depth, op.columns, Type::f32, 1, op.b.tensor.stride()), processor(), matrixOf(op.b.tensor).data);
    dnnl::memory to(wanted, processor());
    dnnl::reorder(from, to).execute(stream, from, to);
    if (block->isWeights())
        block->keep(key, std::make_shared<dnnl::memory>(to), int64_t(wanted.get_size() / sizeof(float)));
    return to;
}

} // namespace

bool computeFast(const ops::Gemm& op)
{
    const Matrix a = matrixOf(op.a.tensor), c = matrixOf(op.c.tensor), statistics = matrixOf(op.statistics),
                 residual = matrixOf(op.residual);
    const bool ownResidual = residual.exists() && residual.data == c.data;
    if (op.outer * op.inner != 1 || op.rows < kLeastRows || op.depth < kLeastDepth || op.columns < kLeastColumns
        || (ownResidual && op.activation != ops::Activation::None))
        return false;
    dnnl::stream stream(processor());
    const int64_t step = std::min(kMostRows, op.rows), wide = ops::padded(op.depth);
    const float* bias = matrixOf(op.bias).data;
    std::vector<float> normalised(statistics.exists() ? size_t(step * wide) : 0);
    for (int64_t first = 0; first < op.rows; first += step) {
        const int64_t rows = std::min(step, op.rows - first);
        float* values = a.row(first);
        int64_t stride = a.stride;
        if (statistics.exists()) {
            values = normalised.data();
            stride = wide;
            overRows(rows, op.depth, [&](int64_t from, int64_t count) {
                for (int64_t r = from; r < from + count; ++r)
                    normalise(
                        a.row(first + r), op.depth, statistics.row(first + r), nullptr, nullptr, values + r * wide);
            });
        }
        const Product product(op, rows, ownResidual);
        dnnl::memory exact(desc(rows, op.depth, Type::f32, stride, 1), processor(), values);
        dnnl::memory rounded(product.primitive.src_desc(), processor());
        dnnl::reorder(exact, rounded).execute(stream, exact, rounded);
        dnnl::memory result(product.primitive.dst_desc(), processor(), c.row(first));
        dnnl::matmul(product.primitive)
            .execute(stream,
                {{DNNL_ARG_SRC, rounded}, {DNNL_ARG_WEIGHTS, roundedB(op, product.primitive.weights_desc(), stream)},
                    {DNNL_ARG_DST, result}});
        stream.wait();
        overRows(rows, op.columns * 4, [&](int64_t from, int64_t count) {
            for (int64_t r = first + from; r < first + from + count; ++r)
                finishRow(c.row(r), op.columns, bias, op.activation,
                    residual.exists() && !ownResidual ? residual.row(r) : nullptr, op.columns % 4 != 0);
        });
    }
    return true;
}

} // namespace engine::cpu
