// Block Hadamard rotation of rows, so that an outlier in one channel is shared by its whole block and 8-bit
// codes lose less. Regular Hadamard matrices: H_4 has the rows (1 1 1 -1), (1 1 -1 1), (1 -1 1 1), (-1 1 1
// 1), H_4n is their Kronecker product, divided by sqrt(order): symmetric, orthogonal, with equal row sums, so
// that a common offset is spread too (ConvRot, arXiv 2512.03673).
#pragma once

#include <cstdint>

namespace diorama {

// The largest power of 4 that divides k, at most 256.
int rotation_order(int64_t k);

// row[block] = H row[block] for every block of `order` elements; its own inverse. k is a multiple of the
// order.
void rotate(float* row, int64_t k, int order);

}  // namespace diorama
