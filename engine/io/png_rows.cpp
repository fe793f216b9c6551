#include "io/png_rows.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "io/png_chunks.h"

namespace diorama {
namespace {

using png::Chunk;

constexpr uint32_t kMaxSide = 32768;
constexpr size_t kMaxPixels = size_t{1} << 27;
constexpr size_t kChannels[] = {1, 0, 3, 0, 2, 0, 4};  // by colour type; 0: a palette or undefined

int paeth(int left, int above, int corner) {
  const int to_left = std::abs(above - corner);
  const int to_above = std::abs(left - corner);
  const int to_corner = std::abs(left + above - 2 * corner);
  const int nearer = to_above <= to_corner ? above : corner;
  return to_left <= std::min(to_above, to_corner) ? left : nearer;
}

// What the standard calls reconstruction, a pixel at a time; `predict` is given what is to the left, above
// and in the corner between.
template <size_t Step, typename Predict>
void add_predictions(uint8_t* row, const uint8_t* above, size_t size, Predict predict) {
  int left[Step] = {}, corner[Step] = {};
  for (size_t i = 0; i < size; i += Step)
    for (size_t c = 0; c < Step; ++c) {
      const int over = above[i + c];
      left[c] = (row[i + c] + predict(left[c], over, corner[c])) & 255;
      corner[c] = over;
      row[i + c] = static_cast<uint8_t>(left[c]);
    }
}

template <size_t Step>
void unfilter_row(int filter, uint8_t* row, const uint8_t* above, size_t size) {
  if (filter == 1) add_predictions<Step>(row, above, size, [](int left, int, int) { return left; });
  if (filter == 2)
    for (size_t i = 0; i < size; ++i) row[i] = static_cast<uint8_t>(row[i] + above[i]);
  if (filter == 3)
    add_predictions<Step>(row, above, size, [](int left, int over, int) { return (left + over) / 2; });
  if (filter == 4)
    add_predictions<Step>(row, above, size,
                          [](int left, int over, int corner) { return paeth(left, over, corner); });
}

// False where a pixel is not opaque.
template <size_t Channels>
bool expand_row(const uint8_t* from, std::span<uint8_t> rgb) {
  uint8_t opaque = 255;
  for (size_t i = 0; i < rgb.size(); i += 3, from += Channels) {
    constexpr size_t kGreen = Channels > 2 ? 1 : 0;
    if (Channels % 2 == 0) opaque &= from[Channels - 1];
    rgb[i] = from[0];
    rgb[i + 1] = from[kGreen];
    rgb[i + 2] = from[2 * kGreen];
  }
  return opaque == 255;
}

}  // namespace

PngRows::PngRows(std::span<const std::byte> file, std::string_view name) : name_(name) {
  const std::vector<Chunk> chunks = png::read_chunks(file, name);
  read_header(chunks.front().data);
  size_t packed_size = 0;
  for (const Chunk& chunk : chunks) {
    const bool pixels = chunk.type == "IDAT";
    const bool known = pixels || chunk.type == "IHDR" || chunk.type == "PLTE" || chunk.type == "IEND";
    if (chunk.critical() && !known)
      fail(Fault::file_system, "{}: the PNG needs the unknown extension {}", name, chunk.type);
    if (chunk.type == "tRNS") fail(Fault::file_system, "{}: is transparent; flatten the picture first", name);
    if (!pixels) continue;
    packed_.push_back(png::as_text(chunk.data));
    packed_size += chunk.data.size();
  }
  const size_t row_size = width_ * channels_;
  if (packed_size < (1 + row_size) * height_ / kMaxInflation) reject_pixels();
  row_.resize(row_size);
  above_.resize(row_size);
  rgb_.resize(3 * width_);
}

void PngRows::read_header(std::span<const std::byte> data) {
  const int depth = int(data[8]);
  const int colour = int(data[9]);
  const bool plain = data[10] == std::byte{0} && data[11] == std::byte{0} && data[12] == std::byte{0};
  width_ = png::read_u32(data, 0);
  height_ = png::read_u32(data, 4);
  channels_ = colour > 6 ? 0 : kChannels[colour];
  if (depth != 8 || channels_ == 0 || !plain)
    fail(Fault::file_system,
         "{}: only gray and RGB of 8 bits, not interlaced, can be read; convert the picture", name_);
  if (std::min(width_, height_) == 0 || std::max(width_, height_) > kMaxSide || width_ * height_ > kMaxPixels)
    fail(Fault::file_system, "{}: {} x {} pixels; at most {} a side and {} in all can be read", name_, width_,
         height_, kMaxSide, kMaxPixels);
}

void PngRows::reject_pixels() const {
  fail(Fault::file_system, "{}: the pixels of the PNG are damaged; open another copy of it", name_);
}

void PngRows::fill(std::span<uint8_t> bytes) {
  while (true) {
    bytes = bytes.subspan(inflater_.read(bytes));
    if (bytes.empty()) return;
    if (inflater_.ended() || inflater_.damaged() || next_packed_ == packed_.size()) reject_pixels();
    inflater_.feed(packed_[next_packed_++]);
  }
}

void PngRows::unfilter() {
  uint8_t filter = 0;
  fill({&filter, 1});
  if (filter > 4) fail(Fault::file_system, "{}: row {} of the PNG has an unknown filter", name_, next_row_);
  std::swap(row_, above_);
  fill(row_);
  if (channels_ == 1) unfilter_row<1>(filter, row_.data(), above_.data(), row_.size());
  if (channels_ == 2) unfilter_row<2>(filter, row_.data(), above_.data(), row_.size());
  if (channels_ == 3) unfilter_row<3>(filter, row_.data(), above_.data(), row_.size());
  if (channels_ == 4) unfilter_row<4>(filter, row_.data(), above_.data(), row_.size());
}

void PngRows::expand() {
  bool opaque = true;
  if (channels_ == 1) expand_row<1>(row_.data(), rgb_);
  if (channels_ == 2) opaque = expand_row<2>(row_.data(), rgb_);
  if (channels_ == 4) opaque = expand_row<4>(row_.data(), rgb_);
  if (!opaque) fail(Fault::file_system, "{}: is transparent; flatten the picture first", name_);
}

std::span<const uint8_t> PngRows::next() {
  require(next_row_ < height_, "[png] {}: has {} rows", name_, height_);
  unfilter();
  if (channels_ != 3) expand();
  if (++next_row_ == height_) {
    uint8_t more = 0;  // nothing may follow; the check sum does
    while (inflater_.read({&more, 1}) == 0 && !inflater_.ended()) {
      if (inflater_.damaged() || next_packed_ == packed_.size()) reject_pixels();
      inflater_.feed(packed_[next_packed_++]);
    }
    if (!inflater_.ended()) reject_pixels();
  }
  return channels_ == 3 ? row_ : rgb_;
}

std::string encode_png_rows(int width, int height, const NextRow& next) {
  constexpr uint8_t kUnfiltered = 0;
  const std::string sides =
      png::to_u32(static_cast<uint32_t>(width)) + png::to_u32(static_cast<uint32_t>(height));
  Deflater pixels;
  for (int y = 0; y < height; ++y) {
    pixels.write({&kUnfiltered, 1});
    pixels.write(next());
  }
  using namespace std::string_literals;
  return std::string(png::kSignature) + png::make_chunk("IHDR", sides + "\x8\x2\0\0\0"s) +
         png::make_chunk("IDAT", pixels.finish()) + png::make_chunk("IEND", "");
}

}  // namespace diorama
