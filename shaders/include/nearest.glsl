// The nearest 8-bit code of a value between -128 and 127, halves to the even one. 1.5 * 2^23 more leave the integer
// in the low bits of the sum, as the device's addition rounds it. roundEven is not used: llvmpipe rounds halves away
// from zero where its vectors are wider than the processor's (tests/vulkan/builtins_test.cpp).
int nearest_code(float value) {
  precise const float sum = value + 12582912.0;
  return bitfieldExtract(floatBitsToInt(sum), 0, 8);
}
