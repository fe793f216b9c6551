// Instruction sets the kernels are compiled for, worst first.
#pragma once

#include <string_view>

namespace diorama::cpu {

enum class Isa { portable = 0, avx2, avxvnni, avx512 };

const char* name_of(Isa isa);
// A name of --cpu-isa; throws Fault::usage with the list of known names.
Isa find_isa(std::string_view name);
// The best this machine runs.
Isa best_isa();
bool runs(Isa isa);
// AVX512_BF16: products of bf16 pairs.
bool has_bf16_products();
// VNNI: products of byte quadruples, in vectors of this set.
bool has_int8_products(Isa isa);

}  // namespace diorama::cpu
