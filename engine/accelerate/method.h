// A method as the registry lists it, and what it is given in a run.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accelerate/caches.h"
#include "accelerate/decisions.h"
#include "accelerate/ladder.h"
#include "accelerate/settings.h"
#include "nn/site.h"

namespace diorama::accelerate {

// The run a plan is used in.
struct RunShape {
  std::vector<nn::Evaluation> evaluations;
  std::vector<bool> conditional;  // of each lane of the run
  int num_blocks = 0;
  int64_t num_tokens = 0;    // of a lane
  int64_t tokens_wide = 0;   // of a row of them
  bool fresh_noise = false;  // every step adds new noise

  int num_evaluations() const { return static_cast<int>(evaluations.size()); }
  // Whether an evaluation has lanes that the one before it had not: nothing is kept of them.
  bool has_new_lanes(int evaluation) const;
  // Whether the run has both halves of a guidance.
  bool guided() const;
  // Whether an evaluation lies in the share of the run that the settings `start` and `end` of a method name.
  bool within(const Settings& settings, int evaluation) const;
  // Whether a block lies in the range that the settings `first_block` and `last_block` name.
  bool in_range(const Settings& settings, int block) const;
  // The first and the last block of that range.
  std::pair<int, int> range(const Settings& settings) const;
  // The evaluation that ends the share `start` of the run that is computed in full.
  int first_within(const Settings& settings) const;
};

bool contains_all(const std::vector<int>& lanes, const std::vector<int>& wanted);

struct MethodUse;

// The self-attention of a block, by its published name.
bool is_self_attention(const nn::Site& site);
// What a method with one digit does at a block: by its table, else wherever its settings reach in the run and
// in the blocks.
int in_reach(const MethodUse& use, const RunShape& run, int evaluation, int block);
// Why a run ends before the settings of a method begin to act; empty where it does not, or a table decides.
std::string too_short(const MethodUse& use, const RunShape& run);

struct MethodContext {
  const MethodUse& use;
  const RunShape& run;
  Decisions& decisions;
  Caches& caches;
};

struct Method {
  std::string_view name;    // in plans and recipes: "attention_sharing"
  std::string_view title;   // for people
  std::string_view source;  // whom it is from
  std::string_view help;
  std::span<const Setting> settings;
  int most = 1;  // the largest digit in its tables
  std::unique_ptr<nn::Accelerator> (*make)(const MethodContext& context);
  // Why it can do nothing in a run of this shape; empty where it can.
  std::string (*misfit)(const MethodUse& use, const RunShape& run);
  bool wants_likeness = false;         // of neighbouring steps: a sampler that adds noise is warned of
  bool experiment = false;             // `tune` tries it, but makes no plan of it
  std::span<const Rungs> ladder = {};  // every combination is tried by `tune`; empty: none
};

// The usual `make`.
template <typename T>
std::unique_ptr<nn::Accelerator> make_method(const MethodContext& context) {
  return std::make_unique<T>(context);
}

// A method with settings and, where it was tuned, a table of what to do where.
struct MethodUse {
  const Method* method = nullptr;
  Settings settings;
  Schedule schedule;

  explicit MethodUse(const Method& of) : method(&of), settings(of.settings) {}
};

}  // namespace diorama::accelerate
