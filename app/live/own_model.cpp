#include "app/live/own_model.h"

#include "app/commands/model_folder.h"

namespace app::live {

using engine::Result;

Result<OwnModel> OwnModel::open(const std::string& model, const std::string& device, engine::ops::Precision precision)
{
    TRY_ASSIGN(const std::filesystem::path folder, commands::modelFolder(model));
    TRY_ASSIGN(const auto checkpoint, engine::weights::Checkpoint::open(folder));
    OwnModel own;
    TRY_ASSIGN(own.m_device, engine::devices::openDevice(device, precision));
    TRY_ASSIGN(own.m_model, engine::perceiver::Model::load(*own.m_device, checkpoint, engine::perceiver::Flavour::Hf));
    return own;
}

Result<engine::FlowField> OwnModel::flow(const engine::Image& first, const engine::Image& second,
    const engine::tasks::FlowOptions& options, const engine::ops::ProgressCallback& progress) const
{
    m_device->beginJob(0, progress);
    auto found = engine::tasks::opticalFlow(*m_model, first, second, options);
    TRY(m_device->endJob());
    TRY_ASSIGN(auto done, std::move(found));
    return std::move(done.flow);
}

} // namespace app::live
