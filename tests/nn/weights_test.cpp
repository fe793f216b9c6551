// What a checkpoint may say of its own formats: files are untrusted, kernels are not written for everything.
#include "nn/weights.h"

#include <gtest/gtest.h>

#include "cpu/device.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

// Every tensor zero; those that are named are said to be in 4 bits.
class NamedFormats final : public nn::TensorSource {
 public:
  explicit NamedFormats(std::map<std::string, const Format*> formats) : formats_(std::move(formats)) {}
  void check(const nn::TensorSpec&) const override {}
  void read_rows(const nn::TensorSpec& spec, int64_t, int64_t num_rows, float* out) const override {
    std::fill_n(out, num_rows * (spec.shape.num_elements() / spec.shape[0]), 0.0f);
  }
  const Format* stored_format(const nn::TensorSpec& spec) const override {
    const auto found = formats_.find(spec.name);
    return found == formats_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::string, const Format*> formats_;
};

TEST(Weights, a_convolution_in_four_bits_is_refused) {
  nn::TensorTable table;
  table.conv("decoder.conv_in", 8, 4, 3);
  cpu::Device device;
  expect_fault(Fault::model_file, {"decoder.conv_in.weight", "convolution", "w4a8"}, [&] {
    nn::Weights::load(table, NamedFormats({{"decoder.conv_in.weight", &w4a8::kFormat}}), device,
                      format_f32());
  });
}

TEST(Weights, a_joined_matrix_of_two_formats_is_refused) {
  nn::TensorTable table;
  table.joined("attn", "to_kv", {"to_k", "to_v"}, 64, 64);
  cpu::Device device;
  expect_fault(Fault::model_file, {"attn.to_k.weight", "attn.to_v.weight"}, [&] {
    nn::Weights::load(
        table, NamedFormats({{"attn.to_k.weight", &w4a8::kFormat}, {"attn.to_v.weight", &w8a8::kFormat}}),
        device, format_f32());
  });
}

}  // namespace
}  // namespace diorama::test
