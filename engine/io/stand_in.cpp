#include "io/stand_in.h"

namespace diorama {

std::string_view describe_stand_in(std::string_view beginning) {
  if (beginning.starts_with("version https://git-lfs"))
    return "a Git LFS pointer, not the file itself; fetch that with git lfs pull";
  if (beginning.starts_with("<!") || beginning.starts_with("<html"))
    return "a web page, not the file itself; fetch it again, perhaps after signing in there";
  return {};
}

}  // namespace diorama
