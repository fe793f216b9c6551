// Memory mapped from a file loses its pages where the file becomes shorter or its disk fails, and whoever
// touches them is sent SIGBUS. In a guarded range such pages read as zeros instead, and the guard knows.
#pragma once

#include <cstddef>

namespace diorama {

class PageGuard {
 public:
  PageGuard() = default;
  // Guards [begin, begin + size), which must be mapped and stay so while the guard lives. A process can hold
  // a few thousand; one more guards nothing.
  PageGuard(const void* begin, size_t size);
  ~PageGuard();
  PageGuard(PageGuard&& other) noexcept;
  PageGuard& operator=(PageGuard&& other) noexcept;
  PageGuard(const PageGuard&) = delete;
  PageGuard& operator=(const PageGuard&) = delete;

  // Pages were lost.
  bool tripped() const;

 private:
  int slot_ = -1;
};

}  // namespace diorama
