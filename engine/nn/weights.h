// The weights of one network on one device, found by the path the network calls them.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/format.h"
#include "formats/hadamard.h"
#include "nn/tensor_table.h"
#include "tensor/device.h"

namespace diorama::nn {

// Where a checkpoint's numbers come from: files, a generator. Names and shapes are the checkpoint's own.
class TensorSource {
 public:
  virtual ~TensorSource() = default;
  // Throws Fault::model_file, naming the tensor, if it is missing or of another shape.
  virtual void check(const TensorSpec& spec) const = 0;
  // Rows of the tensor seen as [shape[0], rest], converted to fp32.
  virtual void read_rows(const TensorSpec& spec, int64_t first_row, int64_t num_rows, float* out) const = 0;
  // Quantised checkpoints: the integer format in which a matrix is stored, or null; its rows as they are
  // stored; and what has been done to the matrix's columns, so that the same is done to its input.
  virtual const Format* stored_format(const TensorSpec&) const { return nullptr; }
  virtual void read_stored_rows(const TensorSpec&, int64_t /*first_row*/, int64_t /*num_rows*/,
                                std::byte* /*out*/) const {}
  struct InputConditioning {
    std::vector<float> multiplier;  // [K], or empty
    int rotation = 1;
  };
  virtual InputConditioning conditioning(const std::string& /*path*/, int64_t k) const {
    return {{}, rotation_order(k)};
  }
  // The tensor has been packed; its pages may go.
  virtual void release(const TensorSpec&) const {}
};

// Which format a weight of some role gets. Matrices and convolutions take the precision; what is small or
// delicate stays f32, beside integer formats the embedders and the final layer f16.
struct RoleFormats {
  const Format* precision;
  const Format* modulation = nullptr;  // null: w8a8 beside integer formats, else the precision

  RoleFormats(const Format& all) : precision(&all) {}  // NOLINT(google-explicit-constructor)
  RoleFormats(const Format& all, const Format& adaptive) : precision(&all), modulation(&adaptive) {}
  const Format& of(Role role) const;
};

class Weights {
 public:
  // Shapes and types only: enough for a plan.
  static Weights plan(const TensorTable& table, const Device& device, const RoleFormats& formats);
  // Checks every tensor first, then packs them one by one.
  static Weights load(const TensorTable& table, const TensorSource& source, Device& device,
                      const RoleFormats& formats);

  const Weight& matrix(const std::string& path) const;  // or a convolution
  const Tensor& tensor(const std::string& path) const;
  size_t byte_size() const { return byte_size_; }  // as resident on the device (a plan: as the formats say)

 private:
  std::unordered_map<std::string, Weight> matrices_;
  std::unordered_map<std::string, Tensor> tensors_;
  size_t byte_size_ = 0;
};

}  // namespace diorama::nn
