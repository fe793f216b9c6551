// Rows of a matrix in an integer format while a device packs them: as the source has them, or conditioned and
// quantised now.
#pragma once

#include <vector>

#include "formats/format.h"
#include "tensor/weight.h"

namespace diorama {

class EncodedRows {
 public:
  // `weight.input` says which rotation its rows get; `rows_at_once` bounds `read`.
  EncodedRows(const Weight& weight, const RowReader& reader, int64_t rows_at_once);

  // Rows [first, first + count) of the source; one thread.
  void read(int64_t first, int64_t count);
  // Rows [first, first + count) of those just read, in the format, to their places in `out`, which has room
  // for all of them; many threads.
  void encode(int64_t first, int64_t count, std::byte* out);
  // Throws Fault::model_file where a scale or a code of an encoded row is none: kernels trust them.
  void check(int64_t first, int64_t count, const std::byte* rows) const;

 private:
  const Weight& weight_;
  const RowReader& reader_;
  std::vector<float> values_;
  std::vector<std::byte> encoded_;
};

}  // namespace diorama
