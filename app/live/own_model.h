// A flow model on a device of its own, for a thread that works beside the engine's: live motion, an export. One thread.
#pragma once

#include "engine/engine.h"

namespace app::live {

class OwnModel {
public:
    // model: a starter's name or a checkpoint's folder, for optical flow; device: as engine::devices takes it. Errors
    // as commands::modelFolder's, the loader's and the device's.
    static engine::Result<OwnModel> open(
        const std::string& model, const std::string& device, engine::ops::Precision precision);

    // One job of the device.
    engine::Result<engine::FlowField> flow(const engine::Image& first, const engine::Image& second,
        const engine::tasks::FlowOptions& options, const engine::ops::ProgressCallback& progress = {}) const;
    engine::ops::Device& device() const { return *m_device; }

private:
    std::unique_ptr<engine::ops::Device> m_device;
    std::shared_ptr<const engine::perceiver::Model> m_model; // goes before its device
};

} // namespace app::live
