// Plans where temporaries live. It knows offsets only, no memory: the same sequence of calls gives the same
// offsets in a plan and in a run, so the peak of a plan is the size a run needs.
#pragma once

#include <cstddef>
#include <map>

namespace diorama {

class Arena {
 public:
  static constexpr size_t kAlignment = 256;  // bytes; at least every device's storage buffer alignment

  // Best fit among the freed ranges, else the end. Returns the byte offset.
  size_t allocate(size_t bytes);
  void free(size_t offset);

  size_t peak() const { return peak_; }      // highest end ever reached, bytes
  size_t in_use() const { return in_use_; }  // bytes
  bool empty() const { return used_.empty(); }

 private:
  std::map<size_t, size_t> used_;  // offset -> bytes
  std::map<size_t, size_t> free_;  // offset -> bytes, never adjacent to one another
  size_t end_ = 0;
  size_t peak_ = 0;
  size_t in_use_ = 0;
};

}  // namespace diorama
