// Numbers as people write them: in decimal, with any number of leading zeros and at most a minus sign before
// them. What programming languages take besides (0x10, 1e3, +5, 1'000, 1_000, inf) is no number here.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace diorama {

// None where the whole text is not one such number, or where it does not fit into a T.
template <std::integral T>
std::optional<T> parse_decimal(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

// The same with a decimal point: "0.5", "-.5" and "5." are numbers.
template <std::floating_point T>
std::optional<T> parse_decimal(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  return error == std::errc() && rest == end && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace diorama
