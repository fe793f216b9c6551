#include "base/json_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/stand_in.h"
#include "base/utf8.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxDepth = 64;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// The text as the parser is shown it: a run of spaces between two words as one of them, since the parser
// keeps all that it has seen of it, and Python's words for what JSON lacks as null.
class Source {
 public:
  explicit Source(std::string_view text) : text_(text), rest_(text) { look_for_number(); }

  bool done() const { return word_.empty() && rest_.empty(); }
  char front() const {
    if (!word_.empty()) return word_.front();
    return !in_string_ && is_space(rest_.front()) ? ' ' : rest_.front();
  }
  void advance();

  // What the null that was just shown stands for, if it is not one.
  std::optional<double> take_number() { return std::exchange(number_, std::nullopt); }
  // "line 3, column 7" of the character that was shown last.
  std::string place() const;

 private:
  void look_for_number();

  std::string_view text_;
  std::string_view rest_;
  std::string_view word_;  // shown before the rest
  std::optional<double> number_;
  bool in_string_ = false;
  bool escaped_ = false;
};

void Source::advance() {
  if (!word_.empty()) {
    word_.remove_prefix(1);
    return;
  }
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (escaped_) {
    escaped_ = false;
  } else if (in_string_ && c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_string_ = !in_string_;
  } else if (!in_string_ && is_space(c)) {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  if (!in_string_) look_for_number();
}

void Source::look_for_number() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const auto& [name, number] :
       {std::pair<std::string_view, double>{"NaN", std::numeric_limits<double>::quiet_NaN()},
        {"Infinity", kInfinity},
        {"-Infinity", -kInfinity}}) {
    if (!rest_.starts_with(name)) continue;
    rest_.remove_prefix(name.size());
    word_ = "null";
    number_ = number;
    return;
  }
}

std::string Source::place() const {
  const size_t read = text_.size() - rest_.size();
  const std::string_view before = text_.substr(0, read - std::min<size_t>(read, 1));
  const size_t line_begin = before.rfind('\n') + 1;
  const auto begins_character = [](char c) { return (c & 0xc0) != 0x80; };
  const auto column = 1 + std::ranges::count_if(before.substr(line_begin), begins_character);
  if (text_.find('\n') == std::string_view::npos) return fmt::format("column {}", column);
  return fmt::format("line {}, column {}", 1 + std::ranges::count(before, '\n'), column);
}

// A source as the parser wants it.
class Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit Iterator(Source* source) : source_(source) {}  // null: the end of any
  char operator*() const { return source_->front(); }
  Iterator& operator++() {
    source_->advance();
    return *this;
  }
  bool operator==(const Iterator& other) const { return at_end() == other.at_end(); }
  bool operator!=(const Iterator& other) const { return !(*this == other); }

 private:
  bool at_end() const { return source_ == nullptr || source_->done(); }

  Source* source_;
};

std::string_view advice(Fault fault) {
  switch (fault) {
    case Fault::model_file:
      return "fetch the file again";
    case Fault::usage:
      return "look there for a comma, a quotation mark or a bracket too many or too few";
    default:
      return "it is damaged";
  }
}

