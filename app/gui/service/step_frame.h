#pragma once

#include "gui/service/engine_events.h"
#include "pipeline/pipeline.h"

namespace diorama::gui {

// A copy of what the engine reports of a step, with its preview.
StepFrame frameOf(qint64 job, const StepReport& report, const Pipeline& pipeline);

}  // namespace diorama::gui
