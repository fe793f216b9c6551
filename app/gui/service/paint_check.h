// What can be known to be wrong with a request before it waits in the queue.
#pragma once

#include <QString>
#include <optional>

#include "gui/service/model_facts.h"
#include "gui/service/paint_settings.h"

namespace diorama::gui {

struct Refusal {
  // prompt, negative_prompt, class, width, height, steps, guidance, sampler; model, where it cannot paint.
  QString field;
  QString text;  // a sentence that says what would fit
};

// None where the model takes the settings.
std::optional<Refusal> refusalOf(const PaintSettings& settings, const ModelFacts& model);

// "Height must be a multiple of 16: 96 or 112."; empty where the side fits. `name` begins the sentence.
QString sideProblem(const QString& name, int pixels, int multiple);

}  // namespace diorama::gui
