// A folder of its own for a test, and what failures must look like.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"

namespace diorama::test {

class TestFolder {
 public:
  TestFolder() : path_((std::filesystem::temp_directory_path() / "diorama-test-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::filesystem::path path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path() / name; }

  // Makes the folders on the way.
  std::filesystem::path write(std::string_view name, std::string_view content) const {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

  size_t num_files() const {
    const auto files = std::filesystem::recursive_directory_iterator(path_);
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }

 private:
  std::string path_;
};

// `action` must fail with `fault` and one line that holds every one of `parts`.
template <typename Action>
void expect_fault(Fault fault, std::initializer_list<std::string_view> parts, Action action) {
  try {
    action();
    ADD_FAILURE() << "nothing failed";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(static_cast<int>(error.fault()), static_cast<int>(fault)) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const std::string_view part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

}  // namespace diorama::test
