#include "io/file_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <span>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlock = size_t{1} << 20;
constexpr size_t kMostLines = 256;
constexpr size_t kMostBytes = size_t{4} << 20;  // of the file of lines
constexpr int64_t kSettled = 3'000'000'000;     // nanoseconds: more than any file system rounds times by
constexpr size_t kDigits = 16;                  // of a hash

std::string digits_of(uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

uint64_t hash_of(std::string_view text) {
  return xxh64(std::as_bytes(std::span(text.data(), text.size())));
}

int64_t nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

int64_t last_change(const ByteFile& file) {
  const struct stat info = file.info();
  return std::max(nanoseconds(info.st_mtim), nanoseconds(info.st_ctim));
}

// The sums of the blocks, a run of zeros as one and its length.
class Blocks {
 public:
  void add(uint64_t sum) {
    if (sum == zeros_) return add_zeros(1);
    end_run();
    sums_.push_back(sum);
  }
  void add_zeros(uint64_t count) { run_ += count; }
  uint64_t hash() {
    end_run();
    return xxh64(std::as_bytes(std::span(sums_)));
  }

  explicit Blocks(uint64_t size) : sums_{size} {}

 private:
  void end_run() {
    if (run_ > 0) sums_.insert(sums_.end(), {zeros_, run_});
    run_ = 0;
  }

  uint64_t zeros_ = xxh64(std::vector<std::byte>(kBlock));
  uint64_t run_ = 0;
  std::vector<uint64_t> sums_;
};

}  // namespace

uint64_t file_hash(const fs::path& path) {
  const fs::path folder = cache_folder();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return KnownHashes(folder.empty() ? fs::path() : folder / "model-hashes")
      .hash_of(path, std::chrono::nanoseconds(now).count());
}

uint64_t KnownHashes::hash_of(const fs::path& path, int64_t now) {
  const ByteFile file(path);
  const std::string stamp = stamp_of(file);
  if (const auto known = find(stamp)) return *known;
  const uint64_t hash = take(file);
  if (now - last_change(file) >= kSettled && stamp_of(file) == stamp) keep(path, stamp, hash);
  return hash;
}

std::string KnownHashes::stamp_of(const ByteFile& file) {
  const struct stat info = file.info();
  return fmt::format("{} {} {} {} {}", info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim),
                     info.st_ino, file.path().string());
}

uint64_t KnownHashes::take(const ByteFile& file) {
  const uint64_t size = file.size();
  Blocks blocks(size);
  std::vector<std::byte> block(kBlock);
  for (uint64_t offset = 0; offset < size;) {
    const uint64_t hole = (std::min(file.next_data(offset), size) - offset) / kBlock;
    blocks.add_zeros(hole);
    offset += hole * kBlock;
    const auto part = std::span(block).first(std::min<uint64_t>(kBlock, size - offset));
    if (file.read(offset, part) < part.size())
      fail(Fault::file_system, "{}: became shorter while it was read; try again", file.path().string());
    if (!part.empty()) blocks.add(xxh64(part));
    bytes_read_ += part.size();
    offset += part.size();
  }
  return blocks.hash();
}

// Each holds its check sum, the file's hash and its stamp.
std::vector<std::string> KnownHashes::lines() const {
  std::vector<std::string> sound;
  try {
    const std::string text = path_exists(file_) ? read_text_file(file_, kMostBytes) : "";
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = text.substr(begin, end - begin);
      begin = end + 1;
      if (line.size() > 2 * (kDigits + 1) &&
          line.starts_with(digits_of(diorama::hash_of(std::string_view(line).substr(kDigits)))))
        sound.push_back(line);
    }
  } catch (const Error&) {  // as good as none
  }
  return sound;
}

std::optional<uint64_t> KnownHashes::find(std::string_view stamp) const {
  for (const std::string& line : lines()) {
    if (std::string_view(line).substr(2 * (kDigits + 1)) != stamp) continue;
    const char* const digits = line.data() + kDigits + 1;
    uint64_t hash = 0;
    if (std::from_chars(digits, digits + kDigits, hash, 16).ptr == digits + kDigits) return hash;
  }
  return std::nullopt;
}

void KnownHashes::keep(const fs::path& path, std::string_view stamp, uint64_t hash) const {
  if (file_.empty() || path.string().find('\n') != std::string::npos) return;
  try {
    auto known = lines();
    const std::string end = fmt::format(" {}", path.string());
    std::erase_if(known, [&](const std::string& line) { return line.ends_with(end); });
    if (known.size() >= kMostLines)
      known.erase(known.begin(), known.end() - static_cast<ptrdiff_t>(kMostLines - 1));
    const std::string line = fmt::format(" {:016x} {}", hash, stamp);
    known.push_back(digits_of(diorama::hash_of(line)) + line);
    std::string text;
    for (const std::string& each : known) text += each + '\n';
    std::error_code ignored;  // writing says what is wrong
    fs::create_directories(file_.parent_path(), ignored);
    write_file_atomically(file_, text);
  } catch (const Error&) {  // it will be taken again
  }
}

}  // namespace diorama
