#include "accelerate/decisions.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace diorama::accelerate {
namespace {

constexpr std::string_view kTokens = ".tokens";

}  // namespace

Decisions Decisions::read(const Config& json) {
  Decisions decisions(Mode::replay);
  for (const std::string& key : json.keys())
    if (key.ends_with(kTokens))
      decisions.sets_[key.substr(0, key.size() - kTokens.size())] = TokenSets::read(json.get<Config>(key));
    else
      decisions.tables_[key] = Schedule::read(json, key);
  return decisions;
}

void Decisions::expect(std::string_view method, int most) {
  if (mode_ != Mode::replay) tables_[std::string(method)];
  const auto table = tables_.find(method);
  if (table == tables_.end() || table->second.largest() > most)
    fail(Fault::usage, "[acceleration] the decisions of {} are not there, or of another version", method);
}

int Decisions::recorded(std::string_view method, int evaluation, int place) const {
  const auto table = tables_.find(method);
  return table == tables_.end() ? 0 : table->second.digit(evaluation, place);
}

int Decisions::look(std::string_view method, int evaluation, int place, const Rule& rule) const {
  if (mode_ == Mode::compute) return 0;
  return mode_ == Mode::replay ? recorded(method, evaluation, place) : rule();
}

bool Decisions::is_used_after(std::string_view method, int evaluation, int num_evaluations, int place,
                              const RuleOf& rule) const {
  if (mode_ == Mode::compute) return true;
  for (int later = evaluation + 1; later < num_evaluations; ++later)
    if (look(method, later, place, [&] { return rule(later); }) > 0) return true;
  return false;
}

int Decisions::choose(std::string_view method, int evaluation, int place, const Rule& rule) {
  const int choice = look(method, evaluation, place, rule);
  if (mode_ != Mode::replay) tables_[std::string(method)].set(evaluation, place, choice);
  return choice;
}

int Decisions::choose_measured(std::string_view method, int evaluation, int place, const Rule& rule) {
  return choose(method, evaluation, place, mode_ == Mode::foresee ? [] { return 0; } : rule);
}

std::vector<int32_t> Decisions::choose_tokens(std::string_view method, int evaluation, int digit,
                                              int64_t count, int64_t num_tokens, const TokenRule& rule) {
  TokenSets& sets = sets_[std::string(method)];
  if (mode_ != Mode::replay) sets.set(evaluation, digit, num_tokens, rule());
  const std::vector<int32_t>* tokens = sets.find(evaluation, digit);
  const bool fits =
      tokens != nullptr && sets.num_tokens() == num_tokens && static_cast<int64_t>(tokens->size()) == count;
  if (!fits) fail(Fault::usage, "[acceleration] the token sets of {} are of another run", method);
  return *tokens;
}

std::vector<uint8_t> Decisions::kept_tokens(int evaluation, int64_t num_tokens) const {
  for (const auto& [method, sets] : sets_) {
    if (sets.num_tokens() != num_tokens) continue;
    if (auto mask = sets.smallest(evaluation); !mask.empty()) return mask;
  }
  return {};
}

bool Decisions::engaged(std::string_view method) const {
  const auto table = tables_.find(method);
  return table != tables_.end() && table->second.largest() > 0;
}

nlohmann::json Decisions::to_json() const {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [method, table] : tables_) json[method] = table.to_json();
  for (const auto& [method, sets] : sets_) json[method + std::string(kTokens)] = sets.to_json();
  return json;
}

}  // namespace diorama::accelerate
