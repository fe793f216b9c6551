#pragma once

#include <cstddef>

namespace diorama {

inline constexpr size_t kSsimWindow = 11;
// Numbers that may be read behind the end of a row of luma; they count for nothing.
inline constexpr size_t kSsimMargin = 32;

// The similarity of two pictures in each window of 11 x 11 (Wang et al. 2004, Gaussian of sigma 1.5), for
// `num_rows` rows of windows, `num_windows` in each. `a` and `b` are luma, in rows of `stride` numbers: those
// of the first row of windows and kSsimWindow - 1 more. The same to the last bit on every machine.
void ssim_windows(const double* a, const double* b, size_t stride, size_t num_rows, size_t num_windows,
                  double* out);

}  // namespace diorama
