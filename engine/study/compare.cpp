#include "study/compare.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <future>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"
#include "study/ssim.h"

namespace diorama {
namespace {

constexpr int kWindow = kSsimWindow;
constexpr int kBand = 64;  // rows of windows at a time
constexpr double kMaxPsnr = 60;

using Row = std::span<const uint8_t>;  // 3 bytes a pixel

// Shares of 0 to `count`, each on a thread of its own where there is one to be had.
template <typename Share>
void in_shares(int count, Share share) {
  const int most = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
  const int shares = std::clamp(count, 1, most);
  std::vector<std::future<void>> others;
  int begin = 0;
  for (int i = 1; i < shares; ++i) {
    const int end = count * i / shares;
    try {
      others.push_back(std::async(std::launch::async, share, begin, end));
    } catch (const std::system_error&) {
      break;
    }
    begin = end;
  }
  share(begin, count);
  for (auto& other : others) other.get();
}

// Two pictures, taken in band by band.
class Comparing {
 public:
  Comparing(int width, int height)
      : width_(static_cast<size_t>(width)),
        height_(height),
        row_size_(3 * width_),
        stride_(width_ + kSsimMargin),
        num_windows_(width_ - kWindow + 1),
        terms_(kBand * num_windows_) {
    for (Side* side : {&a_, &b_}) {
      side->rgb.resize(kMostRows * row_size_);
      side->luma.resize(kMostRows * stride_);
    }
  }

  Comparison run(const NextRow& a, const NextRow& b) {
    for (int left = height_; left > 0;) {
      const int more = std::min(kMostRows - num_rows_, left);
      in_shares(2, [&](int begin, int end) {
        for (int i = begin; i < end; ++i) take(i == 0 ? a_ : b_, i == 0 ? a : b, more);
      });
      left -= more;
      num_rows_ += more;
      for (int y = num_rows_ - more; y < num_rows_; ++y) add_differences(y);
      add_windows();
      keep_last();
    }
    Comparison result{.max_diff = max_diff_, .identical = max_diff_ == 0};
    const double mse = static_cast<double>(squares_) / (static_cast<double>(row_size_) * height_);
    result.psnr = std::min(kMaxPsnr, 10 * std::log10(255.0 * 255.0 / mse));
    result.ssim = sum_ / (static_cast<double>(num_windows_) * (height_ - kWindow + 1));
    return result;
  }

 private:
  static constexpr int kMostRows = kBand + kWindow - 1;
  struct Side {
    std::vector<uint8_t> rgb;
    std::vector<double> luma;
  };
  // What is known of a row of both pictures.
  struct Known {
    bool alike = false;     // it is the same in both
    bool repeated = false;  // in each, it is the row above
  };

  const uint8_t* row(const Side& side, int y) const { return &side.rgb[static_cast<size_t>(y) * row_size_]; }

  void take(Side& side, const NextRow& next, int more) const {
    for (int y = num_rows_; y < num_rows_ + more; ++y)
      std::memcpy(&side.rgb[static_cast<size_t>(y) * row_size_], next().data(), row_size_);
  }

  bool repeats(const Side& side, int y) const {
    return y > 0 && std::memcmp(row(side, y), row(side, y - 1), row_size_) == 0;
  }

  void add_differences(int y) {
    const uint8_t *const a = row(a_, y), *const b = row(b_, y);
    Known& known = known_[static_cast<size_t>(y)];
    known.alike = std::memcmp(a, b, row_size_) == 0;
    known.repeated = repeats(a_, y) && repeats(b_, y);
    if (known.alike) return;
    if (!known.repeated) {
      squares_of_row_ = 0;
      for (size_t i = 0; i < row_size_; ++i) {
        const int difference = std::abs(a[i] - b[i]);
        max_diff_ = std::max(max_diff_, difference);
        squares_of_row_ += static_cast<uint64_t>(difference * difference);
      }
    }
    squares_ += squares_of_row_;
  }

  // Rows of windows that are the same in both are 1 to the last bit, one in the same rows as the one above is
  // as that one is. The rest is work.
  enum class Kind { ones, repeated, work };
  Kind kind(int y) const {
    const auto first = known_.begin() + y;
    if (std::all_of(first, first + kWindow, [](const Known& row) { return row.alike; })) return Kind::ones;
    const bool repeated = std::all_of(first, first + kWindow, [](const Known& row) { return row.repeated; });
    return repeated && last_terms_.size() == num_windows_ ? Kind::repeated : Kind::work;
  }

  void add_windows() {
    const int rows = num_rows_ - kWindow + 1;
    for (int y = 0, end = 0; y < rows; y = end) {
      const Kind what = kind(y);
      for (end = y + 1; end < rows && kind(end) == what;) ++end;
      if (what == Kind::ones) add_ones(static_cast<size_t>(end - y) * num_windows_);
      if (what == Kind::repeated)
        for (; y < end; ++y) add(last_terms_.data(), num_windows_);
      if (what == Kind::work) add_rows_of_windows(y, end);
      if (what == Kind::ones) last_terms_.clear();
    }
  }

