// Sets of tokens that a method computes, one for an evaluation and a digit of its table. In recipes:
// {"tokens": how many there are, "places": [evaluation, digit, ..], "masks": a bit for each token of each
// set, deflated, as hexadecimal digits}.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json_config.h"

namespace diorama::accelerate {

class TokenSets {
 public:
  TokenSets() = default;
  // Leaves the masks packed. Throws Fault::model_file.
  static TokenSets read(const Config& json);
  // Whether they can be those of a run with so many evaluations and tokens, whose method has digits up to
  // `most`; unpacks them only then. Throws Fault::usage where they are damaged.
  bool fit(int num_evaluations, int most, int64_t num_tokens);
  nlohmann::json to_json() const;

  int64_t num_tokens() const { return num_tokens_; }
  // Ascending; nothing where none is known.
  std::optional<std::vector<int32_t>> find(int evaluation, int digit) const;
  // Of `num_tokens`, the same for all sets; ascending.
  void set(int evaluation, int digit, int64_t num_tokens, const std::vector<int32_t>& tokens);
  // A byte for each token, 1: in the smallest set of the evaluation; empty where it has none.
  std::vector<uint8_t> smallest(int evaluation) const;

 private:
  using Place = std::pair<int, int>;  // evaluation, digit
  using Mask = std::vector<bool>;

  void unpack();

  int64_t num_tokens_ = 0;
  std::map<Place, Mask> sets_;
  // Of sets that were read and not yet unpacked.
  std::vector<Place> places_;
  std::string packed_;
};

}  // namespace diorama::accelerate
