// A device that runs the operations: one interface, every shape checked here once, so that a second device implements
// the same list without a model changing.
//
// Operations are recorded and run later, in order; nothing waits until `download` or `finish`. What fails on the way
// (no memory, device lost, cancelled) is kept: later operations do nothing, and the next download or finish gives the
// error. So a model reads without error handling and cannot give a half-computed answer. All calls from one thread, the
// engine's; requestCancel alone may come from any.
#pragma once

#include "engine/base/host_tensor.h"
#include "engine/base/result.h"
#include "engine/ops/grid.h"
#include "engine/ops/operations.h"

#include <atomic>
#include <functional>
#include <span>
#include <string>

namespace engine::ops {

// Exact: single precision throughout. Fast: operands of products may be rounded to 16 bits, sums stay in 32.
enum class Precision { Exact, Fast };

// What memory is for. Operands: weights that only products read, as A or as B; a fast device may keep them in 16 bits.
enum class Contents { Activations, Weights, Operands };

enum class DeviceKind { Discrete, Integrated, Virtual, Software, Cpu };
const char* name(DeviceKind kind); // "discrete", "integrated", "virtual", "software", "cpu"

struct DeviceInfo {
    std::string name;
    DeviceKind kind = DeviceKind::Cpu;
    std::string uuid; // 32 hexadecimal digits, or empty
    uint64_t memoryBytes = 0;
    std::string driver; // name and version
    std::string kernels; // by what they are chosen, and how large the device is taken to be; empty: there is no choice
};

// Whether a request names this one of a list: by its place there, its UUID, or a part of its name in any case.
bool isNamed(const DeviceInfo& info, size_t place, const std::string& request);

// A device that could be opened.
struct Candidate {
    DeviceInfo info;
    bool usable = false;
    bool chosen = false;
    std::string reason; // why it was chosen, could be, or cannot be
    std::string request; // what opens this one and no other
};

// Time of one named pass, summed over its uses since the last takeTimings; in the order of first use.
struct PassTime {
    std::string name;
    double seconds = 0;
    double flop = 0;
    int64_t uses = 0;
};

struct MemoryUse {
    std::string name; // "weights", "activations", "staging" …
    uint64_t bytes = 0;
    uint64_t highWaterBytes = 0;
};

// done and expected in FLOP; expected 0 when unknown.
struct Progress {
    double done = 0;
    double expected = 0;
    std::string pass;
};
using ProgressCallback = std::function<void(const Progress&)>;

class Device {
public:
    Device() = default;
    virtual ~Device() = default;
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    virtual const DeviceInfo& info() const = 0;
    virtual Precision precision() const { return Precision::Exact; } // what it does, whatever was asked for

    // Memory. Weights live as long as their tensors and are counted apart from activations.
    Tensor create(int64_t rows, int64_t columns); // contents undefined
    Tensor zeros(int64_t rows, int64_t columns);
    Tensor upload(int64_t rows, int64_t columns, std::span<const float> values); // rows x columns, dense
    Tensor uploadWeights(int64_t rows, int64_t columns, std::span<const float> values);
    Tensor uploadOperand(int64_t rows, int64_t columns, std::span<const float> values); // Contents::Operands
    Tensor upload(const HostTensor& tensor); // rows() x columns()
    Indices uploadIndices(std::span<const uint32_t> values);
    Result<HostTensor> download(const Tensor& tensor); // [rows, columns]
    Result<void> finish();

    // How many floats a temporary may hold at most (the limit of one buffer binding); scores are cut to this.
    virtual int64_t scratchFloats() const { return int64_t(16) << 20; }

    // One question or forward pass: progress is reported and a cancel is seen between dispatches.
    void beginJob(double expectedFlop, ProgressCallback callback);
    void requestCancel() { m_cancel = true; }
    // Waits, clears what went wrong (a lost device stays lost) and reports it.
    Result<void> endJob();
    bool failed() const { return m_failure.has_value(); }
    bool isLost() const { return lost(); } // for good: only another one, opened anew, can go on
    void fail(Error error);

    // Names what follows until the returned scope ends; nested names win.
    class PassScope {
    public:
        PassScope(Device& device, std::string name);
        ~PassScope();
        PassScope(const PassScope&) = delete;
        PassScope& operator=(const PassScope&) = delete;

    private:
        Device& m_device;
    };
    [[nodiscard]] PassScope pass(std::string name) { return PassScope(*this, std::move(name)); }
    virtual std::vector<PassTime> takeTimings() = 0; // waits for what is recorded
    virtual std::vector<MemoryUse> memory() const = 0;
    virtual void resetHighWater() = 0;
    double flopDone() const { return m_flopDone; }

