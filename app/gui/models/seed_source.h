// Which seeds pictures get, and what the field of the seed shows after that.
#pragma once

#include <random>

#include "gui/models/settings_store.h"

namespace diorama::gui {

class SeedSource {
 public:
  explicit SeedSource(SettingsStore& store) : store_(store) {}

  // Chosen by the user: the next picture has it, whatever the mode.
  void choose(quint64 seed) { store_.setSeed(seed, SeedState::chosen); }
  void roll() { choose(draw()); }
  // The next picture gets a new one, whatever the mode.
  void open() { store_.setSeed(store_.settings().seed, SeedState::open); }
  // The first of so many seeds in a row, which count as painted from now on.
  quint64 take(int count);
  // A picture with this seed is on the canvas: the field shows it, if it is one of the last taken.
  void follow(quint64 seed);

 private:
  quint64 next();
  quint64 draw() { return random_(); }  // 32 bits: short enough to type again

  SettingsStore& store_;
  std::random_device random_;
  quint64 first_ = 0;  // of the last taken
  int count_ = 0;
};

}  // namespace diorama::gui
