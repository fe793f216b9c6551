// What is wrong with a command line, in words.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace diorama::cli {

// The words of the command line in the order in which CLI11 takes them, the last one first. "--model="
// becomes
// "--model" and an empty value, which CLI11 would take from the next word.
std::vector<std::string> reversed_arguments(const CLI::App& program, int argc, const char* const* argv);

// One sentence about an error that `program` threw while it read the command line, with what may have been
// meant.
std::string usage_problem(const CLI::App& program, const CLI::ParseError& error);

}  // namespace diorama::cli
