#include "base/say.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

namespace diorama {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string said_to(const File& file) {
  std::string text(static_cast<size_t>(std::ftell(file.get())), ' ');
  std::rewind(file.get());
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file.get()), text.size());
  return text;
}

TEST(Say, replaces_what_acts_on_a_terminal_and_put_does_not) {
  const File file(std::tmpfile(), std::fclose);
  say(file.get(), "{} {}\n", "\x1b[2J", 7);
  put(file.get(), "\x1b[K");
  EXPECT_EQ(said_to(file), "\xEF\xBF\xBD[2J 7\n\x1b[K");
}

TEST(Say, a_stream_that_cannot_be_written_costs_nothing_but_the_words) {
  const File full(std::fopen("/dev/full", "w"), std::fclose);
  if (full == nullptr) GTEST_SKIP() << "there is no /dev/full here";
  for (int i = 0; i < 3; ++i) say(full.get(), "lost {}\n", i);
  EXPECT_NE(std::ferror(full.get()), 0);
  const File read_only(std::fopen("/dev/null", "r"), std::fclose);
  say(read_only.get(), "lost\n");
  EXPECT_NE(std::ferror(read_only.get()), 0);
}

TEST(Say, a_pipe_that_nobody_reads_is_known) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const File in(::fdopen(ends[1], "w"), std::fclose);
  EXPECT_FALSE(reader_is_gone(in.get()));
  ::close(ends[0]);
  EXPECT_TRUE(reader_is_gone(in.get()));
  const File file(std::tmpfile(), std::fclose);
  EXPECT_FALSE(reader_is_gone(file.get()));
}

}  // namespace
}  // namespace diorama
