// The ops on the processor; ops/ has checked the shapes. Results do not depend on the number of threads.
#pragma once

#include "tensor/kernel_args.h"

namespace diorama::cpu {

class Device;

void linear(Device& device, const LinearArgs& args);
void norm(Device& device, const NormArgs& args);
void attention(Device& device, const AttentionArgs& args);
void binary(Device& device, const BinaryArgs& args);
void unary(Device& device, const UnaryArgs& args);
void gate_add(Device& device, const GateAddArgs& args);
void soft_clamp(Device& device, const SoftClampArgs& args);
void gather_rows(Device& device, const RowsArgs& args);
void scatter_rows(Device& device, const RowsArgs& args);
void mix_rows(Device& device, const MixRowsArgs& args);
void patchify(Device& device, const PatchArgs& args);
void unpatchify(Device& device, const PatchArgs& args);
void conv(Device& device, const ConvArgs& args);
void group_norm(Device& device, const GroupNormArgs& args);

}  // namespace diorama::cpu
