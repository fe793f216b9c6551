// Names of the pictures: -o takes %d or %0Nd once, and %% for a percent sign.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace diorama::cli {

struct OutputPattern {
  std::string before;
  std::optional<int> width;  // of the number, zero padded; none: no number
  std::string after;
};

// Fault::usage for anything else after a percent sign, and for names that do not end in .png.
OutputPattern parse_output_pattern(std::string_view text);

// Hands out names. Without a number in the pattern "-0001", ... is inserted when there are several pictures.
// Numbers go on after the files that are there, or, overwriting, begin at 1.
class OutputNames {
 public:
  // Fault::file_system where the folder cannot be written to or a name without a number is taken.
  OutputNames(OutputPattern pattern, bool several, bool overwrite);
  // Of the next picture; the same until it is there.
  std::filesystem::path path() const { return name(number_); }
  void advance() { ++number_; }

 private:
  std::filesystem::path name(int number) const;

  OutputPattern pattern_;
  int number_ = 1;  // of the next picture
};

}  // namespace diorama::cli
