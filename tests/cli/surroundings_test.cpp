// The program where its surroundings are bad: streams that are closed, limits, full disks, other runs in its
// folder.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "cli/program.h"

namespace diorama::test {
namespace {

std::vector<std::string> render(std::vector<std::string> more) {
  std::vector<std::string> arguments{"render", "-p",          "a red apple", "--steps", "1", "--device",
                                     "cpu",    "--precision", "f32",         "--seed",  "5"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

class SurroundingsTest : public ::testing::Test {
 protected:
  Output run(
      const std::vector<std::string>& arguments, const std::function<void()>& surroundings = [] {}) const {
    return run_program(folder_, arguments, surroundings);
  }
  // A run of one step that must fail with this code and these words, and have painted nothing.
  void expect_refused(const std::vector<std::string>& arguments, int code,
                      std::initializer_list<std::string_view> parts) const {
    const Output output = run(arguments);
    EXPECT_EQ(output.code, code) << output.err;
    for (const std::string_view part : parts)
      EXPECT_NE(output.err.find(part), std::string::npos) << output.err;
    EXPECT_EQ(output.out, "");
  }

  TestFolder folder_;
};

TEST_F(SurroundingsTest, a_standard_error_that_cannot_be_written_costs_nothing) {
  ASSERT_EQ(run(render({"-o", "plain.png"})).code, 0);
  const auto to_full = [] { ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO); };
  const auto to_closed = [] { ::close(STDERR_FILENO); };
  EXPECT_EQ(run(render({"-o", "full.png"}), to_full).code, 0);
  EXPECT_EQ(run(render({"-o", "closed.png"}), to_closed).code, 0);
  EXPECT_EQ(read_text_file(folder_ / "full.png"), read_text_file(folder_ / "plain.png"));
  EXPECT_EQ(read_text_file(folder_ / "closed.png"), read_text_file(folder_ / "plain.png"));
  EXPECT_EQ(run({"metadata", "nope.png"}, to_closed).code, 7);
  EXPECT_EQ(run({"metadata", "nope.png"}, to_full).code, 7);
}

TEST_F(SurroundingsTest, a_standard_output_that_cannot_be_written_is_7_and_keeps_the_picture) {
  EXPECT_EQ(run(render({"-o", "a.png"}), [] { ::close(STDOUT_FILENO); }).code, 7);
  EXPECT_EQ(run(render({"-o", "b.png"}), [] { ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO); }).code,
            7);
  EXPECT_EQ(read_text_file(folder_ / "a.png"), read_text_file(folder_ / "b.png"));
}

TEST_F(SurroundingsTest, a_run_whose_reader_is_gone_paints_what_was_asked_for) {
  const Output output = run(render({"-b", "3", "-o", "p-%03d.png"}), [] {
    int ends[2];
    if (::pipe(ends) != 0) ::_exit(126);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
  });
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_NE(output.err.find("no reader any more"), std::string::npos) << output.err;
  EXPECT_EQ(folder_.num_files(), 3u);
}

TEST_F(SurroundingsTest, a_terminal_that_is_closed_ends_no_work) {
  Program program(folder_, {"render", "-p", "x", "-b", "3", "--steps", "1", "--device", "cpu"});
  for (int i = 0; i < 600 && program.output().empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  program.signal(SIGHUP);
  const Output output = program.wait();
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_EQ(folder_.num_files(), 3u);
}

TEST_F(SurroundingsTest, a_reader_that_hangs_does_not_keep_the_program_from_ending) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
  Program program(folder_, {"render", "-p", "x", "--steps", "1000", "--device", "cpu", "--progress", "json"},
                  [&] { ::dup2(ends[1], STDOUT_FILENO); });
  int waiting = 0;  // bytes in the pipe, until it takes no more
  for (int i = 0; i < 600 && waiting < 3000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ::ioctl(ends[0], FIONREAD, &waiting);
  }
  EXPECT_GE(waiting, 3000);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().code, 130);
  ::close(ends[0]);
  ::close(ends[1]);
}

// The team is measured, so the pictures are the same however small it turns out.
TEST_F(SurroundingsTest, fewer_threads_than_were_asked_for_paint_the_same) {
  const std::vector<std::pair<const char*, const char*>> variables{{"OMP_THREAD_LIMIT", "1"},
                                                                   {"OMP_DYNAMIC", "true"},
                                                                   {"OMP_MAX_ACTIVE_LEVELS", "0"},
                                                                   {"OMP_STACKSIZE", "900g"},
                                                                   {"GOMP_CPU_AFFINITY", "4000"}};
  for (const char* precision : {"f32", "bf16", "w8a8"}) {
    const std::vector<std::string> more{"--threads",   "2",  "--precision", precision,
                                        "--overwrite", "-o", "a.png"};
    ASSERT_EQ(run(render(more)).code, 0);
    const std::string expected = read_text_file(folder_ / "a.png");
    for (const auto& [name, value] : variables) {
      const Output output = run(render(more), [&, name = name, value = value] { ::setenv(name, value, 1); });
      EXPECT_EQ(output.code, 0) << name << output.err;
      EXPECT_EQ(read_text_file(folder_ / "a.png"), expected) << name << ", " << precision;
    }
  }
}

TEST_F(SurroundingsTest, threads_that_cannot_be_had_are_said_and_done_without) {
  // More than a processor can address, on any machine.
  const Output output = run(render({"--threads", "64"}), [] { ::setenv("OMP_STACKSIZE", "200000g", 1); });
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_NE(output.err.find("1 of 64 threads"), std::string::npos) << output.err;
}

TEST_F(SurroundingsTest, a_picture_has_the_mode_that_the_umask_leaves) {
  ASSERT_EQ(run(render({"-o", "private.png"}), [] { ::umask(077); }).code, 0);
  struct stat info {};
  ASSERT_EQ(::stat((folder_ / "private.png").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(SurroundingsTest, a_limit_on_the_size_of_files_is_7_and_leaves_nothing) {
  const Output output = run(render({"-o", "a.png"}), [] {
    const rlimit small{512, 512};
    ::setrlimit(RLIMIT_FSIZE, &small);
  });
  EXPECT_EQ(output.code, 7) << "SIGXFSZ would be 153";
  EXPECT_EQ(folder_.num_files(), 0u);
}

TEST_F(SurroundingsTest, runs_at_once_in_one_folder_lose_no_picture) {
  constexpr size_t kRuns = 4, kPictures = 2;
  std::vector<std::unique_ptr<Program>> programs;
  for (size_t i = 0; i < kRuns; ++i)
    programs.push_back(std::make_unique<Program>(
        folder_,
        render({"-s", std::to_string(100 * i), "-b", std::to_string(kPictures), "-o", "p-%04d.png"})));
  std::set<std::string> announced;
  for (const auto& program : programs) {
    const Output output = program->wait();
    EXPECT_EQ(output.code, 0) << output.err;
    std::istringstream lines(output.out);
    for (std::string line; std::getline(lines, line);) announced.insert(line);
  }
  EXPECT_EQ(announced.size(), kRuns * kPictures);
  for (const std::string& name : announced) EXPECT_TRUE(path_exists(folder_ / name)) << name;
  EXPECT_EQ(folder_.num_files(), kRuns * kPictures);
}

TEST_F(SurroundingsTest, runs_at_once_that_want_one_name_keep_every_picture) {
  std::vector<std::unique_ptr<Program>> programs;
  for (int i = 0; i < 3; ++i)
    programs.push_back(
        std::make_unique<Program>(folder_, render({"-s", std::to_string(i), "-o", "one.png"})));
  int done = 0, told = 0;
  for (const auto& program : programs) {
    const Output output = program->wait();
    done += output.code == 0 ? 1 : 0;
    told += output.code == 7 ? 1 : 0;
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(told, 2);
  EXPECT_TRUE(path_exists(folder_ / "one.png"));
}

TEST_F(SurroundingsTest, steps_and_comparisons_write_over_nothing) {
  folder_.write("steps/out-0001-step-0001.png", "somebody's");
  ASSERT_EQ(run(render({"--save-steps", "steps"})).code, 0);
  EXPECT_EQ(read_text_file(folder_ / "steps/out-0001-step-0001.png"), "somebody's");
  EXPECT_TRUE(path_exists(folder_ / "steps/out-0001-2-step-0001.png"));
}

TEST_F(SurroundingsTest, a_preview_that_cannot_be_written_costs_no_picture) {
  std::filesystem::create_directories(folder_ / "steps/a-step-0001.png/x");
  const Output output = run(render({"--save-steps", "steps", "-o", "a.png", "--overwrite"}));
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_NE(output.err.find("a-step-0001.png"), std::string::npos) << output.err;
  EXPECT_TRUE(path_exists(folder_ / "a.png"));
}

TEST_F(SurroundingsTest, a_batch_ends_where_no_picture_can_be_saved) {
  const auto disk = folder_.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=80k") != 0)
    GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
  std::string jobs;
  for (int i = 0; i < 12; ++i) jobs += "red apple\n";
  folder_.write("jobs.txt", jobs);
  const Output output =
      run({"render", "--batch", "jobs.txt", "--steps", "1", "--device", "cpu", "-o", "disk/a.png"},
          [&] { ::setenv("TMPDIR", folder_.path().c_str(), 1); });
  EXPECT_EQ(output.code, 7) << output.err;
  const size_t first = output.err.find("No space left");
  EXPECT_NE(first, std::string::npos) << output.err;
  EXPECT_EQ(output.err.find("No space left", first + 1), std::string::npos) << output.err;
  EXPECT_EQ(static_cast<size_t>(std::count(output.out.begin(), output.out.end(), '\n')),
            static_cast<size_t>(std::distance(std::filesystem::directory_iterator(disk), {})));
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST_F(SurroundingsTest, what_cannot_be_saved_is_refused_before_it_is_painted) {
  folder_.write("jobs.txt", R"({"prompt": "a\u0000b"})"
                            "\n");
  const Output output = run({"render", "--batch", "jobs.txt", "--device", "cpu"});
  EXPECT_EQ(output.code, 6);
  EXPECT_NE(output.err.find("zero character"), std::string::npos) << output.err;
  expect_refused(render({"-o", std::string(252, 'n') + ".png"}), 7, {"too long"});
}

TEST_F(SurroundingsTest, the_model_that_ships_is_not_looked_for_in_the_current_folder) {
  std::filesystem::create_directories(folder_ / "diorama-mini");
  const Output output = run(render({}));
  EXPECT_EQ(output.code, 0) << output.err;
}

TEST_F(SurroundingsTest, a_size_that_a_file_asks_for_is_not_painted_unasked) {
  const auto model = std::filesystem::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini";
  std::filesystem::copy(model, folder_ / "large", std::filesystem::copy_options::recursive);
  auto description = nlohmann::json::parse(read_text_file(model / "diorama.json"));
  description["recommended"]["width"] = description["recommended"]["height"] = 8192;
  write_file_atomically(folder_ / "large/diorama.json", description.dump());
  expect_refused(render({"-m", "large"}), 2, {"8192 x 8192", "--allow-large", "MiB"});
}

TEST_F(SurroundingsTest, a_picture_that_cannot_fit_is_5_before_its_first_step) {
  const Output output = run(render({"-W", "4096", "-H", "4096"}), [] {
    const rlimit small{rlim_t{700} << 20, rlim_t{700} << 20};
    ::setrlimit(RLIMIT_DATA, &small);
  });
  EXPECT_EQ(output.code, 5) << output.err;
  for (const char* part : {"[memory] 4096 x 4096", "are free", "try "})
    EXPECT_NE(output.err.find(part), std::string::npos) << output.err;
}

}  // namespace
}  // namespace diorama::test
