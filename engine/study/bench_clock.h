// Times work beside the device's own peak: a shared machine's rate moves from second to second, and its peak
// with it, so the peak is read before and after every timing.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "formats/format.h"
#include "tensor/device.h"

namespace diorama {

struct Timing {
  double milliseconds = 0;  // median
  double rate = 0;          // GFLOP/s at the median
  double share = 0;         // of the peak read around it; the median; 0 where the device has no such peak
};

class BenchClock {
 public:
  BenchClock(Device& device, int repeats);
  ~BenchClock();

  // Runs `body` once uncounted, then `repeats` times. Its work is `multiply_adds` of products with weights of
  // `format`.
  Timing time(uint64_t multiply_adds, const Format& format, const std::function<void()>& body);
  // The same where only a part of the body counts: it returns that part's milliseconds.
  Timing time_part(uint64_t multiply_adds, const Format& format, const std::function<double()>& body);

 private:
  class PeakReader;

  Device& device_;
  int repeats_;
  std::unique_ptr<PeakReader> peak_;
};

double median(std::vector<double> values);

}  // namespace diorama
