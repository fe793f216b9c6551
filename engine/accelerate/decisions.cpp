#include "accelerate/decisions.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace diorama::accelerate {

Decisions Decisions::read(const Config& json) {
  Decisions decisions(Mode::replay);
  for (const std::string& method : json.keys()) decisions.tables_[method] = Schedule::read(json, method);
  return decisions;
}

void Decisions::check(std::string_view method, int most) const {
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

int Decisions::choose(std::string_view method, int evaluation, int place, const Rule& rule) {
  const int choice = look(method, evaluation, place, rule);
  if (mode_ != Mode::replay) tables_[std::string(method)].set(evaluation, place, choice);
  return choice;
}

int Decisions::choose_measured(std::string_view method, int evaluation, int place, const Rule& rule) {
  return choose(method, evaluation, place, mode_ == Mode::foresee ? [] { return 0; } : rule);
}

bool Decisions::engaged(std::string_view method) const {
  const auto table = tables_.find(method);
  return table != tables_.end() && table->second.largest() > 0;
}

nlohmann::json Decisions::to_json() const {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [method, table] : tables_) json[method] = table.to_json();
  return json;
}

}  // namespace diorama::accelerate
