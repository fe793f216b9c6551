// What a search tries of a method, as data beside its settings.
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string_view>

namespace diorama::accelerate {

// Values of a setting, the careful ones first: each saves no less than the one before it, and changes more.
class Rungs {
 public:
  constexpr Rungs(std::string_view setting, std::initializer_list<double> values)
      : setting_(setting), count_(values.size()) {
    std::ranges::copy(values, values_.begin());
  }

  constexpr std::string_view setting() const { return setting_; }
  constexpr std::span<const double> values() const { return std::span(values_).first(count_); }

 private:
  std::string_view setting_;
  std::array<double, 6> values_{};
  size_t count_;
};

}  // namespace diorama::accelerate
