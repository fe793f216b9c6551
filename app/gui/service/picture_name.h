#pragma once

#include <QString>

namespace diorama::gui {

// The next free name of a folder: "0007-smiling-cat-1234.png", from the words of the prompt and the seed.
// Makes the folder. Throws Fault::file_system where that fails.
QString nextPicturePath(const QString& folder, const QString& words, quint64 seed);

}  // namespace diorama::gui