    // The operations.
    void gemm(const Gemm& op);
    void layerNorm(const LayerNorm& op);
    void rowStatistics(const RowStatistics& op);
    void softmax(const Softmax& op);
    void softmaxChunk(const SoftmaxChunk& op);
    void probabilities(const Probabilities& op);
    void scaleRows(const ScaleRows& op);
    void transpose(const Transpose& op);
    void copyColumns(const CopyColumns& op);
    void fillColumns(const FillColumns& op);
    void fourierColumns(const FourierColumns& op);
    void gatherRows(const GatherRows& op);
    void add(const Add& op);
    void unfold(const Unfold& op);
    void maxPool(const MaxPool& op);
    void fuseHeads(const FuseHeads& op);
    void multiplyRows(const MultiplyRows& op);
    void rowSums(const RowSums& op);
    void cellSums(const CellSums& op);
    void resize(const Resize& op);
    void warp(const Warp& op);
    void matchingCosts(const MatchingCosts& op);
    void localMotion(const LocalMotion& op);
    void median(const Median& op);
    void cropTiles(const CropTiles& op);
    void blendTiles(const BlendTiles& op);
    void powerSpectrum(const PowerSpectrum& op);
    void gridStatistics(const GridStatistics& op);
    void gridScores(const GridScores& op);
    void gridSums(const GridSums& op);
    // False when this device has no fused kernel for these widths: then use ops::attend (attend.h), which also covers
    // it.
    bool attendFused(const Attend& op);
    // False when this device has no kernel for it: then use ops::attendGrid (grid.h), which also covers it.
    bool attendGridFused(const AttendGrid& op);

protected:
    virtual Result<std::shared_ptr<Storage>> allocate(int64_t elements, Contents contents) = 0;
    virtual void onUpload(const Tensor& tensor, std::span<const float> values) = 0; // dense values; pads become 0
    virtual Result<HostTensor> onDownload(const Tensor& tensor) = 0;
    virtual void onZero(const Tensor& tensor) = 0; // with its padding
    virtual Result<void> onFinish() = 0;
    virtual void onPass(const std::string& name) = 0; // from here on
    virtual bool lost() const { return false; }

    virtual void on(const Gemm&) = 0;
    virtual void on(const LayerNorm&) = 0;
    virtual void on(const RowStatistics&) = 0;
    virtual void on(const Softmax&) = 0;
    virtual void on(const SoftmaxChunk&) = 0;
    virtual void on(const Probabilities&) = 0;
    virtual void on(const ScaleRows&) = 0;
    virtual void on(const Transpose&) = 0;
    virtual void on(const CopyColumns&) = 0;
    virtual void on(const FillColumns&) = 0;
    virtual void on(const FourierColumns&) = 0;
    virtual void on(const GatherRows&) = 0;
    virtual void on(const Add&) = 0;
    virtual void on(const Unfold&) = 0;
    virtual void on(const MaxPool&) = 0;
    virtual void on(const FuseHeads&) = 0;
    virtual void on(const MultiplyRows&) = 0;
    virtual void on(const RowSums&) = 0;
    virtual void on(const CellSums&) = 0;
    virtual void on(const Resize&) = 0;
    virtual void on(const Warp&) = 0;
    virtual void on(const MatchingCosts&) = 0;
    virtual void on(const LocalMotion&) = 0;
    virtual void on(const Median&) = 0;
    virtual void on(const CropTiles&) = 0;
    virtual void on(const BlendTiles&) = 0;
    virtual void on(const PowerSpectrum&) = 0;
    virtual void on(const GridStatistics&) = 0;
    virtual void on(const GridScores&) = 0;
    virtual void on(const GridSums&) = 0;
    virtual bool on(const Attend&) { return false; }
    virtual bool on(const AttendGrid&) { return false; }

    // Implementations call this between dispatches; true when the job has to stop (the failure is set then).
    bool stopRequested();
    // Called by the implementation as work is really done, for progress.
    void advance(double flop);
    void countFlop(double flop) { m_flopDone += flop; }
    const std::string& currentPass() const;

private:
    template <typename Operation> void run(const Operation& op, double flop = 0);
    Tensor allocateTensor(int64_t rows, int64_t columns, Contents contents);
    Tensor uploadAs(Contents contents, int64_t rows, int64_t columns, std::span<const float> values);

    std::optional<Error> m_failure;
    std::atomic<bool> m_cancel = false;
    ProgressCallback m_callback;
    double m_expectedFlop = 0;
    double m_advanced = 0;
    double m_flopDone = 0;
    std::vector<std::string> m_passes;
};

} // namespace engine::ops
