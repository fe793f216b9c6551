// The desktop's trash, and back from there.
#pragma once

#include <QString>
#include <optional>

namespace diorama::gui {

struct TrashedFile {
  QString path;   // where it was
  QString place;  // where it lies now
};

// Of a file or a folder; none where it cannot be moved.
std::optional<TrashedFile> moveToTrash(const QString& path);

// To where it was, never over what is there by now; false where that fails.
bool takeFromTrash(const TrashedFile& file);

}  // namespace diorama::gui
