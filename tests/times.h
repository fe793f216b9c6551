// How long something took: printed always, judged only in the runs of `ctest -L times`. A machine may be
// busy, and a fast one may be done before a test looks.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace diorama::test {

inline bool times_matter() {
  return std::getenv("DIORAMA_TIMES") != nullptr;
}

// False where it took too long and that matters.
inline bool is_in_time(const char* what, double seconds, double most) {
  std::printf("time: %s: %.3f s, at most %.3f s\n", what, seconds, most);
  return seconds <= most || !times_matter();
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace diorama::test
