#include "accelerate/token_sets.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/deflate.h"
#include "base/error.h"

namespace diorama::accelerate {
namespace {

constexpr int kMostTokens = 1 << 20;
constexpr size_t kMostBits = size_t{1} << 26;
constexpr size_t kMostSets = 4096 * 9;  // rows of a table, digits of a place
constexpr std::string_view kDigits = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// Nothing where the text is no such number.
std::string from_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    const size_t high = kDigits.find(text[i]);
    const size_t low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace

TokenSets TokenSets::read(const Config& json) {
  TokenSets sets;
  sets.num_tokens_ = json.get_int("tokens", 1, kMostTokens);
  const auto places = json.get<std::vector<int>>("places");
  const size_t most_sets = std::min(kMostSets, kMostBits / static_cast<size_t>(sets.num_tokens_));
  if (places.size() % 2 != 0 || places.size() / 2 > most_sets)
    json.reject("places", "an evaluation and a digit for each set");
  for (size_t i = 0; i + 1 < places.size(); i += 2) sets.places_.emplace_back(places[i], places[i + 1]);
  auto sorted = sets.places_;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) json.reject("places", "each place once");
  sets.packed_ = from_hex(json.get<std::string>("masks"));
  const size_t num_bits = sets.places_.size() * static_cast<size_t>(sets.num_tokens_);
  if (sets.packed_.size() < num_bits / 8 / kMaxInflation) json.reject("masks", "a bit for each token");
  return sets;
}

bool TokenSets::fit(int num_evaluations, int most, int64_t num_tokens) {
  const auto outside = [&](const Place& place) {
    return place.first < 0 || place.first >= num_evaluations || place.second < 1 || place.second > most;
  };
  if (num_tokens != num_tokens_ || std::ranges::any_of(places_, outside) ||
      std::ranges::any_of(sets_, [&](const auto& set) { return outside(set.first); }))
    return false;
  unpack();
  return true;
}

void TokenSets::unpack() {
  const auto num_tokens = static_cast<size_t>(num_tokens_);
  const size_t num_bits = places_.size() * num_tokens;
  const auto bits = inflate_exactly(packed_, (num_bits + 7) / 8);
  if (bits.empty() && num_bits > 0) fail(Fault::usage, "[acceleration] the token sets are damaged");
  size_t bit = 0;
  for (const Place& place : places_) {
    Mask& mask = sets_[place];
    mask.resize(num_tokens);
    for (size_t token = 0; token < num_tokens; ++token, ++bit)
      mask[token] = (bits[bit / 8] >> bit % 8 & 1) != 0;
  }
  places_.clear();
  packed_.clear();
}

nlohmann::json TokenSets::to_json() const {
  std::vector<int> places;
  std::string bits((sets_.size() * static_cast<size_t>(num_tokens_) + 7) / 8, '\0');
  size_t bit = 0;
  for (const auto& [place, mask] : sets_) {
    places.insert(places.end(), {place.first, place.second});
    for (const bool kept : mask) {
      if (kept) bits[bit / 8] = static_cast<char>(bits[bit / 8] | 1 << bit % 8);
      ++bit;
    }
  }
  return {{"tokens", num_tokens_}, {"places", places}, {"masks", to_hex(deflate(bits))}};
}

std::optional<std::vector<int32_t>> TokenSets::find(int evaluation, int digit) const {
  const auto found = sets_.find({evaluation, digit});
  if (found == sets_.end()) return std::nullopt;
  std::vector<int32_t> tokens;
  for (size_t token = 0; token < found->second.size(); ++token)
    if (found->second[token]) tokens.push_back(static_cast<int32_t>(token));
  return tokens;
}

void TokenSets::set(int evaluation, int digit, int64_t num_tokens, const std::vector<int32_t>& tokens) {
  require(sets_.empty() || num_tokens == num_tokens_, "[acceleration] token sets of different grids");
  num_tokens_ = num_tokens;
  Mask& mask = sets_[{evaluation, digit}];
  mask.assign(static_cast<size_t>(num_tokens), false);
  for (const int32_t token : tokens) mask.at(static_cast<size_t>(token)) = true;
}

std::vector<uint8_t> TokenSets::smallest(int evaluation) const {
  const Mask* smallest = nullptr;
  const auto size = [](const Mask& mask) { return std::ranges::count(mask, true); };
  for (auto set = sets_.lower_bound({evaluation, 0}); set != sets_.end() && set->first.first == evaluation;
       ++set)
    if (smallest == nullptr || size(set->second) < size(*smallest)) smallest = &set->second;
  if (smallest == nullptr) return {};
  return {smallest->begin(), smallest->end()};
}

}  // namespace diorama::accelerate
