// What is done at each place of a run: decided, kept, and done again.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "accelerate/schedule.h"
#include "accelerate/token_sets.h"

namespace diorama::accelerate {

struct MethodUse;
struct RunShape;

class Decisions {
 public:
  enum class Mode {
    decide,   // by the methods' rules
    foresee,  // likewise, but what has to be measured is computed: before a run, on shapes alone
    replay,   // as they were decided once
    compute,  // everywhere, whatever the rules say
  };

  explicit Decisions(Mode mode = Mode::decide) : mode_(mode) {}
  // Those of a recorded run, to be replayed; throws Fault::model_file.
  static Decisions read(const Config& json);
  // The run has these methods. In a replay, throws Fault::usage where the table of one is not there or holds
  // a digit above its `most`, and where anything is of another method or of another run than this. Only then
  // are token sets unpacked.
  void expect(const std::vector<MethodUse>& uses, const RunShape& run);

  Mode mode() const { return mode_; }

  // What `method` does at a place of an evaluation: 0 to compute, or what its header says. A rule depends on
  // nothing that is computed on the device, so that a plan on shapes alone decides alike.
  using Rule = std::function<int()>;
  int choose(std::string_view method, int evaluation, int place, const Rule& rule);
  // The same of an evaluation that may lie ahead; keeps nothing.
  int look(std::string_view method, int evaluation, int place, const Rule& rule) const;
  // Whether a later evaluation does anything but compute, by the rule of an evaluation; in a run that
  // computes everywhere, so that what would be kept is kept.
  using RuleOf = std::function<int(int evaluation)>;
  bool is_used_after(std::string_view method, int evaluation, int num_evaluations, int place,
                     const RuleOf& rule) const;
  // The rule depends on what was computed.
  int choose_measured(std::string_view method, int evaluation, int place, const Rule& rule);

  // The `count` tokens that a digit of an evaluation computes, ascending.
  using TokenRule = std::function<std::vector<int32_t>()>;
  std::vector<int32_t> choose_tokens(std::string_view method, int evaluation, int digit, int64_t count,
                                     int64_t num_tokens, const TokenRule& rule);
  // A byte for each token, 1: computed where fewest were; empty where an evaluation left out none.
  std::vector<uint8_t> kept_tokens(int evaluation, int64_t num_tokens) const;

  // Whether the method did anything but compute.
  bool engaged(std::string_view method) const;
  // {"method": ["0010", ...], "method.kept": [..], "method.tokens": <TokenSets>}
  nlohmann::json to_json() const;

 private:
  int recorded(std::string_view method, int evaluation, int place) const;

  Mode mode_;
  std::map<std::string, Schedule, std::less<>> tables_;
  std::map<std::string, TokenSets, std::less<>> sets_;
};

}  // namespace diorama::accelerate
