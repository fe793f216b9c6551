#include "cpu/peak.h"

#include <omp.h>

#include <array>
#include <chrono>
#include <cstring>
#include <vector>

namespace diorama::cpu {
namespace {

constexpr int kChains = 12;  // enough to hide an instruction's latency at two a cycle
constexpr int64_t kRounds = 1'000'000;

using Clock = std::chrono::steady_clock;
using Loop = void (*)(int64_t rounds);

#if defined(__x86_64__)
// Twelve independent chains of one instruction; registers hold zeros, whose products cost as much as any.
#define DIORAMA_STEP(op, reg, n) op " %%" reg "15, %%" reg "14, %%" reg #n "\n\t"
#define DIORAMA_CHAINS(op, reg)                                                                           \
  for (int64_t i = 0; i < rounds; ++i)                                                                    \
  asm volatile(DIORAMA_STEP(op, reg, 0) DIORAMA_STEP(op, reg, 1) DIORAMA_STEP(op, reg, 2)                 \
                   DIORAMA_STEP(op, reg, 3) DIORAMA_STEP(op, reg, 4) DIORAMA_STEP(op, reg, 5)             \
                       DIORAMA_STEP(op, reg, 6) DIORAMA_STEP(op, reg, 7) DIORAMA_STEP(op, reg, 8)         \
                           DIORAMA_STEP(op, reg, 9) DIORAMA_STEP(op, reg, 10) DIORAMA_STEP(op, reg, 11):: \
                               : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",  \
                                 "xmm9", "xmm10", "xmm11", "xmm14", "xmm15")

void clear_wide() {
  asm volatile("vzeroall" ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm14", "xmm15");
}
void fma_512(int64_t rounds) {
  DIORAMA_CHAINS("vfmadd231ps", "zmm");
}
void fma_256(int64_t rounds) {
  DIORAMA_CHAINS("vfmadd231ps", "ymm");
}
void bf16_512(int64_t rounds) {
  DIORAMA_CHAINS("vdpbf16ps", "zmm");
}
void int8_512(int64_t rounds) {
  DIORAMA_CHAINS("vpdpbusd", "zmm");
}
void int8_256(int64_t rounds) {
  DIORAMA_CHAINS("%{vex%} vpdpbusd", "ymm");
}
#undef DIORAMA_CHAINS
#undef DIORAMA_STEP
#else
void clear_wide() {}
#endif

void fma_portable(int64_t rounds) {
  std::array<float, 4 * kChains> sums{};
  volatile float seed = 0;
  const float factor = seed;
  for (int64_t i = 0; i < rounds; ++i) {
    for (float& sum : sums) sum = sum * factor + factor;
    asm volatile("" : : "r"(sums.data()) : "memory");
  }
}

// Billions of operations a second, all threads together; 0 where there is no such loop.
double rate(const Device& device, Loop loop, double operations_a_round) {
  if (loop == nullptr) return 0;
  const auto start = Clock::now();
#pragma omp parallel num_threads(device.threads())
  {
    clear_wide();
    loop(kRounds);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return operations_a_round * static_cast<double>(kRounds) * device.threads() / seconds * 1e-9;
}

double copy_rate(const Device& device) {
  constexpr size_t kBytes = size_t{256} << 20;
  std::vector<std::byte> from(kBytes, std::byte{1});
  std::vector<std::byte> to(kBytes);
  const size_t each = kBytes / static_cast<size_t>(device.threads());
  const auto start = Clock::now();
#pragma omp parallel num_threads(device.threads())
  {
    const size_t begin = each * static_cast<size_t>(omp_get_thread_num());
    std::memcpy(to.data() + begin, from.data() + begin, each);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return 2.0 * static_cast<double>(kBytes) / seconds * 1e-9;
}

// The loop of a peak and how many operations one of its instructions counts for.
struct Measure {
  Loop loop = nullptr;
  double operations = 0;
};

Measure measure_of(const Device& device, Peak peak) {
#if defined(__x86_64__)
  if (device.isa() == Isa::avx512) {
    if (peak == Peak::fp32) return {fma_512, 2.0 * 16};
    if (peak == Peak::bf16 && has_bf16_products()) return {bf16_512, 2.0 * 32};
    if (peak == Peak::int8 && __builtin_cpu_supports("avx512vnni")) return {int8_512, 2.0 * 64};
    return {};
  }
  if (device.isa() != Isa::portable) {
    if (peak == Peak::fp32) return {fma_256, 2.0 * 8};
    if (peak == Peak::int8 && device.isa() == Isa::avxvnni) return {int8_256, 2.0 * 32};
    return {};
  }
#endif
  if (peak == Peak::fp32) return {fma_portable, 2.0 * 4};
  return {};
}

}  // namespace

double measure_peak(const Device& device, Peak peak) {
  if (peak == Peak::copy) return copy_rate(device);
  const Measure measure = measure_of(device, peak);
  return rate(device, measure.loop, measure.operations * kChains);
}

}  // namespace diorama::cpu
