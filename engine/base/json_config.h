// JSON from untrusted files, read with checks. Every error names the file, the key, what was expected and
// what was found: "transformer/config.json: num_layers: expected an integer from 1 to 256, found "x"". Whose
// fault it is goes by whose file it is: Fault::model_file where nothing else is said.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"

namespace diorama {

// A JSON object and where it was read. A key that holds null counts as absent. Copies share the object.
class Config {
 public:
  static constexpr size_t kMaxFileSize = size_t{16} << 20;

  // A file of text in UTF-8 or UTF-16 (base/text_encoding.h).
  static Config load(const std::filesystem::path& file, Fault fault = Fault::model_file);
  static Config parse(std::string_view text, std::string where, Fault fault = Fault::model_file);
  static Config parse(std::string_view text, std::string where, const JsonRules& rules);

  bool has(std::string_view key) const;

  // T is bool, int, int64_t, float, double, std::string, Config (a nested object) or a std::vector of these
  // but bool. Numbers are finite.
  template <typename T>
  T get(std::string_view key) const;
  template <typename T>
  T get_or(std::string_view key, T fallback) const {
    return has(key) ? get<T>(key) : fallback;
  }

  // Both ends included; an end may be infinite, and then so may the number.
  int get_int(std::string_view key, int min, int max) const;
  int get_int_or(std::string_view key, int fallback, int min, int max) const;
  double get_number(std::string_view key, double min, double max) const;
  double get_number_or(std::string_view key, double fallback, double min, double max) const;
  std::vector<int> get_ints(std::string_view key, int min, int max) const;

  // One of the words; absent: the first of them.
  std::string get_word_or_first(std::string_view key, std::initializer_list<std::string_view> words) const;

  // "WHERE: KEY: expected EXPECTED, found ..."
  [[noreturn]] void reject(std::string_view key, std::string_view expected) const;

  std::vector<std::string> keys() const;
  const nlohmann::json& json() const { return *json_; }
  const std::string& where() const { return where_; }
  Fault fault() const { return fault_; }

 private:
  Config(std::shared_ptr<const nlohmann::json> json, std::string where, Fault fault);
  // Null where the key is absent or holds null.
  const nlohmann::json* find(std::string_view key) const;

  std::shared_ptr<const nlohmann::json> json_;
  std::string where_;
  Fault fault_;
};

}  // namespace diorama
