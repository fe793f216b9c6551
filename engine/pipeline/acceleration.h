// Where plans come from: a model, a file, a picture.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accelerate/plan.h"
#include "io/model_folder.h"
#include "io/recipe.h"
#include "pipeline/request.h"

namespace diorama {

struct ChosenPlan {
  std::optional<accelerate::Plan> plan;  // none: off
  std::string note;                      // what is to be said of it, or empty
};

// "off", the name of a plan of the model (`acceleration` in its diorama.json), or a file that ends in .json.
// A model that was not tuned has cautious plans `balanced` and `fast`, and the note says so. Fault::usage
// where there is no such plan.
ChosenPlan choose_acceleration(const ModelFolder& folder, const std::string& wish);

// What a picture was made with, to make it again; with the decisions that were taken, or exact. `where` names
// the picture in errors: Fault::usage where the recipe is not Diorama's.
RenderRequest request_of(const Recipe& recipe, bool exact, const std::string& where);

}  // namespace diorama
