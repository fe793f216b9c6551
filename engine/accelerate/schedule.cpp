#include "accelerate/schedule.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace diorama::accelerate {
namespace {

constexpr size_t kMostRows = 4096;
constexpr size_t kMostPlaces = 4096;

}  // namespace

Schedule Schedule::read(const Config& json, const std::string& key) {
  Schedule schedule;
  if (!json.has(key)) return schedule;
  schedule.rows_ = json.get<std::vector<std::string>>(key);
  const bool sound = schedule.rows_.size() <= kMostRows && std::ranges::all_of(schedule.rows_, [](auto& row) {
                       return row.size() <= kMostPlaces &&
                              std::ranges::all_of(row, [](char c) { return c >= '0' && c <= '9'; });
                     });
  if (!sound) json.reject(key, "at most 4096 rows of at most 4096 digits");
  return schedule;
}

int Schedule::at(int evaluation, int num_evaluations, int place) const {
  if (rows_.empty()) return 0;
  const auto last = static_cast<double>(rows_.size() - 1);
  const double share = num_evaluations > 1 ? static_cast<double>(evaluation) / (num_evaluations - 1) : 0;
  return digit(static_cast<int>(std::lround(share * last)), place);
}

int Schedule::digit(int evaluation, int place) const {
  const auto row = static_cast<size_t>(evaluation);
  const auto column = static_cast<size_t>(place);
  return row < rows_.size() && column < rows_[row].size() ? rows_[row][column] - '0' : 0;
}

int Schedule::largest() const {
  char most = '0';
  for (const std::string& row : rows_)
    for (const char digit : row) most = std::max(most, digit);
  return most - '0';
}

bool Schedule::fits(int num_evaluations, int num_places) const {
  return rows_.size() <= static_cast<size_t>(num_evaluations) &&
         std::ranges::all_of(
             rows_, [&](const std::string& row) { return row.size() <= static_cast<size_t>(num_places); });
}

void Schedule::set(int evaluation, int place, int digit) {
  require(digit >= 0 && digit <= 9, "[acceleration] a schedule holds digits, not {}", digit);
  const auto row = static_cast<size_t>(evaluation);
  const auto column = static_cast<size_t>(place);
  if (rows_.size() <= row) rows_.resize(row + 1);
  if (rows_[row].size() <= column) rows_[row].resize(column + 1, '0');
  rows_[row][column] = static_cast<char>('0' + digit);
}

nlohmann::json Schedule::to_json() const {
  return rows_;
}

}  // namespace diorama::accelerate
