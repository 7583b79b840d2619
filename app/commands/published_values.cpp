#include "app/commands/published_values.h"

#include <algorithm>
#include <cmath>

namespace app::commands {

namespace perceiver = engine::perceiver;
using engine::HostTensor;
using engine::Result;
using perceiver::Kind;

namespace {

// Values of the first outputs against the published ones, |found - wanted| <= 1e-4 (1 + |wanted|), as the tests have
// it.
PublishedCheck values(const HostTensor& found, int64_t rows, int64_t columns, const std::vector<float>& wanted)
{
    PublishedCheck check{.done = true, .passed = found.rows() >= rows && found.columns() >= columns};
    double worst = 0;
    for (int64_t i = 0; check.passed && i < rows * columns; ++i) {
        const double f = found.values[size_t(i / columns * found.columns() + i % columns)], w = wanted[size_t(i)];
        const double d = std::isfinite(f) ? std::abs(f - w) / (1 + std::abs(w)) : HUGE_VAL;
        worst = std::max(worst, d);
    }
    char text[120];
    std::snprintf(text, sizeof text, "%lld published values, largest difference %.1e (allowed 1.0e-04)",
        static_cast<long long>(rows * columns), worst);
    check.text = check.passed ? text : "the model gives other outputs than the released one";
    check.passed = check.passed && worst <= 1e-4;
    return check;
}

Result<HostTensor> outputsOf(
    const perceiver::Model& model, const perceiver::Inputs& inputs, const perceiver::Selection& selection)
{
    TRY_ASSIGN(const perceiver::Run run, model.encode(inputs, {}, false));
    return model.device().download(model.decode(run, model.outputs()[0], selection));
}

// "This is an incomplete sentence where some words are missing.", padded to 2048, " missing." masked: the logits of the
// first three tokens and the bytes guessed.
Result<PublishedCheck> language(const perceiver::Model& model)
{
    constexpr size_t kLength = 2048, kMaskedFirst = 52, kMaskedEnd = 61;
    if (model.config().maxPositionEmbeddings != int64_t(kLength) || model.config().vocabSize != 262)
        return PublishedCheck{
            .done = true, .text = "the model takes another length or vocabulary than the released one"};
    perceiver::TextInputs text{
        engine::tasks::tokenize("This is an incomplete sentence where some words are missing.", true).ids, {}};
    text.mask.assign(text.ids.size(), 1);
    text.ids.resize(kLength, engine::tasks::kPadToken);
    text.mask.resize(kLength, 0);
    std::fill(text.ids.begin() + kMaskedFirst, text.ids.begin() + kMaskedEnd, engine::tasks::kMaskToken);
    perceiver::Selection selection{.points = {0, 1, 2}};
    for (size_t i = kMaskedFirst; i < kMaskedEnd; ++i)
        selection.points.push_back(uint32_t(i));
    TRY_ASSIGN(const HostTensor logits, outputsOf(model, text, selection));
    PublishedCheck check = values(logits, 3, 3,
        {-10.8609f, -10.7651f, -10.9187f, -12.1689f, -11.9389f, -12.1479f, -12.1518f, -11.9707f, -12.2073f});
    std::vector<int32_t> guessed;
    for (int64_t row = 3; row < logits.rows(); ++row) {
        const auto first = logits.values.begin() + row * logits.columns();
        guessed.push_back(int32_t(std::max_element(first, first + logits.columns()) - first));
    }
    const std::string filled = engine::tasks::decodeTokens(guessed);
    check.passed = check.passed && filled == " missing.";
    check.text += ", masked bytes filled with '" + filled + "' (published ' missing.')";
    return check;
}

Result<PublishedCheck> picture(const perceiver::Model& model, const engine::Image& image)
{
    if (image.empty())
        return PublishedCheck{.text = "needs the picture of COCO val2017 000000039769: --picture FILE"};
    const Kind kind = model.kind();
    const std::vector<float> wanted = kind == Kind::ImageLearned ? std::vector{-1.1652f, -0.1992f, -0.7520f}
        : kind == Kind::ImageFourier                             ? std::vector{-1.1295f, -0.2832f, 0.3226f}
                                                                 : std::vector{-1.1186f, 0.0554f, 0.0897f};
    TRY_ASSIGN(const HostTensor logits, outputsOf(model, engine::tasks::preprocessImage(image, model), {.count = 1}));
    return values(logits, 1, 3, wanted);
}

// A frame with itself: almost no motion, before the scale of 20.
Result<PublishedCheck> flow(const perceiver::Model& model, const engine::Image& frame)
{
    if (model.config().starterFlow)
        return PublishedCheck{.text = "nothing is published of a coarse-to-fine model"};
    if (frame.empty())
        return PublishedCheck{.text = "needs the first frame of the reference's Sintel pair: --frame FILE"};
    const uint32_t width = uint32_t(model.config().trainSize[1]);
    if (model.config().trainSize != engine::Shape{368, 496})
        return PublishedCheck{.done = true, .text = "the model's tile is not the released one's 368 x 496"};
    TRY_ASSIGN(const perceiver::Inputs tile, engine::tasks::flowTile(frame, frame));
    perceiver::Selection selection;
    for (uint32_t i = 0; i < 9; ++i)
        selection.points.push_back(i / 3 * width + i % 3);
    TRY_ASSIGN(const HostTensor vectors, outputsOf(model, tile, selection));
    return values(vectors, 9, 2,
        {.0025f, -.0050f, .0025f, -.0049f, .0025f, -.0048f, .0026f, -.0049f, .0026f, -.0048f, .0026f, -.0047f, .0026f,
            -.0049f, .0026f, -.0048f, .0026f, -.0046f});
}

} // namespace

Result<PublishedCheck> checkPublished(
    const perceiver::Model& model, const engine::Image& image, const engine::Image& frame)
{
    switch (model.kind()) {
    case Kind::MaskedLanguage:
        return language(model);
    case Kind::ImageLearned:
    case Kind::ImageFourier:
    case Kind::ImageConv:
        return picture(model, image);
    case Kind::OpticalFlow:
        return flow(model, frame);
    default:
        return PublishedCheck{.text = std::string("no values are published for ") + perceiver::name(model.kind())};
    }
}

} // namespace app::commands
