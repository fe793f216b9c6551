// One line of a terminal that is written again and again; nothing where stderr is no terminal.
#pragma once

#include <string>

namespace diorama::cli {

class TerminalLine {
 public:
  TerminalLine();
  ~TerminalLine() { clear(); }
  void show(const std::string& text);
  void clear();

 private:
  bool terminal_;
  bool shown_ = false;
};

}  // namespace diorama::cli
