// Every tensor of a network: its names in the checkpoint, its shape, its role. Written once per network;
// loading, `models info`, the plan and the checks all read it.
#pragma once

#include <string>
#include <vector>

#include "tensor/shape.h"

namespace diorama::nn {

// Decides how many bits a weight gets (DESIGN: roles).
enum class Role {
  linear,      // attention and feed-forward matrices
  modulation,  // adaLN: shift, scale and gate from the conditioning vector
  embedding,   // patch, timestep, caption and class embedders
  final,       // the last projection
  conv,        // convolutions
  norm,        // affine of norms
  table,       // looked up or added as it is
};

const char* name_of(Role role);

// A tensor of the checkpoint. Older files may call it otherwise.
struct TensorSpec {
  std::string name;
  Shape shape;
  std::string older_name = {};
};

// A matrix (perhaps joined from several, one below the other), a convolution or a plain tensor, and where it
// comes from.
struct Entry {
  enum class Kind { matrix, convolution, tensor };
  std::string path;  // how the network calls it
  Kind kind = Kind::tensor;
  Role role = Role::linear;
  std::vector<TensorSpec> weights;  // matrices: [rows, K] each; convolutions: [O, I, kh, kw]
  std::vector<TensorSpec> biases;   // [rows] each, or none

  int64_t n() const;  // rows of all weights
  int64_t k() const;  // elements of a row
};

class TensorTable {
 public:
  // "<path>.weight" [out, in] and, with a bias, "<path>.bias" [out].
  void linear(const std::string& path, int64_t out, int64_t in, Role role = Role::linear, bool bias = true);
  // The last entry's tensors are "<older_path>.weight" and ".bias" in older files.
  void also_known_as(const std::string& older_path);
  // Projections that share an input, as one: "<path>.<name>" is called; rows of parts[0] first.
  void joined(const std::string& path, const std::string& name, const std::vector<std::string>& parts,
              int64_t out_each, int64_t in, Role role = Role::linear, bool bias = true);
  // "<path>.weight" [out, in, kernel, kernel].
  void conv(const std::string& path, int64_t out, int64_t in, int kernel, bool bias = true);
  // A p x p patch embedding: a convolution [out, in, p, p] read as the matrix [out, in * p * p].
  void patch_embedding(const std::string& path, int64_t out, int64_t in, int patch);
  void norm(const std::string& path, int64_t channels, bool bias = true);
  void tensor(const std::string& name, const Shape& shape, Role role = Role::table,
              const std::string& older_name = {});

  const std::vector<Entry>& entries() const { return entries_; }
  int64_t num_parameters() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace diorama::nn
