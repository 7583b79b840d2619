#include "engine/cpu/fast_products.h"

#include "engine/cpu/bfloat16.h"
#include "engine/cpu/kernels.h"
#include "engine/cpu/memory.h"
#include "engine/cpu/onednn.h"
#include "engine/cpu/parallel.h"
#include "engine/cpu/scratch.h"

namespace engine::cpu {

namespace {

constexpr int64_t kLeastRows = 32, kLeastDepth = 48, kLeastColumns = 16;
constexpr int64_t kMostRows = 2048; // of A at once, as bfloat16

// A dense matrix A, B packed, C with its padding, which B's padding of zeros makes: oneDNN's quick way wants no gaps.
struct Shape {
    int64_t rows = 0, columns = 0, depth = 0;
    float alpha = 1;
    bool accumulates = false;

    auto operator<=>(const Shape&) const = default;
};

struct Product {
    dnnl::matmul::primitive_desc described;
    dnnl::matmul product;

    explicit Product(const Shape& s)
        : described(describeProduct(plain(s.rows, s.depth, Type::bf16, s.depth, 1), packed(s.depth, s.columns),
            plain(s.rows, s.columns, Type::f32, s.columns, 1), s.alpha, s.accumulates, {}))
        , product(described)
    {
    }
};

// B^T packed; of weights kept with them.
dnnl::memory roundedB(const ops::Gemm& op, dnnl::stream& stream)
{
    const dnnl::memory::desc wanted = packed(op.depth, op.columns);
    auto* block = static_cast<Block*>(op.b.tensor.storage());
    const Block::Form key{op.b.tensor.offset(), op.columns, op.depth, int64_t(wanted.get_size())};
    if (const auto kept = block->otherForm(key))
        return *std::static_pointer_cast<dnnl::memory>(kept);
    dnnl::memory from(
        plain(op.depth, op.columns, Type::f32, 1, op.b.tensor.stride()), processor(), matrixOf(op.b.tensor).data);
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
        || op.c.tensor.stride() != ops::padded(op.columns) || (ownResidual && op.activation != ops::Activation::None))
        return false;
    dnnl::stream stream(processor());
    const dnnl::memory kept = roundedB(op, stream);
    const int64_t columns = op.c.tensor.stride(); // with the padding: the same bytes of B
    const dnnl::memory b(packed(op.depth, columns), processor(), kept.get_data_handle());
    const int64_t step = std::min(kMostRows, op.rows);
    const float* bias = matrixOf(op.bias).data;
    auto* const rounded = reinterpret_cast<Rounded*>(scratch(Scratch::Operand, (step * op.depth + 1) / 2));
    for (int64_t first = 0; first < op.rows; first += step) {
        const int64_t rows = std::min(step, op.rows - first);
        overRows(rows, op.depth, [&](int64_t from, int64_t count) {
            float* normalised = statistics.exists() ? scratch(Scratch::Normalised, ops::padded(op.depth)) : nullptr;
            for (int64_t r = from; r < from + count; ++r) {
                const float* values = a.row(first + r);
                if (normalised) {
                    normalise(values, op.depth, statistics.row(first + r), nullptr, nullptr, normalised);
                    values = normalised;
                }
                splitRow(values, op.depth, op.depth, 1.0f, 1, rounded + r * op.depth, 0);
            }
        });
        const auto product = keptOf<Product>(Shape{rows, columns, op.depth, op.alpha, ownResidual});
        dnnl::memory source(product->described.src_desc(), processor(), rounded);
        dnnl::memory result(product->described.dst_desc(), processor(), c.row(first));
        product->product.execute(stream, {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, result}});
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
