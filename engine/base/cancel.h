#pragma once

#include <atomic>

#include "base/error.h"

namespace diorama {

// Set from any thread (or a signal handler); looked at between segments of work.
class CancelToken {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  void clear() { requested_.store(false, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  void throw_if_requested() const {
    if (requested()) throw Error(Fault::cancelled, "cancelled");
  }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace diorama
