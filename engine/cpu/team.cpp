#include "cpu/team.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/say.h"

namespace diorama::cpu {
namespace {

// Threads wait here until it is known how many of them there are.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

extern "C" void* wait_at_gate(void* gate) {
  static_cast<Gate*>(gate)->wait();
  return nullptr;
}

// OMP_STACKSIZE as OpenMP has it: a number of KiB, or of what its letter says; 0 where there is none.
size_t stack_size() {
  for (const char* variable : {"OMP_STACKSIZE", "GOMP_STACKSIZE"}) {
    const char* text = std::getenv(variable);
    if (text == nullptr) continue;
    std::string_view rest = text;
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    size_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc()) continue;
    const std::string_view unit(end, static_cast<size_t>(rest.data() + rest.size() - end));
    const size_t letter = unit.find_first_of("bBkKmMgG");
    constexpr std::string_view kUnits = "bkmg";
    const char small = letter == std::string_view::npos ? 'k' : static_cast<char>(unit[letter] | 0x20);
    return number << (10 * kUnits.find(small));
  }
  return 0;
}

// The processors that OpenMP would bind thread `index` of a team to; false where it binds none.
bool processors_of(int index, cpu_set_t& processors) {
  const int places = omp_get_num_places();
  if (places <= 0) return false;
  const int place = index % places;
  std::vector<int> ids(static_cast<size_t>(std::max(omp_get_place_num_procs(place), 0)));
  if (ids.empty()) return false;
  omp_get_place_proc_ids(place, ids.data());
  CPU_ZERO(&processors);
  for (const int id : ids)
    if (id >= 0 && id < CPU_SETSIZE) CPU_SET(static_cast<size_t>(id), &processors);
  return true;
}

bool make_thread(int index, size_t stack, Gate& gate, pthread_t& thread) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // A size that no thread can have is left out by OpenMP as well.
  if (stack > 0) static_cast<void>(pthread_attr_setstacksize(&attributes, stack));
  cpu_set_t processors;
  if (processors_of(index, processors))
    pthread_attr_setaffinity_np(&attributes, sizeof(processors), &processors);
  const bool made = pthread_create(&thread, &attributes, wait_at_gate, &gate) == 0;
  pthread_attr_destroy(&attributes);
  return made;
}

// How many of `wanted` threads, the calling one included, the system will make. OpenMP itself would end the
// program at the first one that it is refused.
int threads_to_be_had(int wanted) {
  Gate gate;
  std::vector<pthread_t> threads;
  const size_t stack = stack_size();
  for (int i = 1; i < wanted; ++i) {
    pthread_t thread{};
    if (!make_thread(i, stack, gate, thread)) break;
    threads.push_back(thread);
  }
  gate.open();
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  return static_cast<int>(threads.size()) + 1;
}

void say_once(int wanted, int got) {
  static std::atomic<bool> said{false};
  if (!said.exchange(true))
    say(stderr,
        "diorama: warning: {} of {} threads can be had here (ulimit -u, -v, OMP_*); the work takes longer\n",
        got, wanted);
}

}  // namespace

int start_team(int wanted) {
  omp_set_dynamic(0);
  const int possible = threads_to_be_had(wanted);
  int got = 1;
#pragma omp parallel num_threads(possible)
  {
#pragma omp single
    got = omp_get_num_threads();
  }
  omp_set_num_threads(got);
  if (got < wanted) say_once(wanted, got);
  return got;
}

}  // namespace diorama::cpu
