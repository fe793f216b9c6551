// kill -9 at random moments: nothing is lost that was said to be saved, and every next run goes on.
// DIORAMA_KILLS says how often each command is killed (8).
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "cli/program.h"
#include "io/png.h"

namespace diorama::test {
namespace {

int kills() {
  const char* text = std::getenv("DIORAMA_KILLS");
  return text == nullptr ? 8 : std::atoi(text);
}

class KillTest : public ::testing::Test {
 protected:
  // Kills a run at a random moment before `longest` is over; what it had said until then, or 0 as code where
  // it was done before.
  Output killed(const std::vector<std::string>& arguments, std::chrono::milliseconds longest) {
    Program program(folder_, arguments);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution<int64_t>(0, longest.count())(random_)));
    program.signal(SIGKILL);
    return program.wait();
  }

  // How long a whole run takes here, so that moments are spread over all of it.
  std::chrono::milliseconds time_of(const std::vector<std::string>& arguments) {
    const auto begin = std::chrono::steady_clock::now();
    const Output output = run_program(folder_, arguments);
    EXPECT_EQ(output.code, 0) << output.err;
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  }

  // Names that a run has printed, if the line was finished.
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line) && !stream.eof();) lines.push_back(line);
    return lines;
  }

  void expect_whole(const std::string& picture) const {
    ASSERT_TRUE(path_exists(folder_ / picture)) << picture;
    const std::string bytes = read_text_file(folder_ / picture);
    EXPECT_NO_THROW(decode_png(std::as_bytes(std::span(bytes)), picture));
  }

  size_t num_temporaries() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
      count += entry.path().filename().string().starts_with(".diorama-") ? 1 : 0;
    return count;
  }

  TestFolder folder_;
  std::mt19937 random_{20261128};
};

TEST_F(KillTest, of_a_render_every_picture_that_was_announced_is_there) {
  const std::vector<std::string> arguments{"render", "-p", "red apple", "--steps", "1",
                                           "-b",     "3",  "--device",  "cpu",     "--save-steps",
                                           "steps",  "-W", "64",        "-H",      "64"};
  const auto longest = time_of(arguments);
  std::vector<std::string> announced;
  for (int i = 0; i < kills(); ++i)
    for (const std::string& line : lines_of(killed(arguments, longest).out)) announced.push_back(line);
  for (const std::string& line : lines_of(run_program(folder_, arguments).out)) announced.push_back(line);
  EXPECT_EQ(std::set<std::string>(announced.begin(), announced.end()).size(), announced.size());
  for (const std::string& picture : announced) expect_whole(picture);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
    if (entry.path().extension() == ".png")
      expect_whole(std::filesystem::relative(entry.path(), folder_.path()).string());
  EXPECT_EQ(num_temporaries(), 0u) << "the last run has cleaned up";
}

TEST_F(KillTest, of_a_batch_every_picture_that_was_announced_is_there) {
  folder_.write("jobs.txt", "red apple\n{\"prompt\": \"moon\", \"seed\": 3}\nheart\n");
  const std::vector<std::string> arguments{"render",   "--batch", "jobs.txt", "--steps",  "1",
                                           "--device", "cpu",     "-o",       "a-%d.png", "-W",
                                           "64",       "-H",      "64"};
  const auto longest = time_of(arguments);
  std::vector<std::string> announced;
  for (int i = 0; i < kills(); ++i)
    for (const std::string& line : lines_of(killed(arguments, longest).out)) announced.push_back(line);
  for (const std::string& picture : announced) expect_whole(picture);
  EXPECT_EQ(run_program(folder_, arguments).code, 0);
  EXPECT_EQ(num_temporaries(), 0u);
}

TEST_F(KillTest, of_quantising_the_folder_is_whole_or_not_there_and_the_next_run_makes_it) {
  const std::string model = DIORAMA_SOURCE_DIR "/assets/models/diorama-mini";
  const auto arguments = [&](const std::string& to) {
    return std::vector<std::string>{"models", "quantize", model,        to,  "--prompts", "1", "--steps", "1",
                                    "--rows", "16",       "--pictures", "0", "--no-gptq"};
  };
  const auto longest = time_of(arguments("whole"));
  for (int i = 0; i < kills(); ++i) {
    killed(arguments("q"), longest);
    if (!path_exists(folder_ / "q")) continue;
    EXPECT_EQ(run_program(folder_, {"models", "info", "q"}).code, 0);
    std::filesystem::remove_all(folder_ / "q");
  }
  const Output last = run_program(folder_, arguments("q"));
  EXPECT_EQ(last.code, 0) << last.err;
  for (const char* file : {"diorama.json", "transformer/diffusion_pytorch_model.safetensors"})
    EXPECT_EQ(read_text_file(folder_ / "q" / file), read_text_file(folder_ / "whole" / file)) << file;
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2)
      << "nothing else is left";
}

TEST_F(KillTest, of_tuning_the_model_stays_whole_and_the_search_goes_on) {
  std::filesystem::copy(DIORAMA_SOURCE_DIR "/assets/models/diorama-mini", folder_ / "m",
                        std::filesystem::copy_options::recursive);
  const std::vector<std::string> arguments{"tune", "m",        "--minutes", "0.05",    "--pictures",
                                           "1",    "--scored", "1",         "--steps", "4"};
  ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
  const auto longest = time_of(arguments);
  for (int i = 0; i < kills(); ++i) {
    killed(arguments, longest);
    EXPECT_EQ(run_program(folder_, {"models", "info", "m"}).code, 0);
  }
  const Output last = run_program(folder_, arguments);
  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(num_temporaries(), 0u);
  ::unsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace diorama::test
