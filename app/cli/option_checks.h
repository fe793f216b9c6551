// What the options' values must look like. Everything here is checked before a command runs, and said in
// words.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace diorama::cli {

// For `transform`: a whole number in decimal digits, both ends included; leading zeros mean nothing. CLI11's
// own conversion would read 010 as 8 and 0x10 as 16.
CLI::Validator whole_number(int64_t least = std::numeric_limits<int>::min(),
                            int64_t most = std::numeric_limits<int>::max());

// For `check`: a number in decimal digits, perhaps with a point, both ends included.
CLI::Validator decimal_number(double least = std::numeric_limits<double>::lowest(),
                              double most = std::numeric_limits<double>::max());

// For `transform`: one of these words, in upper or lower case.
CLI::Validator one_of(std::vector<std::string> words);

// Every option of the command and of its sub-commands refuses a value that is empty or that is the name of
// another option, except a prompt and a negative prompt, which may be empty.
void refuse_missing_values(CLI::App& command);

}  // namespace diorama::cli
