#pragma once

#include "gui/service/engine_events.h"
#include "pipeline/pipeline.h"

namespace diorama::gui {

// `decoded` is what the autoencoder makes of the step: it costs what decoding the picture costs.
enum class PreviewKind { matrix, decoded };

// A copy of what the engine reports of a step, with its preview.
StepFrame frameOf(qint64 job, const StepReport& report, Pipeline& pipeline, PreviewKind kind);

}  // namespace diorama::gui
