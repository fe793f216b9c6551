#pragma once

#include <QString>
#include <string>

namespace diorama::gui {

// The next free name of a folder: "0007-smiling-cat-1234.png", from the words of the prompt and the seed.
// Makes the folder. Throws Fault::file_system where that fails.
QString nextPicturePath(const QString& folder, const QString& words, quint64 seed);

// A new file under that name, or under the next where another program was quicker; its path. Throws
// Fault::file_system.
QString writeNextPicture(const QString& folder, const QString& words, quint64 seed, const std::string& png);
// The same under FOLDER/STEM.png, FOLDER/STEM-2.png, ...
QString writeNewPicture(const QString& folder, const QString& stem, const std::string& png);

}  // namespace diorama::gui
