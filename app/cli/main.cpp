#include <cstdio>
#include <cstdlib>
#include <exception>

#include "base/process.h"
#include "base/say.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/usage_error.h"
#include "cpu/waiting.h"

namespace diorama::cli {
namespace {

int run(int argc, char** argv) {
  CLI::App program("Paints pictures from text with diffusion transformers, on this machine.", "diorama");
  program.set_version_flag("--version", "diorama " DIORAMA_VERSION);
  int result = kDone;
  add_commands(program, result);
  try {
    program.parse(reversed_arguments(program, argc, argv));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // help, version
    say(stderr, "diorama: {}\n", one_line(usage_problem(program, error), kMostInALine));
    return kUsage;
  }
  return result;
}

int guarded(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (...) {
    const Failure failure = current_failure();
    say(stderr, "diorama: {}\n", one_line(failure.message, kMostInALine));
    return failure.exit_code;
  }
}

// Where memory ends inside a parallel loop, no exception can leave it.
[[noreturn]] void end_for_want_of_memory() {
  const Failure failure = std::current_exception() ? current_failure() : Failure{};
  if (failure.exit_code != kOutOfMemory) std::abort();
  say(stderr, "diorama: {}\n", one_line(failure.message, kMostInALine));
  std::_Exit(failure.exit_code);
}

}  // namespace
}  // namespace diorama::cli

int main(int argc, char** argv) {
  using namespace diorama::cli;
  diorama::prepare_process();
  diorama::cpu::wait_passively(argv);
  std::set_terminate(end_for_want_of_memory);
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // what could not be written is not tried again at the end
  const int code = guarded(argc, argv);
  if (std::ferror(stdout) == 0) return code;
  if (diorama::reader_is_gone(stdout)) return code;  // whoever read it has seen enough
  diorama::say(stderr, "diorama: standard output cannot be written\n");
  return code == kDone ? kFileSystem : code;
}
