// Where plans come from and are kept: a model, a file, a picture.
#pragma once

#include <filesystem>
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

// "off", the name of a plan of the model (kept for it in the user's data folder, or `acceleration` in its
// diorama.json), or a file that ends in .json. A model that was not tuned has cautious plans `balanced` and
// `fast`, and the note says so. Fault::usage where there is no such plan, or it was tuned for another model.
ChosenPlan choose_acceleration(const ModelFolder& folder, const std::string& wish);

// The names that choose_acceleration takes for a model, `off` aside: `balanced` and `fast` first.
std::vector<std::string> known_plans(const ModelFolder& folder);

// The cautious plan `balanced` or `fast` of a model that was not tuned; none under another name.
std::optional<accelerate::Plan> untuned_plan(const std::string& name);

// A plan in a file of its own.
accelerate::Plan read_plan(const std::filesystem::path& file);

// Fault::model_file where a description's `acceleration` is not an object of plans.
void check_plans(const Config& description);

struct SavedPlans {
  std::filesystem::path file;
  std::vector<std::string> notes;  // what is to be said of the plans that were there
};

// Keeps plans under their names for a model: in its diorama.json, or, where that cannot be written, in the
// user's data folder. A plan that was there under such a name for other settings (steps, size, ..) goes on
// under another one. Of several that save at once none is lost.
SavedPlans save_plans(const ModelFolder& folder, const std::vector<accelerate::Plan>& plans);

// For who is about to search for hours: throws what would keep save_plans from it, as far as that can be
// known.
void try_to_save_plans(const ModelFolder& folder);

// What a plan was tuned for, where that is not what a picture is made with; else empty.
std::string other_settings(const accelerate::Plan& plan, const Recipe& recipe);

// What a picture was made with, to make it again; with the decisions that were taken, or exact. `where` names
// the picture in errors: Fault::usage where the recipe is not Diorama's.
RenderRequest request_of(const Recipe& recipe, bool exact, const std::string& where);

}  // namespace diorama
