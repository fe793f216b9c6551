#include "cli/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace diorama::cli {
namespace {

// In a child process each: handlers and token are the program's own.
TEST(Signals, the_first_one_sets_the_token) {
  for (const int signal : {SIGINT, SIGTERM})
    EXPECT_EXIT(
        {
          const CancelToken& token = stop_token();
          if (token.requested()) ::_exit(1);
          std::raise(signal);
          ::_exit(token.requested() ? 0 : 2);
        },
        ::testing::ExitedWithCode(0), "");
}

TEST(Signals, the_second_one_ends_the_program_with_130) {
  EXPECT_EXIT(
      {
        stop_token();
        std::raise(SIGINT);
        std::raise(SIGINT);
        ::_exit(0);
      },
      ::testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace diorama::cli
