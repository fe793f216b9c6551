#include "accelerate/token_sets.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/deflate.h"
#include "base/error.h"

namespace diorama::accelerate {
namespace {

constexpr int kMostTokens = 1 << 20;
constexpr int kMostEvaluations = 4096;
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
  if (places.size() % 2 != 0 || places.size() > size_t{20} * kMostEvaluations)
    json.reject("places", "an evaluation and a digit for each set");
  const auto num_tokens = static_cast<size_t>(sets.num_tokens_);
  const size_t num_bits = places.size() / 2 * num_tokens;
  const auto packed = from_hex(json.get<std::string>("masks"));
  constexpr size_t kMostInflation = 1032;  // deflate's own limit
  if (packed.size() * kMostInflation < num_bits / 8) json.reject("masks", "a bit for each token");
  const auto bits = inflate_exactly(packed, (num_bits + 7) / 8);
  if (bits.empty() && num_bits > 0) json.reject("masks", "a bit for each token of each set, deflated");
  for (size_t i = 0; i + 1 < places.size(); i += 2) {
    auto& tokens = sets.sets_[{places[i], places[i + 1]}];
    for (size_t token = 0; token < num_tokens; ++token) {
      const size_t bit = i / 2 * num_tokens + token;
      if ((bits[bit / 8] >> bit % 8 & 1) != 0) tokens.push_back(static_cast<int32_t>(token));
    }
  }
  return sets;
}

nlohmann::json TokenSets::to_json() const {
  std::vector<int> places;
  std::string bits((sets_.size() * static_cast<size_t>(num_tokens_) + 7) / 8, '\0');
  size_t first = 0;
  for (const auto& [place, tokens] : sets_) {
    places.insert(places.end(), {place.first, place.second});
    for (const int32_t token : tokens) {
      const size_t bit = first + static_cast<size_t>(token);
      bits[bit / 8] = static_cast<char>(bits[bit / 8] | 1 << bit % 8);
    }
    first += static_cast<size_t>(num_tokens_);
  }
  return {{"tokens", num_tokens_}, {"places", places}, {"masks", to_hex(deflate(bits))}};
}

const std::vector<int32_t>* TokenSets::find(int evaluation, int digit) const {
  const auto found = sets_.find({evaluation, digit});
  return found == sets_.end() ? nullptr : &found->second;
}

void TokenSets::set(int evaluation, int digit, int64_t num_tokens, std::vector<int32_t> tokens) {
  require(sets_.empty() || num_tokens == num_tokens_, "[acceleration] token sets of different grids");
  num_tokens_ = num_tokens;
  sets_[{evaluation, digit}] = std::move(tokens);
}

std::vector<uint8_t> TokenSets::smallest(int evaluation) const {
  const std::vector<int32_t>* smallest = nullptr;
  for (const auto& [place, tokens] : sets_)
    if (place.first == evaluation && (smallest == nullptr || tokens.size() < smallest->size()))
      smallest = &tokens;
  if (smallest == nullptr) return {};
  std::vector<uint8_t> mask(static_cast<size_t>(num_tokens_), 0);
  for (const int32_t token : *smallest) mask[static_cast<size_t>(token)] = 1;
  return mask;
}

}  // namespace diorama::accelerate
