#include "base/page_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <utility>

namespace diorama {
namespace {

// Read by the signal handler: lock-free atomics alone. `begin` is set last and cleared first.
struct Range {
  std::atomic<bool> taken{false};
  std::atomic<uintptr_t> begin{0};
  std::atomic<size_t> size{0};
  std::atomic<bool> tripped{false};
};

std::array<Range, 4096> ranges;
std::atomic<size_t> ranges_used{0};  // none beyond was ever taken
size_t page_size = 0;
struct sigaction previous {};

// Zeros for the page at `address` and all after it in its range: a file that was cut has lost them all.
bool replace_pages(uintptr_t address) {
  const size_t used = ranges_used.load();
  for (size_t i = 0; i < used; ++i) {
    Range& range = ranges[i];
    const uintptr_t begin = range.begin.load();
    const uintptr_t end = begin + range.size.load();
    if (begin == 0 || address < begin || address >= end) continue;
    range.tripped.store(true);
    const uintptr_t page = address / page_size * page_size;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives the address of a fault
    return ::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
  }
  return false;
}

extern "C" void handle_lost_page(int, siginfo_t* info, void*) {
  if (replace_pages(reinterpret_cast<uintptr_t>(info->si_addr))) return;
  sigaction(SIGBUS, &previous, nullptr);  // somebody else's: the instruction runs again and is answered there
}

void install_handler() {
  page_size = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = handle_lost_page;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
}

int take_slot() {
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].taken.exchange(true)) continue;
    for (size_t used = ranges_used.load(); used <= i && !ranges_used.compare_exchange_weak(used, i + 1);) {
    }
    return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

PageGuard::PageGuard(const void* begin, size_t size) {
  static const bool installed = (install_handler(), true);
  static_cast<void>(installed);
  slot_ = take_slot();
  if (slot_ < 0) return;
  Range& range = ranges[static_cast<size_t>(slot_)];
  range.tripped.store(false);
  range.size.store(size);
  range.begin.store(reinterpret_cast<uintptr_t>(begin));
}

PageGuard::~PageGuard() {
  if (slot_ < 0) return;
  Range& range = ranges[static_cast<size_t>(slot_)];
  range.begin.store(0);
  range.taken.store(false);
}

PageGuard::PageGuard(PageGuard&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}

PageGuard& PageGuard::operator=(PageGuard&& other) noexcept {
  std::swap(slot_, other.slot_);
  return *this;
}

bool PageGuard::tripped() const {
  return slot_ >= 0 && ranges[static_cast<size_t>(slot_)].tripped.load();
}

}  // namespace diorama
