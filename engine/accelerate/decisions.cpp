#include "accelerate/decisions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accelerate/method.h"
#include "accelerate/registry.h"
#include "base/error.h"
#include "base/utf8.h"

namespace diorama::accelerate {
namespace {

constexpr std::string_view kTokens = ".tokens";
constexpr std::string_view kKept = ".kept";  // a second table

// "attention_sharing.kept" is a key of "attention_sharing".
std::string_view method_of(std::string_view key) {
  for (const std::string_view what : {kTokens, kKept})
    if (key.ends_with(what)) return key.substr(0, key.size() - what.size());
  return key;
}

}  // namespace

Decisions Decisions::read(const Config& json) {
  Decisions decisions(Mode::replay);
  for (const std::string& key : json.keys()) {
    const std::string method(method_of(key));
    if (find_method(method) == nullptr) json.reject(one_line(key), "the name of a method as the key");
    if (key.ends_with(kTokens))
      decisions.sets_[method] = TokenSets::read(json.get<Config>(key));
    else
      decisions.tables_[key] = Schedule::read(json, key);
  }
  return decisions;
}

void Decisions::expect(const std::vector<MethodUse>& uses, const RunShape& run) {
  const auto use_of = [&](std::string_view key) {
    const auto found = std::ranges::find(uses, method_of(key), [](auto& use) { return use.method->name; });
    if (found == uses.end())
      fail(Fault::usage, "[acceleration] decisions of {}, which the plan does not use", one_line(key));
    return found;
  };
  for (const MethodUse& use : uses) {
    const auto& [name, most] = std::pair(use.method->name, use.method->most);
    if (mode_ != Mode::replay) tables_[std::string(name)];
    const auto table = tables_.find(name);
    if (table == tables_.end() || table->second.largest() > most)
      fail(Fault::usage, "[acceleration] the decisions of {} are not there, or of another version", name);
  }
  for (const auto& [key, table] : tables_) {
    use_of(key);
    if (!table.fits(run.num_evaluations(), std::max(1, run.num_blocks)))
      fail(Fault::usage, "[acceleration] the decisions of {} are of another run", key);
  }
  for (const auto& [method, sets] : sets_) use_of(method);
  for (auto& [method, sets] : sets_)
    if (!sets.fit(run.num_evaluations(), use_of(method)->method->most, run.num_tokens))
      fail(Fault::usage, "[acceleration] the token sets of {} are of another run", method);
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
  const auto tokens = sets.find(evaluation, digit);
  if (!tokens || sets.num_tokens() != num_tokens || static_cast<int64_t>(tokens->size()) != count)
    fail(Fault::usage, "[acceleration] the token sets of {} are of another run", method);
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
