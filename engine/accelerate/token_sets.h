// Sets of tokens that a method computes, one for an evaluation and a digit of its table. In recipes:
// {"tokens": how many there are, "places": [evaluation, digit, ..], "masks": a bit for each token of each
// set, deflated, as hexadecimal digits}.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <utility>
#include <vector>

#include "base/json_config.h"

namespace diorama::accelerate {

class TokenSets {
 public:
  TokenSets() = default;
  // Throws Fault::model_file.
  static TokenSets read(const Config& json);
  nlohmann::json to_json() const;

  // Ascending; null where none is known.
  const std::vector<int32_t>* find(int evaluation, int digit) const;
  // Of `num_tokens`, the same for all sets; ascending.
  void set(int evaluation, int digit, int64_t num_tokens, std::vector<int32_t> tokens);
  // A byte for each token, 1: in the smallest set of the evaluation; empty where it has none.
  std::vector<uint8_t> smallest(int evaluation) const;

 private:
  int64_t num_tokens_ = 0;
  std::map<std::pair<int, int>, std::vector<int32_t>> sets_;
};

}  // namespace diorama::accelerate
