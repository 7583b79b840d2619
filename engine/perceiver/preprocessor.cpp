#include "engine/perceiver/preprocessor.h"

namespace engine::perceiver {

const char* name(Kind kind)
{
    constexpr const char* kNames[] = {"masked-lm", "text-classification", "image-learned", "image-fourier",
        "image-conv", "optical-flow", "multimodal", "bare"};
    return kNames[size_t(kind)];
}

std::vector<uint32_t> validRows(const std::vector<uint8_t>& mask)
{
    std::vector<uint32_t> rows;
    for (size_t i = 0; i < mask.size(); ++i)
        if (mask[i])
            rows.push_back(uint32_t(i));
    if (rows.size() == mask.size())
        rows.clear();
    return rows;
}

} // namespace engine::perceiver
