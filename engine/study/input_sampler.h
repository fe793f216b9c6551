// Keeps some of what each linear layer reads while a model runs: what quantising needs to know of its inputs.
#pragma once

#include <map>
#include <string>

#include "nn/site.h"
#include "quant/layer.h"

namespace diorama {

class InputSampler final : public nn::Accelerator {
 public:
  // About `rows` of each layer over a run in which it is reached `evaluations` times.
  InputSampler(int64_t rows, int64_t evaluations) : rows_(rows), evaluations_(evaluations) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::linear; }
  Tensor linear(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Linear& next) override;

  // By path; inputs of layers that were not reached are empty. Gives the memory away.
  quant::LayerInputs take(const std::string& path);

 private:
  int64_t rows_;
  int64_t evaluations_;
  std::map<std::string, quant::LayerInputs> inputs_;
};

}  // namespace diorama
