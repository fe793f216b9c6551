// JSON from untrusted text, read once and in a time and a memory that its length and the bounds below decide.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace diorama {

struct JsonRules {
  Fault fault = Fault::model_file;       // who must act where the text is wrong: it decides the advice, too
  size_t most_values = 1'000'000;        // objects, lists, texts, numbers and words
  size_t most_bytes = size_t{64} << 20;  // of memory that the values take, about
  bool keys_may_repeat = false;          // if so, the last value counts
};

// `where` opens the messages. Refuses what is not JSON, what nests deeper than 64 and what the rules forbid.
// NaN, Infinity and -Infinity, which Python writes, are read as those numbers. All text is valid UTF-8.
nlohmann::json parse_json(std::string_view text, std::string_view where, const JsonRules& rules = {});

// A value (null: none) in a message: short, whatever it holds.
std::string describe_json(const nlohmann::json* value);

}  // namespace diorama
