#include "cpu/free_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace diorama::cpu {
namespace {

namespace fs = std::filesystem;

// The number behind `key` in a file of lines "key number"; without a key, the first thing in the file. None
// where it is missing or no number, such as "max".
std::optional<size_t> number_in(const fs::path& file, const std::string& key = "") {
  std::ifstream lines(file);
  for (std::string word; lines >> word;) {
    size_t value = 0;
    if (key.empty())
      return word.find_first_not_of("0123456789") == std::string::npos ? std::optional(std::stoull(word))
                                                                       : std::nullopt;
    if (word == key && lines >> value) return value;
  }
  return std::nullopt;
}

size_t minus(size_t a, size_t b) {
  return a > b ? a - b : 0;
}

// Every level of the hierarchy may have a limit (version 2).
size_t left_by_control_group() {
  std::ifstream own("/proc/self/cgroup");
  size_t left = SIZE_MAX;
  for (std::string line; std::getline(own, line);) {
    if (!line.starts_with("0::/")) continue;
    const fs::path root = "/sys/fs/cgroup";
    for (fs::path group = root / line.substr(4);; group = group.parent_path()) {
      const auto limit = number_in(group / "memory.max");
      const auto used = number_in(group / "memory.current");
      if (limit && used)
        left = std::min(
            left, minus(*limit, minus(*used, number_in(group / "memory.stat", "inactive_file").value_or(0))));
      if (group == root || group.parent_path() == group) break;
    }
  }
  return left;
}

size_t left_by(int resource, size_t used) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return SIZE_MAX;
  return minus(limit.rlim_cur, used);
}

}  // namespace

size_t free_memory() {
  constexpr size_t kKiB = 1024;
  size_t free = SIZE_MAX;
  if (const auto system = number_in("/proc/meminfo", "MemAvailable:")) free = *system * kKiB;
  free = std::min(free, left_by_control_group());
  free = std::min(free, left_by(RLIMIT_AS, number_in("/proc/self/status", "VmSize:").value_or(0) * kKiB));
  return std::min(free, left_by(RLIMIT_DATA, number_in("/proc/self/status", "VmData:").value_or(0) * kKiB));
}

}  // namespace diorama::cpu
