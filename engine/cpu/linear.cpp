#include "cpu/integer_product.h"
#include "cpu/kernels.h"
#include "cpu/multiply.h"
#include "cpu/views.h"
#include "formats/format.h"

namespace diorama::cpu {

void linear(Device& device, const LinearArgs& args) {
  Epilogue epilogue;
  epilogue.bias = floats_of(args.weight->bias);
  if (args.gate) {
    epilogue.gate = floats_of(args.gate);
    epilogue.gate_stride = args.gate.row_stride();
    epilogue.rows_per_gate = args.x.dim(1);
  }
  epilogue.residual = rows_of(args.residual);
  epilogue.activation = args.activation;
  epilogue.y = mutable_rows_of(args.y);
  if (args.weight->format->integer()) return multiply_integers(device, args, epilogue);
  const RowSource source{
      .provide = [&](int64_t first, int64_t, std::byte*) { return from_row(rows_of(args.x), first).data; },
      .stride = args.x.row_stride()};
  multiply(device, *args.weight, args.x.num_rows(), epilogue, source);
}

}  // namespace diorama::cpu
