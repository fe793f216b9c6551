#include "gui/models/seed_source.h"

namespace diorama::gui {

quint64 SeedSource::next() {
  const WindowState& state = store_.state();
  if (state.seedState == SeedState::chosen) return state.settings.seed;
  if (state.seedState == SeedState::open || state.seedMode == SeedMode::fresh) return draw();
  const bool goesOn = state.seedMode == SeedMode::next && state.lastSeed;
  return goesOn ? *state.lastSeed + 1 : state.settings.seed;
}

quint64 SeedSource::take(int count) {
  first_ = next();
  count_ = count;
  store_.setLastSeed(first_ + static_cast<quint64>(count - 1));
  store_.setSeed(first_, SeedState::painted);
  return first_;
}

// Seeds go round: the one after the largest is 0.
void SeedSource::follow(quint64 seed) {
  const WindowState& state = store_.state();
  const bool isTaken = seed - first_ < static_cast<quint64>(count_);
  if (isTaken && state.seedState == SeedState::painted && state.seedMode != SeedMode::keep)
    store_.setSeed(seed, SeedState::painted);
}

}  // namespace diorama::gui
