// Pictures that go on from a step of another picture.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/request.h"

namespace diorama {

// Fault::usage where the child is of another model, precision, size or number of steps than its parent, or
// the step is none to go on from.
void check_branch(const Branch& branch, const Recipe& child);

// As it stands in the child's recipe: {"parent": its recipe, "step", "change": what is not as in the parent}.
nlohmann::json describe_branch(const Branch& branch, const Recipe& child);
// And back, without the state; none where the picture is no branch. Fault::file_system for what is no recipe.
std::optional<Branch> read_branch(const Recipe& recipe, const std::string& where);

// Where the child begins. Fault::usage where its sampler's noise at the step is not that of the parent's.
SolverState branch_start(const Branch& branch, const SolverState& stood, const Solver& parent_solver,
                         const Recipe& child, const Solver& solver);

}  // namespace diorama
