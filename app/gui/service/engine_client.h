// The engine as the window sees it: it is asked by calls that return at once, and answers by signals in the
// window's thread. It does one job at a time; the queue is a model's business.
#pragma once

#include <QList>
#include <QObject>
#include <QStringList>

#include "gui/service/device_facts.h"
#include "gui/service/engine_events.h"
#include "gui/service/model_facts.h"
#include "gui/service/quantise_wish.h"

namespace diorama::gui {

class EngineClient : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  virtual void paint(const PaintJob& job) = 0;
  // Also before the job begins.
  virtual void cancel(qint64 job) = 0;
  // Loads a model ahead of its first picture.
  virtual void prepare(const PaintSettings& settings) = 0;
  // What the autoencoder makes of each step in place of the quick preview, from the next step on.
  virtual void decodePreviews(bool decode) = 0;
  virtual void quantise(const QuantiseWish& wish) = 0;
  virtual void cancelQuantising() = 0;

  // These take a moment and may be called from any thread.
  virtual QStringList modelFolders() const = 0;
  virtual ModelFacts readModel(const QString& folder) const = 0;
  virtual QList<DeviceFacts> devices() const = 0;

 signals:
  void deviceOpened(const QString& asked, const QString& description);
  void stageReached(qint64 job, diorama::gui::PaintStage stage);
  void promised(qint64 job, const diorama::gui::RunPromise& promise);
  void parentStepTaken(const diorama::gui::ParentStep& step);
  void stepTaken(const diorama::gui::StepFrame& frame);
  void warned(qint64 job, const QString& text);
  void painted(const diorama::gui::PaintedPicture& picture);
  void failed(qint64 job, const diorama::gui::Failure& failure);
  void quantiseProgressed(const QString& what, int done, int total);
  void quantised(const QString& destination, const QString& report);
  void quantiseFailed(const diorama::gui::Failure& failure);
};

}  // namespace diorama::gui
