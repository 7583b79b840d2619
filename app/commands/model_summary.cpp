#include "app/commands/model_summary.h"

#include <QLocale>

namespace app::commands {

using engine::Result;
using engine::perceiver::Kind;

Result<ModelSummary> summaryOf(const std::filesystem::path& folder)
{
    TRY_ASSIGN(const auto checkpoint, engine::weights::Checkpoint::open(folder));
    TRY(engine::perceiver::checkLayout(checkpoint));
    ModelSummary summary{.kind = engine::perceiver::kindOf(checkpoint),
        .parameters = checkpoint.parameterCount(),
        .bytes = checkpoint.byteCount()};
    if (summary.kind == Kind::ImageLearned || summary.kind == Kind::ImageFourier || summary.kind == Kind::ImageConv
        || summary.kind == Kind::TextClassification) {
        summary.labelCount = engine::perceiver::labelCount(checkpoint);
        if (int64_t(checkpoint.config().labels.size()) == summary.labelCount)
            summary.labels = checkpoint.config().labels;
    }
    return summary;
}

std::string sizeText(int64_t parameters, uint64_t bytes)
{
    const QLocale english(QLocale::English);
    return (english.toString(qlonglong(parameters)) + " parameters, " + english.toString(double(bytes) * 1e-6, 'f', 1)
        + " MB")
        .toStdString();
}

} // namespace app::commands
