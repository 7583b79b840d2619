// The façade: all that a program needs of the engine. It opens a device, loads checkpoints and runs tasks on them.
// One thread at a time; results are plain values.
#pragma once

#include "engine/base/image.h"
#include "engine/base/log.h"
#include "engine/perceiver/attention.h"
#include "engine/perceiver/recognise.h"
#include "engine/tasks/autoencoding.h"
#include "engine/tasks/compare.h"
#include "engine/tasks/forward.h"
#include "engine/tasks/image_classification.h"
#include "engine/tasks/language.h"
#include "engine/tasks/optical_flow.h"
#include "engine/tasks/resample.h"
#include "engine/tasks/spectrum.h"
#include "engine/devices/devices.h"
#include "engine/weights/safetensors.h"