// Builds the document from the parser's events. The parser's own way to look at values while it reads, a
// callback, takes a time that grows with the square of the number of objects.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(Source& source, std::string_view where, const JsonRules& rules)
      : source_(source), where_(where), rules_(rules) {}

  Json take() { return std::move(root_); }

  bool null() override {
    const auto number = source_.take_number();
    return put(number ? Json(*number) : Json());
  }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(int64_t value) override { return put(value); }
  bool number_unsigned(uint64_t value) override { return put(value); }
  bool number_float(double value, const std::string& /*text*/) override { return put(value); }
  bool string(std::string& value) override {
    spend(kText + value.size());
    return put(std::move(value));
  }
  bool binary(Json::binary_t& /*value*/) override { return false; }  // not in JSON text
  bool start_object(size_t /*size*/) override { return open(Json::object(), kObject); }
  bool start_array(size_t /*size*/) override { return open(Json::array(), kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override;
  bool parse_error(size_t position, const std::string& token, const Json::exception& error) override;

 private:
  // Bytes of the library's containers, with what the allocator adds.
  static constexpr size_t kValue = 32, kText = 64, kObject = 64, kList = 48, kKey = 112;

  void spend(size_t bytes);
  Json* place(Json value);
  bool put(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json container, size_t bytes);
  bool close() {
    open_.pop_back();
    return true;
  }

  Source& source_;
  std::string_view where_;
  const JsonRules& rules_;
  Json root_;
  std::vector<Json*> open_;  // objects and lists that have not ended
  Json* slot_ = nullptr;     // of the key read last
  size_t values_ = 0;
  size_t bytes_ = 0;
};

void Builder::spend(size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > rules_.most_bytes)
    fail(rules_.fault, "{}: its values would take more than {} MiB of memory; no file of its kind needs that",
         where_, rules_.most_bytes >> 20);
}

Json* Builder::place(Json value) {
  if (++values_ > rules_.most_values)
    fail(rules_.fault, "{}: holds more than {} values; no file of its kind needs that", where_,
         rules_.most_values);
  spend(kValue);
  if (open_.empty()) return &(root_ = std::move(value));
  if (!open_.back()->is_array()) return &(*slot_ = std::move(value));
  auto& list = open_.back()->get_ref<Json::array_t&>();
  return &list.emplace_back(std::move(value));
}

bool Builder::open(Json container, size_t bytes) {
  if (open_.size() == kMaxDepth)
    fail(rules_.fault, "{}: nests deeper than {} levels; no file of its kind does", where_, kMaxDepth);
  spend(bytes);
  open_.push_back(place(std::move(container)));
  return true;
}

bool Builder::key(std::string& name) {
  spend(kKey + name.size());
  const auto [place, is_new] = open_.back()->get_ref<Json::object_t&>().try_emplace(std::move(name));
  if (!is_new && !rules_.keys_may_repeat)
    fail(rules_.fault, "{}: the key '{}' stands twice", where_, one_line(place->first));
  slot_ = &place->second;
  return true;
}

bool Builder::parse_error(size_t, const std::string&, const Json::exception& error) {
  constexpr int kOverflow = 406;
  if (error.id == kOverflow)
    fail(rules_.fault, "{}: {}: holds a number that is too large", where_, source_.place());
  fail(rules_.fault, "{}: is not JSON from {} on; {}", where_, source_.place(), advice(rules_.fault));
}

}  // namespace

Json parse_json(std::string_view text, std::string_view where, const JsonRules& rules) {
  if (const auto stand_in = describe_stand_in(text); !stand_in.empty() && rules.fault == Fault::model_file)
    fail(rules.fault, "{}: is {}", where, stand_in);
  Source source(text);
  Builder builder(source, where, rules);
  Json::sax_parse(Iterator(&source), Iterator(nullptr), &builder);
  return builder.take();
}

std::string describe_json(const Json* value) {
  constexpr size_t kMostText = 60, kMostItems = 8;
  if (value == nullptr) return "nothing";
  if (value->is_object()) return "an object";
  if (value->is_string())
    return fmt::format("\"{}\"", one_line(value->get_ref<const std::string&>(), kMostText));
  if (value->is_number_float() && !std::isfinite(value->get<double>()))
    return std::isnan(value->get<double>()) ? "NaN" : value->get<double>() > 0 ? "Infinity" : "-Infinity";
  if (!value->is_array()) return value->dump();
  const auto is_list = [](const Json& item) { return item.is_array(); };
  if (value->size() > kMostItems || std::ranges::any_of(*value, is_list))
    return fmt::format("a list of {}", value->size());
  std::vector<std::string> items;
  for (const Json& item : *value) items.push_back(describe_json(&item));
  return fmt::format("[{}]", fmt::join(items, ","));
}

}  // namespace diorama
