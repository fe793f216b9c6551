// A seed as people type it.
#pragma once

#include <QString>
#include <optional>

namespace diorama::gui {

struct SeedText {
  std::optional<quint64> seed;  // none: a new one is to be drawn (nothing, or -1), or there is a problem
  QString problem;              // why the text is no seed, or empty
};

SeedText readSeed(const QString& text);

}  // namespace diorama::gui
