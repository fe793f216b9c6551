// How far two pictures of the same size are apart.
#pragma once

#include <string>

#include "io/image.h"
#include "io/png_rows.h"

namespace diorama {

struct Comparison {
  double psnr = 0;   // dB over all bytes, at most 60
  double ssim = 0;   // of luma (Wang et al. 2004): 11 x 11 Gaussian window of sigma 1.5, whole windows only
  int max_diff = 0;  // of any byte
  bool identical = false;
};

// Fault::usage where the sizes differ or a side is shorter than the window. Takes some rows of memory.
Comparison compare(const Image& a, const Image& b);
// Reads both to their ends.
Comparison compare(PngRows& a, PngRows& b);

// |a - b| of every byte, times `gain`, at most 255.
Image difference(const Image& a, const Image& b, int gain);
// The same as a PNG.
std::string encode_difference(PngRows& a, PngRows& b, int gain);

}  // namespace diorama
