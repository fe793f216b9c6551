// Failures, typed by who must act. The command line turns them into exit codes at one place.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace diorama {

enum class Fault {
  internal,            // a defect of the program
  usage,               // an argument, a prompt or a setting is wrong
  model_file,          // a model folder or file is broken or of an unknown kind
  unsupported_device,  // no usable device, with the reason
  out_of_memory,       // which stage, how much, what would fit
  device_lost,         // the driver gave up
  file_system,         // a file cannot be read or written
  unusable_result,     // NaN or a flat picture
  cancelled,           // the user asked to stop
};

// Every message begins with the op or the file it is about and says what to do.
class Error : public std::runtime_error {
 public:
  // What the message quotes may come from anywhere: it becomes one line that a terminal can show, of at most
  // some 600 bytes; of a longer one the beginning and the end are kept.
  Error(Fault fault, std::string_view message);
  Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

template <typename... Args>
[[noreturn]] void fail(Fault fault, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fault, fmt::format(format, std::forward<Args>(args)...));
}

// A condition that only a defect of the program can break.
template <typename... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) fail(Fault::internal, format, std::forward<Args>(args)...);
}

}  // namespace diorama
