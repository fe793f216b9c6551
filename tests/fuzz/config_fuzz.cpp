#include <cstdint>

#include "base/error.h"
#include "base/json_config.h"
#include "reject.h"

namespace {

template <typename Read>
void read_or_reject(Read read) {
  diorama::read_or_reject(diorama::Fault::model_file, read);
}

void read_every_key(const diorama::Config& config) {
  for (const std::string& key : config.keys()) {
    read_or_reject([&] { config.get<bool>(key); });
    read_or_reject([&] { config.get_int(key, 1, 256); });
    read_or_reject([&] { config.get<int64_t>(key); });
    read_or_reject([&] { config.get<float>(key); });
    read_or_reject([&] { config.get_number(key, 0, 1); });
    read_or_reject([&] { config.get<std::string>(key); });
    read_or_reject([&] { config.get_ints(key, 1, 4096); });
    read_or_reject([&] { config.get<std::vector<double>>(key); });
    read_or_reject([&] { config.get_word_or_first(key, {"silu", "gelu"}); });
    read_or_reject([&] { read_every_key(config.get<diorama::Config>(key)); });
    read_or_reject([&] { config.get<std::vector<diorama::Config>>(key); });
  }
}

}  // namespace

// Whatever the text is, it is read or rejected as a model file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_or_reject([&] { read_every_key(diorama::Config::parse(text, "fuzz")); });
  return 0;
}
