#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <new>

namespace diorama::cli {
namespace {

// The table of the documentation.
TEST(ExitCode, follows_who_must_act) {
  const std::map<Fault, int> expected{
      {Fault::internal, 1},           {Fault::usage, 2},           {Fault::model_file, 3},
      {Fault::unsupported_device, 4}, {Fault::out_of_memory, 5},   {Fault::device_lost, 5},
      {Fault::file_system, 7},        {Fault::unusable_result, 8}, {Fault::cancelled, 130}};
  for (const auto& [fault, code] : expected) EXPECT_EQ(exit_code(fault), code) << static_cast<int>(fault);
}

template <typename Exception>
Failure failure_of(const Exception& exception) {
  try {
    throw exception;
  } catch (...) {
    return current_failure();
  }
}

TEST(CurrentFailure, keeps_the_words_of_our_errors) {
  const Failure failure = failure_of(Error(Fault::model_file, "vae/config.json: is missing"));
  EXPECT_EQ(failure.exit_code, 3);
  EXPECT_EQ(failure.message, "vae/config.json: is missing");
}

TEST(CurrentFailure, knows_what_the_library_throws) {
  EXPECT_EQ(failure_of(std::bad_alloc()).exit_code, 5);
  EXPECT_EQ(failure_of(std::filesystem::filesystem_error("x", std::error_code())).exit_code, 7);
  EXPECT_EQ(failure_of(std::runtime_error("x")).exit_code, 1);
}

}  // namespace
}  // namespace diorama::cli
