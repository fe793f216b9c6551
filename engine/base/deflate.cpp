#include "base/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "base/error.h"

namespace diorama {
namespace {

constexpr size_t kPiece = size_t{1} << 16;

const Bytef* as_zlib(std::string_view bytes) {
  return reinterpret_cast<const Bytef*>(bytes.data());
}

void check(int result) {
  if (result == Z_MEM_ERROR) throw std::bad_alloc();
  require(result == Z_OK, "[deflate] zlib: error {}", result);
}

}  // namespace

std::string deflate(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string packed(size, '\0');
  check(compress2(reinterpret_cast<Bytef*>(packed.data()), &size, as_zlib(bytes), bytes.size(), 9));
  packed.resize(size);
  return packed;
}

std::vector<uint8_t> inflate_exactly(std::string_view data, size_t size) {
  if (data.size() < size / kMaxInflation) return {};
  std::vector<uint8_t> plain(size);
  uLongf written = size;
  const int result = uncompress(plain.data(), &written, as_zlib(data), data.size());
  if (result != Z_OK || written != size) return {};
  return plain;
}

Inflated inflate(std::string_view data, size_t most, std::string& plain) {
  Inflater inflater;
  inflater.feed(data);
  plain.clear();
  while (!inflater.ended()) {
    const size_t done = plain.size();
    plain.resize(done + std::min(std::max(kPiece, done), most + 1 - done));  // twice as long each time
    const size_t count =
        inflater.read({reinterpret_cast<uint8_t*>(plain.data()) + done, plain.size() - done});
    plain.resize(done + count);
    if (plain.size() > most) return Inflated::too_long;
    if (inflater.damaged() || (count == 0 && !inflater.ended())) return Inflated::damaged;
  }
  return Inflated::whole;
}

struct Inflater::Stream {
  z_stream zlib{};
  std::string_view rest;  // of what was fed; zlib counts in 32 bits

  Stream() { check(inflateInit(&zlib)); }
  ~Stream() { inflateEnd(&zlib); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&& other) noexcept = default;
Inflater& Inflater::operator=(Inflater&& other) noexcept = default;

void Inflater::feed(std::string_view data) {
  require(stream_->zlib.avail_in == 0 && stream_->rest.empty(), "[inflate] fed before all was read");
  stream_->rest = data;
}

size_t Inflater::read(std::span<uint8_t> out) {
  constexpr size_t kMost = std::numeric_limits<uInt>::max();
  z_stream& zlib = stream_->zlib;
  size_t done = 0;
  while (done < out.size() && !ended_ && !damaged_) {
    if (zlib.avail_in == 0) {
      const std::string_view piece = stream_->rest.substr(0, kMost);
      stream_->rest.remove_prefix(piece.size());
      zlib.next_in = const_cast<Bytef*>(as_zlib(piece));
      zlib.avail_in = static_cast<uInt>(piece.size());
    }
    const size_t wanted = std::min(out.size() - done, kMost);
    zlib.next_out = out.data() + done;
    zlib.avail_out = static_cast<uInt>(wanted);
    const int result = ::inflate(&zlib, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    done += wanted - zlib.avail_out;
    ended_ = result == Z_STREAM_END;
    damaged_ = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
    if (zlib.avail_in == 0 && stream_->rest.empty() && zlib.avail_out > 0) break;
  }
  return done;
}

struct Deflater::Stream {
  z_stream zlib{};

  Stream() { check(deflateInit(&zlib, Z_DEFAULT_COMPRESSION)); }
  ~Stream() { deflateEnd(&zlib); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

Deflater::Deflater() : stream_(std::make_unique<Stream>()) {}
Deflater::~Deflater() = default;

void Deflater::write(std::span<const uint8_t> bytes) {
  constexpr size_t kMost = std::numeric_limits<uInt>::max();
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kMost));
    bytes = bytes.subspan(piece.size());
    stream_->zlib.next_in = const_cast<Bytef*>(piece.data());
    stream_->zlib.avail_in = static_cast<uInt>(piece.size());
    run(Z_NO_FLUSH);
  }
}

std::string Deflater::finish() {
  run(Z_FINISH);
  return std::move(packed_);
}

void Deflater::run(int flush) {
  uint8_t piece[kPiece];
  do {
    stream_->zlib.next_out = piece;
    stream_->zlib.avail_out = sizeof(piece);
    const int result = ::deflate(&stream_->zlib, flush);
    require(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR, "[deflate] zlib: error {}",
            result);
    packed_.append(reinterpret_cast<const char*>(piece), sizeof(piece) - stream_->zlib.avail_out);
  } while (stream_->zlib.avail_out == 0);
}

}  // namespace diorama
