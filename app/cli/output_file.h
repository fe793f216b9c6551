// A file that a command is asked to write besides what it prints.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace diorama::cli {

class OutputFile {
 public:
  // An empty name: none is asked for. Before the work: Fault::file_system where something is there already
  // and is not to be written over, or where nothing can be written.
  OutputFile(const std::string& name, bool overwrite);

  bool is_asked_for() const { return !path_.empty(); }
  // Whole or not at all; never over what was put there in the meantime, unless that is asked for.
  void write(std::span<const std::byte> bytes) const;
  void write(std::string_view text) const;

 private:
  std::filesystem::path path_;
  bool overwrite_;
};

}  // namespace diorama::cli
