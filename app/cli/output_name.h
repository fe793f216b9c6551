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

// Puts pictures under their names. Without a number in the pattern "-0001", ... is inserted when there are
// several pictures. Numbers go on after the files that are there, or, overwriting, begin at 1.
class OutputNames {
 public:
  // Fault::file_system where the folder cannot be written to or a name without a number is taken.
  // `longest_suffix` is what may be added to a name later (for the files beside a picture), so that a name
  // too long is found now.
  OutputNames(OutputPattern pattern, bool several, bool overwrite, std::string_view longest_suffix = "");

  // What the next picture will be called, unless somebody takes that name meanwhile.
  std::filesystem::path path() const { return name(number_); }

  // Writes the next picture and returns where. Unless it was to overwrite, nothing that is there by then is
  // replaced: the next free number is taken. Where the name cannot be written, or has no number and is taken
  // by then, Fault::file_system: the picture is kept under another name or in the folder of temporary files,
  // and the message says where.
  std::filesystem::path save(std::string_view picture);

 private:
  std::filesystem::path name(int number) const;
  std::filesystem::path save_as_asked(std::string_view picture);

  OutputPattern pattern_;
  bool overwrite_;
  int number_ = 1;  // of the next picture
};

// "folder/cat.png" with "-exact": "folder/cat-exact.png".
std::filesystem::path with_suffix(const std::filesystem::path& picture, std::string_view suffix);

// Writes a file that belongs beside a picture and returns where: under `path`, or, where that is taken and
// not to be overwritten, with "-2", "-3", ... after its stem.
std::filesystem::path save_beside(const std::filesystem::path& path, std::string_view bytes, bool overwrite);

}  // namespace diorama::cli
