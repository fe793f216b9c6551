// The safetensors format: u64 header length, a JSON header, row-major little-endian tensors without gaps.
// Files are untrusted: every error names the file and the tensor. Its fault says whose file it is,
// Fault::model_file where nothing else is said: only a model's file is to be fetched again.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "tensor/host_tensor.h"

namespace diorama {

enum class StoredType {
  f32,
  f16,
  bf16,
  f64,
  f8_e4m3,
  f8_e5m2,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean
};

std::string_view name_of(StoredType type);  // as in the file: "BF16"
size_t byte_size(StoredType type);

struct StoredTensor {
  StoredType type = StoredType::f32;
  Shape shape;
  size_t offset = 0;  // bytes from the beginning of the file
  size_t size = 0;    // bytes
};

struct SafetensorsHeader {
  std::map<std::string, StoredTensor, std::less<>> tensors;
  std::map<std::string, std::string, std::less<>> metadata;
  size_t byte_size = 0;  // where the tensors begin
};

// `where` opens the messages.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, std::string_view where,
                                           Fault fault = Fault::model_file);

// A mapped file. Tensors are named by their key; those that are not there are an error.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path, Fault fault = Fault::model_file);

  const SafetensorsHeader& header() const { return header_; }
  const std::filesystem::path& path() const { return file_.path(); }
  std::span<const std::byte> bytes() const { return file_.bytes(); }

  bool contains(std::string_view name) const;
  const StoredTensor& tensor(std::string_view name) const;

  // Rows along the first dimension, F32, F16 or BF16 to fp32. A NaN or an infinity is an error.
  void read_rows_f32(std::string_view name, int64_t first_row, int64_t num_rows, float* out) const;
  HostTensor read_f32(std::string_view name) const;
  // Rows as they are stored.
  void read_rows(std::string_view name, int64_t first_row, int64_t num_rows, std::byte* out) const;
  // I32, I64, U8 or BOOL that fit into 32 bits.
  std::vector<int32_t> read_i32(std::string_view name) const;

  // Fails where the file has become shorter: what it has lost reads as zeros. Every read of tensors ends with
  // it; who reads bytes() calls it.
  void check_whole() const;

  // Gives the tensor's pages back to the kernel once it is packed elsewhere.
  void drop_pages(std::string_view name) const;

 private:
  [[noreturn]] void reject(std::string_view name, std::string_view problem) const;

  MappedFile file_;
  SafetensorsHeader header_;
  Fault fault_;
};

struct TensorToWrite {
  std::string name;
  Shape shape;
  std::variant<std::span<const float>, std::span<const int32_t>, std::span<const uint16_t>,
               std::span<const std::byte>>
      values;  // F32, I32, F16, U8
};

// The bytes of a file, in order and in pieces, to whoever takes them.
void encode_safetensors(std::span<const TensorToWrite> tensors,
                        const std::map<std::string, std::string>& metadata,
                        const std::function<void(std::span<const std::byte>)>& take);
// Atomically.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace diorama
