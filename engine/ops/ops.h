// The ops of the networks, on any device. Each checks shapes, counts its multiply-adds and calls the device's
// kernel. Definitions of the arguments: tensor/kernel_args.h. Plain definitions in double precision:
// tests/ops/.
#pragma once

#include "tensor/kernel_args.h"
#include "tensor/stream.h"

namespace diorama::ops {

// Multiply-adds: rows * N * K.
void linear(Stream& stream, const LinearArgs& args);
void norm(Stream& stream, const NormArgs& args);
// Multiply-adds: 2 * B * H * d for every pair of a query and a key it sees.
void attention(Stream& stream, const AttentionArgs& args);
void binary(Stream& stream, const BinaryArgs& args);
void unary(Stream& stream, const UnaryArgs& args);
void gate_add(Stream& stream, const GateAddArgs& args);
void soft_clamp(Stream& stream, const SoftClampArgs& args);
void gather_rows(Stream& stream, const RowsArgs& args);
void scatter_rows(Stream& stream, const RowsArgs& args);
// Multiply-adds: B * n * J * D.
void mix_rows(Stream& stream, const MixRowsArgs& args);
void patchify(Stream& stream, const PatchArgs& args);    // image -> tokens
void unpatchify(Stream& stream, const PatchArgs& args);  // tokens -> image
// Multiply-adds: B * H' * W' * O * kernel_h * kernel_w * I.
void conv(Stream& stream, const ConvArgs& args);
void group_norm(Stream& stream, const GroupNormArgs& args);

}  // namespace diorama::ops
