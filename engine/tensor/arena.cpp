#include "tensor/arena.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"

namespace diorama {

size_t Arena::allocate(size_t bytes) {
  constexpr size_t kMost = size_t{1} << 62;
  if (bytes > kMost - end_)
    fail(Fault::out_of_memory, "[arena] {} MiB beside {} MiB are more than any memory", bytes >> 20,
         end_ >> 20);
  const size_t rounded = std::max<size_t>(1, (bytes + kAlignment - 1) / kAlignment) * kAlignment;
  auto best = free_.end();
  for (auto it = free_.begin(); it != free_.end(); ++it)
    if (it->second >= rounded && (best == free_.end() || it->second < best->second)) best = it;

  size_t offset = end_;
  if (best != free_.end()) {
    offset = best->first;
    const size_t rest = best->second - rounded;
    free_.erase(best);
    if (rest > 0) free_[offset + rounded] = rest;
  } else if (!free_.empty() && std::prev(free_.end())->first + std::prev(free_.end())->second == end_) {
    offset = std::prev(free_.end())->first;  // grow the last free range
    free_.erase(std::prev(free_.end()));
    end_ = offset + rounded;
  } else {
    end_ += rounded;
  }
  used_[offset] = rounded;
  in_use_ += rounded;
  peak_ = std::max(peak_, end_);
  return offset;
}

void Arena::free(size_t offset) {
  const auto it = used_.find(offset);
  require(it != used_.end(), "[arena] offset {} is not in use", offset);
  size_t begin = it->first;
  size_t size = it->second;
  in_use_ -= size;
  used_.erase(it);
  if (const auto next = free_.lower_bound(begin); next != free_.end() && next->first == begin + size) {
    size += next->second;
    free_.erase(next);
  }
  if (const auto next = free_.lower_bound(begin); next != free_.begin()) {
    const auto previous = std::prev(next);
    if (previous->first + previous->second == begin) {
      begin = previous->first;
      size += previous->second;
      free_.erase(previous);
    }
  }
  free_[begin] = size;
}

}  // namespace diorama
