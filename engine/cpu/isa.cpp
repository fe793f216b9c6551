#include "cpu/isa.h"

#include <array>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace diorama::cpu {
namespace {

constexpr std::array<const char*, 4> kNames{"portable", "avx2", "avxvnni", "avx512"};

}  // namespace

const char* name_of(Isa isa) {
  return kNames[static_cast<size_t>(isa)];
}

Isa find_isa(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Isa>(i);
  const std::vector<std::string_view> known(kNames.begin(), kNames.end());
  fail(Fault::usage, "[cpu isa] '{}' is not known; choose one of avx512, avxvnni, avx2, portable{}", name,
       did_you_mean(name, known));
}

#if defined(__x86_64__)

bool runs(Isa isa) {
  const bool avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  switch (isa) {
    case Isa::portable:
      return true;
    case Isa::avx2:
      return avx2;
    case Isa::avxvnni:
      return avx2 && __builtin_cpu_supports("avxvnni");
    case Isa::avx512:
      return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  }
  return false;
}

bool has_bf16_products() {
  return runs(Isa::avx512) && __builtin_cpu_supports("avx512bf16");
}

bool has_int8_products(Isa isa) {
  return runs(isa) && ((isa == Isa::avx512 && __builtin_cpu_supports("avx512vnni")) || isa == Isa::avxvnni);
}

#else

bool runs(Isa isa) {
  return isa == Isa::portable;
}
bool has_bf16_products() {
  return false;
}
bool has_int8_products(Isa) {
  return false;
}

#endif

Isa best_isa() {
  for (const Isa isa : {Isa::avx512, Isa::avxvnni, Isa::avx2})
    if (runs(isa)) return isa;
  return Isa::portable;
}

}  // namespace diorama::cpu
