// The engine as the window sees it: asks by calls that return at once, answers by signals in the window's
// thread. One job at a time; the queue is a model's business.
#pragma once

#include <QObject>
#include <QThread>
#include <functional>
#include <memory>

#include "gui/service/engine_events.h"
#include "gui/service/job_control.h"
#include "gui/service/quantise_wish.h"

namespace diorama::gui {

class EngineWorker;

class EngineService : public QObject {
  Q_OBJECT

 public:
  explicit EngineService(QObject* parent = nullptr);
  // Cancels what runs and waits for it: at most 200 ms.
  ~EngineService() override;

  void paint(const PaintJob& job);
  void cancel(qint64 job) { control_.cancel(job); }
  void prepare(const PaintSettings& settings);
  // Sees each step on the engine's thread, before the window does; what it throws ends the picture.
  void watchSteps(std::function<void(const StepFrame&)> watcher);
  // What the autoencoder makes of each step in place of the quick preview, from the next step on.
  void decodePreviews(bool decode);
  void quantise(const QuantiseWish& wish);
  void cancelQuantising() { control_.cancel(JobControl::kQuantising); }

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

 private:
  void forwardSignals();

  JobControl control_;
  QThread thread_;
  EngineWorker* worker_;  // lives on the thread, which ends it
};

}  // namespace diorama::gui
