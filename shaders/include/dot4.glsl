// Products of four signed bytes each, summed. DOT takes the instruction (SPV_KHR_integer_dot_product); else plain
// arithmetic. Both are exact.
#ifdef DOT
#extension GL_EXT_spirv_intrinsics : require
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6019, 6018], id = 4450)
int dot_packed(int a, int b, spirv_literal int format);
int dot4(int a, int b) { return dot_packed(a, b, 0); }
#else
int dot4(int a, int b) {
  int sum = 0;
  for (int i = 0; i < 32; i += 8) sum += bitfieldExtract(a, i, 8) * bitfieldExtract(b, i, 8);
  return sum;
}
#endif
