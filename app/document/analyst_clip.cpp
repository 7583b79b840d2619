// A clip with sound: its reconstruction, its labels, and what its views need.
#include "app/document/analyst.h"

#include <algorithm>

namespace app::document {

using engine::HostTensor;
using engine::Result;
namespace perceiver = engine::perceiver;
namespace tasks = engine::tasks;

namespace {

// Of a sound's spectrogram: about 11 ms of 48 kHz, 32 of 8 kHz; overlapping, so that a short clip is seen in detail.
constexpr double kWindowSeconds = 0.011, kHops = 8;
constexpr int64_t kLeastWindow = 256;

int64_t windowOf(int64_t sampleRate)
{
    int64_t window = kLeastWindow;
    while (double(window) < kWindowSeconds * double(sampleRate))
        window *= 2;
    return window;
}

double framePsnr(const perceiver::ClipInputs& given, const tasks::Reconstruction& rebuilt, size_t frame)
{
    const auto& rgb = rebuilt.frames[frame].rgb;
    std::vector<float> values(rgb.size());
    std::transform(rgb.begin(), rgb.end(), values.begin(), [](uint8_t v) { return float(v) / 255.0f; });
    return tasks::psnr({given.video.values.data() + frame * rgb.size(), rgb.size()}, values);
}

} // namespace

Result<void> Analyst::clip(const Question& question, Analysis& answer)
{
    const ClipQuestion& asked = *question.clip;
    TRY_ASSIGN(const perceiver::ClipInputs inputs, tasks::preprocessClip(*m_model, asked.frames, asked.sound));
    Trace trace;
    auto found = std::make_shared<ClipAnswer>();
    TRY_ASSIGN(found->rebuilt, tasks::autoencode(*m_model, inputs, question.without, &trace.run));
    for (size_t frame = 0; frame < found->rebuilt.frames.size(); ++frame)
        found->framePsnr.push_back(framePsnr(inputs, found->rebuilt, frame));
    found->inputs = trace.run.tokens.layout;
    for (const perceiver::OutputHead& head : m_model->outputs())
        found->outputs.push_back(head.segment);
    found->window = windowOf(asked.size.sampleRate());
    found->hop
        = std::max<int64_t>(found->window / int64_t(kHops), asked.size.samples() / engine::ops::kMostSpectrumSide + 1);
    TRY_ASSIGN(found->spectrogram, tasks::spectrogram(*m_device, asked.sound, found->window, found->hop));
    TRY_ASSIGN(
        found->rebuiltSpectrogram, tasks::spectrogram(*m_device, found->rebuilt.sound, found->window, found->hop));
    answer.shares = sharesOf(*m_model, found->rebuilt.labels);
    answer.inputGrid = {found->inputs.back().first + found->inputs.back().count()};
    answer.outputs = found->outputs.back().first + found->outputs.back().count();
    answer.remark = asked.remark;
    if (!tellsApart(answer))
        answer.remark += std::string(answer.remark.empty() ? "" : " ")
            + "Its labels all have the same probability: this model has not learnt them.";
    answer.clip = std::move(found);
    m_trace = std::move(trace);
    return {};
}

} // namespace app::document
