#include "pipeline/branch.h"

#include <array>
#include <cmath>

#include "sampling/latent_math.h"
#include "sampling/noise.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

constexpr std::array kOwnKeys{"branch", "decisions", "device", "program"};  // of a picture, not settings
constexpr double kSameLevel = 1e-6;

bool same_level(const NoiseLevel& a, const NoiseLevel& b) {
  return std::abs(a.alpha - b.alpha) <= kSameLevel && std::abs(a.sigma - b.sigma) <= kSameLevel;
}

// How many branches a recipe is away from a picture that is none.
int num_ancestors(const Recipe& recipe) {
  int count = 0;
  for (const Json* json = &recipe.branch; json->is_object() && json->contains("parent"); ++count) {
    const Json& parent = (*json)["parent"];
    if (!parent.is_object() || !parent.contains("branch")) return count + 1;
    json = &parent["branch"];
  }
  return count;
}

}  // namespace

void check_branch(const Branch& branch, const Recipe& child) {
  constexpr int kMostAncestors = 16;
  const Recipe& parent = branch.parent;
  if (num_ancestors(parent) >= kMostAncestors)
    fail(Fault::usage, "[branch] the picture is already a branch of a branch, {} times; begin a new one",
         kMostAncestors);
  if (branch.step < 1 || branch.step >= parent.steps)
    fail(Fault::usage, "[branch] step {} is outside 1 to {}", branch.step, parent.steps - 1);
  if (child.model_hash != parent.model_hash)
    fail(Fault::usage, "[branch] the picture was painted by another model, {}", parent.model);
  if (child.precision != parent.precision)
    fail(Fault::usage, "[branch] the picture was painted at precision {}, not {}", parent.precision,
         child.precision);
  if (child.width != parent.width || child.height != parent.height || child.steps != parent.steps)
    fail(Fault::usage, "[branch] a branch keeps size and steps: {} x {} pixels, {} steps", parent.width,
         parent.height, parent.steps);
}

Json describe_branch(const Branch& branch, const Recipe& child) {
  const Json parent = to_json(branch.parent);
  Json before = parent;
  Json after = to_json(child);
  for (const char* key : kOwnKeys) {
    before.erase(key);
    after.erase(key);
  }
  Json change = Json::object();
  for (const auto& [key, value] : after.items())
    if (!before.contains(key) || before[key] != value) change[key] = value;
  for (const auto& [key, value] : before.items())
    if (!after.contains(key)) change[key] = nullptr;  // the parent's alone
  return {{"parent", parent}, {"step", branch.step}, {"change", change}};
}

std::optional<Branch> read_branch(const Recipe& recipe, const std::string& where) {
  if (recipe.branch.is_null()) return std::nullopt;
  if (!recipe.branch.is_object() || !recipe.branch.contains("parent"))
    fail(Fault::file_system, "{}: branch names no parent", where);
  const Config json = Config::parse(recipe.branch.dump(), where, Fault::file_system);
  Branch branch{.parent = recipe_from_json(recipe.branch["parent"].dump(), where)};
  branch.step = json.get_int_or("step", 0, 0, 1000);
  return branch;
}

SolverState branch_start(const Branch& branch, const SolverState& stood, const Solver& parent_solver,
                         const Recipe& child, const Solver& solver) {
  require(stood.step == branch.step, "[branch] a state of step {}, not {}", stood.step, branch.step);
  const NoiseLevel& level = solver.schedule().at(static_cast<size_t>(branch.step)).from;
  if (!same_level(level, parent_solver.schedule().at(static_cast<size_t>(branch.step)).from))
    fail(Fault::usage, "[branch] at step {} the noise of {} is not that of {}; keep the sampler", branch.step,
         child.sampler, branch.parent.sampler);
  SolverState state = stood;
  if (child.seed != branch.parent.seed)
    state.x = weighted_sum(level.alpha, stood.x0, level.sigma, normal_noise(stood.x.shape, *child.seed, 0));
  if (child.seed != branch.parent.seed || child.sampler != branch.parent.sampler) state.x0 = {};
  return state;
}

}  // namespace diorama
