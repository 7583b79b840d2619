// What the unpickler's stack holds, and what it admits. Objects are shared as Python's are: a memo entry is the same
// object. Internal to engine/weights.
#pragma once

#include "engine/weights/pickle.h"

#include <optional>

namespace engine::weights {

struct PickleValue {
    enum class Type { None, Bool, Integer, Text, Tuple, List, Dict, Global, Storage, Tensor } type = Type::None;
    int64_t integer = 0;
    std::string text;
    std::vector<std::shared_ptr<PickleValue>> items; // Tuple, List; Dict: key, value, key, value …
    PickledTensor tensor; // Storage and Tensor

    ~PickleValue() // nested objects are freed in a loop: a deep pickle would end in the stack
    {
        std::vector<std::shared_ptr<PickleValue>> pending = std::move(items);
        while (!pending.empty()) {
            const std::shared_ptr<PickleValue> last = std::move(pending.back());
            pending.pop_back();
            if (last && last.use_count() == 1)
                for (std::shared_ptr<PickleValue>& item : last->items)
                    pending.push_back(std::move(item));
        }
    }
};

// The globals that a state dict may name, and the element type of those that are storages (model-spec 10.1).
struct AdmittedGlobal {
    const char* global;
    std::optional<DType> storage;
};
constexpr AdmittedGlobal kAdmitted[]
    = {{"collections.OrderedDict", {}}, {"torch._utils._rebuild_tensor_v2", {}}, {"torch.FloatStorage", DType::F32},
        {"torch.LongStorage", DType::I64}, {"torch.HalfStorage", DType::F16}, {"torch.BFloat16Storage", DType::BF16}};

} // namespace engine::weights
