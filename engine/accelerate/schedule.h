// A table of what is done where: a row for each evaluation of a run, a digit for each place (a block, or one
// for the whole network). 0 is always "compute"; a method's header says what its other digits are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/json_config.h"

namespace diorama::accelerate {

class Schedule {
 public:
  Schedule() = default;
  // An array of rows of digits under `key`; none where it is absent. Throws Fault::model_file.
  static Schedule read(const Config& json, const std::string& key);

  bool empty() const { return rows_.empty(); }
  // What the table says of a run with so many evaluations: rows are shares of the run. 0 beyond its places.
  int at(int evaluation, int num_evaluations, int place) const;

  // A row of its own for each evaluation: as it stands, 0 where the table has no such place.
  int digit(int evaluation, int place) const;
  void set(int evaluation, int place, int digit);
  int largest() const;  // of its digits
  // Whether it says nothing of evaluations or places beyond these.
  bool fits(int num_evaluations, int num_places) const;

  nlohmann::json to_json() const;

 private:
  std::vector<std::string> rows_;
};

}  // namespace diorama::accelerate
