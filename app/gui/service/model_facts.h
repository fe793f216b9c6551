// What the window knows of a model without loading it.
#pragma once

#include <QColor>
#include <QList>
#include <QMetaType>
#include <QSize>
#include <QStringList>
#include <memory>

#include "gui/service/paint_settings.h"

namespace diorama::gui {

class TokenCounter;

struct PrecisionMemory {
  QString precision;
  qint64 bytes = 0;  // weights of all parts and the largest work space
};

struct PlanFacts {
  QString name;
  QString
      summary;  // "2.4× as fast, very close to exact (PSNR 33.0 dB, SSIM 0.976)", or that it was not tuned
};

struct ModelFacts {
  QString path;
  QString name;         // as the search path knows it
  QString title;        // for people: the user's own, else the folder's
  QString ownTitle;     // the folder's, as recipes name it
  QString hash;         // as recipes name it
  QString earlierHash;  // as those of earlier versions do
  QString description;
  QString license;
  QString problem;  // why it cannot be used, or empty
  QStringList families;
  qint64 bytes = 0;  // of the folder
  qint64 parameters = 0;
  QList<PrecisionMemory> memory;
  QString quantised;  // the integer format it is kept in, or empty
  QString report;     // what quantising it found: sizes and distances; may be empty

  PaintSettings recommended;  // everything the model decides, and its name
  int sizeMultiple = 8;       // pixels
  QList<QSize> sizes;
  QStringList samplers;
  QStringList samplersWithEta;
  bool hasShift = false;  // flow matching
  QList<PlanFacts> plans;
  int numBlocks = 0;
  bool hasPreview = false;

  QStringList subjects, styles, backgrounds;  // prompt hints
  QList<QColor> backgroundColours;            // as many, or none
  QString pattern;                            // "{subject}, {style} on a {background} background"
  QStringList classes;                        // by number; empty: paints prompts

  std::shared_ptr<const TokenCounter> tokens;  // null: class-conditional

  bool usable() const { return problem.isEmpty(); }
};

// Reads a folder: seconds for a large one. Never throws: what is wrong stands in `problem`.
ModelFacts readModelFacts(const QString& folder);

// What quantising did: weights in bytes, pictures in dB against those of the model it was made from.
QString quantisationText(double bytesBefore, double bytesAfter, double psnr, double worst);

// Every folder on the search path.
QStringList modelFolders();

}  // namespace diorama::gui

Q_DECLARE_METATYPE(diorama::gui::ModelFacts)
