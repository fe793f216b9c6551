// Who computes, and who may stop it.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <functional>

namespace diorama::quant {

struct Team {
  int threads = 0;             // 0: as many as the thread library takes
  std::function<void()> poll;  // asked between pieces of work; what it throws ends the work

  int size() const { return threads > 0 ? threads : omp_get_max_threads(); }
  void look() const {
    if (poll) poll();
  }
};

// body(i) for each i in [0, count), in any order and on all threads. One takes about `work` multiply-adds;
// the team looks around after at most some 50 ms.
template <typename Body>
void for_each(const Team& team, int64_t count, int64_t work, const Body& body) {
  constexpr int64_t kPiece = 50'000'000;  // multiply-adds of a thread between looks
  constexpr int64_t kSmall = 1'000'000;   // not worth waking the others
  constexpr int64_t kChunk = 20'000;      // that a thread takes at once, at least
  work = std::max<int64_t>(work, 1);
  const int64_t piece = std::max<int64_t>(1, kPiece / work) * team.size();
  for (int64_t first = 0; first < count; first += piece) {
    team.look();
    const int64_t last = std::min(first + piece, count);
    const int threads = (last - first) * work < kSmall ? 1 : team.size();
    const int64_t chunk = std::max<int64_t>(1, kChunk / work);
#pragma omp parallel for schedule(dynamic, chunk) num_threads(threads)
    for (int64_t i = first; i < last; ++i) body(i);
  }
}

}  // namespace diorama::quant
