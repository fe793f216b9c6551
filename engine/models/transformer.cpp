#include "models/transformer.h"

namespace diorama::models {

Condition Condition::lanes(int64_t first, int64_t count) const {
  Condition part;
  for (const Tensor& kv : keys_values) part.keys_values.push_back(kv.slice(first, count));
  if (key_bias) part.key_bias = key_bias.slice(first, count);
  if (embedding) part.embedding = embedding.slice(first, count);
  return part;
}

}  // namespace diorama::models
