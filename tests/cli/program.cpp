#include "cli/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace diorama::test {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void redirect(int descriptor, const std::string& path) {
  ::dup2(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), descriptor);
}

// Several programs may run in one folder.
std::string new_log(const TestFolder& folder) {
  static int programs = 0;
  return (std::filesystem::temp_directory_path() /
          fmt::format("diorama-log-{}-{}", folder.path().filename().string(), ++programs))
      .string();
}

}  // namespace

Program::Program(const TestFolder& folder, const std::vector<std::string>& arguments,
                 const std::function<void()>& surroundings)
    : log_(new_log(folder)), process_(::fork()) {
  if (process_ != 0) return;
  redirect(STDOUT_FILENO, log_ + ".out");
  redirect(STDERR_FILENO, log_ + ".err");
  ::setenv("OMP_NUM_THREADS", "1", 1);
  const std::string program = DIORAMA_BINARY_DIR "/bin/diorama";
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  surroundings();
  if (::chdir(folder.path().c_str()) == 0) ::execv(program.c_str(), words.data());
  ::_exit(127);
}

std::string Program::output() const {
  return read_file(log_ + ".out");
}

void Program::signal(int number) const {
  ::kill(process_, number);
}

Output Program::wait() {
  int status = 0;
  ::waitpid(process_, &status, 0);
  const Output result{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), output(),
                      read_file(log_ + ".err")};
  for (const char* suffix : {".out", ".err"}) std::filesystem::remove(log_ + suffix);
  return result;
}

}  // namespace diorama::test
