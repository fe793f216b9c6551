// zlib streams (RFC 1950), in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama {

// No stream becomes more than this many times as long when it is unpacked: data that promise more are
// damaged, which is known before any memory is taken.
inline constexpr size_t kMaxInflation = 1032;

std::string deflate(std::string_view bytes);
// Exactly `size` bytes, or nothing where the data are damaged or of another length.
std::vector<uint8_t> inflate_exactly(std::string_view data, size_t size);

enum class Inflated { whole, damaged, too_long };
// However many bytes there are, up to `most`. `plain` is left with what was unpacked.
Inflated inflate(std::string_view data, size_t most, std::string& plain);

// A stream unpacked piece by piece.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(Inflater&& other) noexcept;
  Inflater& operator=(Inflater&& other) noexcept;

  // What comes next; it must outlive the reading of it.
  void feed(std::string_view data);
  // The number of bytes unpacked: fewer than `out` has where what was fed ends, the stream ends or is
  // damaged.
  size_t read(std::span<uint8_t> out);
  bool ended() const { return ended_; }  // the check sum at the end is right
  bool damaged() const { return damaged_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
  bool damaged_ = false;
};

// A stream packed piece by piece.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void write(std::span<const uint8_t> bytes);
  // The whole stream; nothing can be written after it.
  std::string finish();

 private:
  void run(int flush);

  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::string packed_;
};

}  // namespace diorama