  // One by one in the order of the windows, whatever was computed how.
  void add(const double* terms, size_t count) {
    for (size_t i = 0; i < count; ++i) sum_ += terms[i];
  }

  void add_ones(size_t count) {
    if (sum_ == std::floor(sum_))
      sum_ += static_cast<double>(count);  // the same number
    else
      for (size_t i = 0; i < count; ++i) sum_ += 1;
  }

  void add_rows_of_windows(int begin, int end) {
    in_shares(end - begin + kWindow - 1, [&](int from, int to) {
      for (int y = begin + from; y < begin + to; ++y)
        for (Side* side : {&a_, &b_}) to_luma(*side, y);
    });
    in_shares(end - begin, [&](int from, int to) {
      const size_t first = static_cast<size_t>(begin + from) * stride_;
      ssim_windows(&a_.luma[first], &b_.luma[first], stride_, static_cast<size_t>(to - from), num_windows_,
                   &terms_[static_cast<size_t>(from) * num_windows_]);
    });
    const size_t count = static_cast<size_t>(end - begin) * num_windows_;
    add(terms_.data(), count);
    const auto behind = terms_.begin() + static_cast<ptrdiff_t>(count);
    last_terms_.assign(behind - static_cast<ptrdiff_t>(num_windows_), behind);
  }

  void to_luma(Side& side, int y) const {
    const uint8_t* rgb = row(side, y);
    double* const luma = &side.luma[static_cast<size_t>(y) * stride_];
    for (size_t x = 0; x < width_; ++x, rgb += 3) luma[x] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  }

  // The next windows begin in these.
  void keep_last() {
    const int kept = std::min(num_rows_, kWindow - 1);
    for (Side* side : {&a_, &b_})
      std::memmove(side->rgb.data(), row(*side, num_rows_ - kept), static_cast<size_t>(kept) * row_size_);
    std::copy_n(known_.begin() + num_rows_ - kept, kept, known_.begin());
    num_rows_ = kept;
  }

  size_t width_;
  int height_;
  size_t row_size_;     // bytes
  size_t stride_;       // numbers
  size_t num_windows_;  // in a row
  Side a_, b_;
  std::array<Known, kMostRows> known_{};
  int num_rows_ = 0;  // of the band
  std::vector<double> terms_, last_terms_;
  double sum_ = 0;
  uint64_t squares_ = 0, squares_of_row_ = 0;
  int max_diff_ = 0;
};

void check_sizes(int width_a, int height_a, int width_b, int height_b) {
  if (width_a != width_b || height_a != height_b)
    fail(Fault::usage, "[compare] the pictures are {} x {} and {} x {} pixels; give two of one size", width_a,
         height_a, width_b, height_b);
}

void check_window(int width, int height) {
  if (std::min(width, height) < kWindow)
    fail(Fault::usage, "[compare] the pictures are {} x {} pixels; SSIM needs {} a side", width, height,
         kWindow);
}

NextRow rows_of(const Image& image) {
  const size_t size = 3 * static_cast<size_t>(image.width);
  return [rest = Row(image.rgb), size]() mutable {
    const Row row = rest.first(size);
    rest = rest.subspan(size);
    return row;
  };
}

uint8_t amplified(uint8_t a, uint8_t b, int gain) {
  return static_cast<uint8_t>(std::min(255, std::abs(a - b) * gain));
}

}  // namespace

Comparison compare(const Image& a, const Image& b) {
  check_sizes(a.width, a.height, b.width, b.height);
  check_window(a.width, a.height);
  return Comparing(a.width, a.height).run(rows_of(a), rows_of(b));
}

Comparison compare(PngRows& a, PngRows& b) {
  check_sizes(a.width(), a.height(), b.width(), b.height());
  check_window(a.width(), a.height());
  return Comparing(a.width(), a.height()).run([&] { return a.next(); }, [&] { return b.next(); });
}

Image difference(const Image& a, const Image& b, int gain) {
  check_sizes(a.width, a.height, b.width, b.height);
  Image result{a.width, a.height, std::vector<uint8_t>(a.rgb.size())};
  std::ranges::transform(a.rgb, b.rgb, result.rgb.begin(),
                         [gain](uint8_t x, uint8_t y) { return amplified(x, y, gain); });
  return result;
}

std::string encode_difference(PngRows& a, PngRows& b, int gain) {
  check_sizes(a.width(), a.height(), b.width(), b.height());
  std::vector<uint8_t> row(3 * static_cast<size_t>(a.width()));
  return encode_png_rows(a.width(), a.height(), [&] {
    std::ranges::transform(a.next(), b.next(), row.begin(),
                           [gain](uint8_t x, uint8_t y) { return amplified(x, y, gain); });
    return Row(row);
  });
}

}  // namespace diorama
