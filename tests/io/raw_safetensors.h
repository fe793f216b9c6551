// Safetensors files put together by hand, right or wrong.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::test {

template <typename T>
std::string raw_bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

inline std::string raw_safetensors(std::string_view header, std::string_view data, uint64_t header_length) {
  std::string file(8, '\0');
  std::memcpy(file.data(), &header_length, 8);
  return file.append(header).append(data);
}
inline std::string raw_safetensors(std::string_view header, std::string_view data) {
  return raw_safetensors(header, data, header.size());
}

// One tensor "w" of F32 [count].
inline std::string one_tensor(const std::vector<float>& values, const std::string& name = "w") {
  const std::string header = fmt::format(R"({{"{}":{{"dtype":"F32","shape":[{}],"data_offsets":[0,{}]}}}})",
                                         name, values.size(), 4 * values.size());
  return raw_safetensors(header, raw_bytes(values));
}

}  // namespace diorama::test
