#pragma once

#include <atomic>
#include <cstdint>

#include "base/error.h"

namespace diorama {

// Set from any thread (or a signal handler); looked at between segments of work.
class CancelToken {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  void clear() {
    requested_.store(false, std::memory_order_relaxed);
    last_look_.store(0, std::memory_order_relaxed);
  }
  bool requested() const {
    const int64_t look = looks_.fetch_add(1, std::memory_order_relaxed) + 1;
    const int64_t last = last_look_.load(std::memory_order_relaxed);
    return requested_.load(std::memory_order_relaxed) || (last > 0 && look >= last);
  }
  void throw_if_requested() const {
    if (requested()) throw Error(Fault::cancelled, "cancelled");
  }

  // How often anybody has looked, and a request that is there at a look to come: so work can be stopped in
  // its middle whatever the machine's speed.
  int64_t looks() const { return looks_.load(std::memory_order_relaxed); }
  void request_after_looks(int64_t more) { last_look_.store(looks() + more, std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};
  mutable std::atomic<int64_t> looks_{0};
  std::atomic<int64_t> last_look_{0};  // 0: none
};

}  // namespace diorama
