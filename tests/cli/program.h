// The program `diorama` as a process.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "test_folder.h"

namespace diorama::test {

struct Output {
  int code = -1;  // exit code, or 128 + signal
  std::string out;
  std::string err;
};

// Runs in `folder`, so that relative names end up there. On one thread: the tests are small.
class Program {
 public:
  // `surroundings` runs in the new process before the program does: limits, variables, streams.
  Program(
      const TestFolder& folder, const std::vector<std::string>& arguments,
      const std::function<void()>& surroundings = [] {});
  // What it has written to standard output so far.
  std::string output() const;
  void signal(int number) const;
  Output wait();

 private:
  std::string log_;
  pid_t process_;
};

inline Output run_program(
    const TestFolder& folder, const std::vector<std::string>& arguments,
    const std::function<void()>& surroundings = [] {}) {
  return Program(folder, arguments, surroundings).wait();
}

}  // namespace diorama::test
