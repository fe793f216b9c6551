#pragma once

#include <set>
#include <string>

namespace diorama::cli {

// Tells the first time from the next, so that what holds for every picture of a run is said with one of them.
class SaidOnce {
 public:
  bool is_new(const std::string& text) {
    constexpr size_t kMost = 1000;  // a batch may have a different one a line
    if (said_.size() >= kMost) said_.clear();
    return said_.insert(text).second;
  }

 private:
  std::set<std::string> said_;
};

}  // namespace diorama::cli
