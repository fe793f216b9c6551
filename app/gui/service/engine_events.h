// What the engine's thread answers with: whole values, shared by nobody.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QMetaType>
#include <QString>
#include <memory>
#include <vector>

#include "gui/service/failure.h"
#include "gui/service/paint_job.h"

namespace diorama::gui {

enum class PaintStage { load, encode, denoise, decode, save };

// A step of a run: what is seen of it, what it took, and the point to branch from.
struct StepFrame {
  qint64 job = 0;
  int step = 0;  // 1 .. steps
  int steps = 0;
  double milliseconds = 0;
  QImage preview;  // a pixel a latent cell, or decoded; null: the model has no preview
  bool decoded = false;
  double previewMilliseconds = 0;
  std::shared_ptr<const SolverState> state;
  qint64 sitesReached = 0, sitesComputed = 0;
  qint64 tokensKept = 0, tokensTotal = 0;
  quint64 executedMacs = 0, fullMacs = 0;
  std::vector<float> blocks;       // share of a block's work that was done; empty: unknown
  std::vector<std::uint8_t> kept;  // a token each, rows from the top; empty: all
  int tokenColumns = 0;
};

// A step of a branch's parent, taken again.
struct ParentStep {
  qint64 job = 0;
  int step = 0, steps = 0;
  double milliseconds = 0;
};

struct RunPromise {
  quint64 macs = 0, fullMacs = 0;
  quint64 cacheBytes = 0;
};

struct PaintedPicture {
  qint64 job = 0;
  QString path;     // empty: could not be saved
  QString problem;  // why
  QImage image;
  QByteArray recipe;       // JSON
  PaintSettings settings;  // nothing left open in them
  double seconds = 0;      // of the denoiser
  double totalSeconds = 0;
  quint64 executedMacs = 0, fullMacs = 0;
  QString compareWith;
};

}  // namespace diorama::gui

Q_DECLARE_METATYPE(diorama::gui::PaintStage)
Q_DECLARE_METATYPE(diorama::gui::StepFrame)
Q_DECLARE_METATYPE(diorama::gui::ParentStep)
Q_DECLARE_METATYPE(diorama::gui::RunPromise)
Q_DECLARE_METATYPE(diorama::gui::PaintedPicture)
