// Tensors of any float type: a binding seen as each of its types, one of which a specialization constant picks.
#ifdef STORAGE16
#extension GL_EXT_shader_16bit_storage : require
#endif

const uint kF32 = 0, kF16 = 1, kBf16 = 2;  // numbers of DType and of Format::shader_id

float bf16_to_f32(uint bits) { return uintBitsToFloat(bits << 16); }

// Rounds to nearest even; NaN stays NaN.
uint f32_to_bf16(float value) {
  const uint bits = floatBitsToUint(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (bits >> 16) | 0x40u;
  return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

// Four numbers in 16 bits each.
vec4 unpack_f16(uvec2 bits) { return vec4(unpackHalf2x16(bits.x), unpackHalf2x16(bits.y)); }
vec4 unpack_bf16(uvec2 bits) {
  return uintBitsToFloat(uvec4(bits.x << 16, bits.x & 0xffff0000u, bits.y << 16, bits.y & 0xffff0000u));
}

// READS(slot, name, TYPE) makes `float name(uint element)`; WRITES makes `void name(uint element, float value)`.
// READS4 makes `vec4 name(uint element)` for elements that are multiples of four.
#ifdef STORAGE16
#define READS(slot, name, TYPE)                                            \
  layout(binding = slot) readonly buffer name##F32 { float name##_f32[]; };     \
  layout(binding = slot) readonly buffer name##F16 { float16_t name##_f16[]; }; \
  layout(binding = slot) readonly buffer name##B16 { uint16_t name##_b16[]; };  \
  float name(uint i) {                                                     \
    if (TYPE == kF16) return float(name##_f16[i]);                         \
    if (TYPE == kBf16) return bf16_to_f32(uint(name##_b16[i]));            \
    return name##_f32[i];                                                  \
  }
#define WRITES(slot, name, TYPE)                                   \
  layout(binding = slot) writeonly buffer name##F32 { float name##_f32[]; };     \
  layout(binding = slot) writeonly buffer name##F16 { float16_t name##_f16[]; }; \
  layout(binding = slot) writeonly buffer name##B16 { uint16_t name##_b16[]; };  \
  void name(uint i, float value) {                                 \
    if (TYPE == kF16)                                              \
      name##_f16[i] = float16_t(value);                            \
    else if (TYPE == kBf16)                                        \
      name##_b16[i] = uint16_t(f32_to_bf16(value));                \
    else                                                           \
      name##_f32[i] = value;                                       \
  }
#else
#define READS(slot, name, TYPE)                                        \
  layout(binding = slot) readonly buffer name##F32 { float name##_f32[]; }; \
  float name(uint i) { return name##_f32[i]; }
#define WRITES(slot, name, TYPE)                                        \
  layout(binding = slot) writeonly buffer name##F32 { float name##_f32[]; }; \
  void name(uint i, float value) { name##_f32[i] = value; }
#endif

#define READS4(slot, name, TYPE)                                           \
  layout(binding = slot) readonly buffer name##Wide { vec4 name##_f32x4[]; };   \
  layout(binding = slot) readonly buffer name##Narrow { uvec2 name##_16x4[]; }; \
  vec4 name(uint i) {                                                      \
    if (TYPE == kF16) return unpack_f16(name##_16x4[i / 4]);               \
    if (TYPE == kBf16) return unpack_bf16(name##_16x4[i / 4]);             \
    return name##_f32x4[i / 4];                                            \
  }
