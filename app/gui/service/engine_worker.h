// The engine's side of the window: lives on its own thread, keeps what is loaded.
#pragma once

#include <QObject>
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "gui/service/engine_events.h"
#include "gui/service/job_control.h"
#include "gui/service/quantise_wish.h"
#include "pipeline/pipeline.h"

namespace diorama::gui {

class EngineWorker : public QObject {
  Q_OBJECT

 public:
  explicit EngineWorker(JobControl& control);
  ~EngineWorker() override;

  // On the engine's thread.
  void watchSteps(std::function<void(const StepFrame&)> watcher) { watcher_ = std::move(watcher); }

 public slots:
  // Runs below the window and everything else; call it first, on the engine's thread.
  void yieldToOthers();
  // From any thread, also while a picture is painted.
  void decodePreviews(bool decode) { decodesPreviews_ = decode; }
  void paint(const diorama::gui::PaintJob& job);
  // Loads weights ahead of the first picture.
  void prepare(const diorama::gui::PaintSettings& settings);
  void quantise(const diorama::gui::QuantiseWish& wish);

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
  struct Loaded;
  Device& device(const QString& name);
  Pipeline& pipeline(const PaintSettings& settings);
  RenderObserver observer(qint64 job, Pipeline& pipeline);
  PaintedPicture render(const PaintJob& job);
  void save(const PaintJob& job, const Image& image, const Recipe& recipe, PaintedPicture& picture);

  JobControl& control_;
  std::atomic<bool> decodesPreviews_ = false;
  std::function<void(const StepFrame&)> watcher_ = [](const StepFrame&) {};
  QString deviceName_;
  std::unique_ptr<Device> device_;
  std::vector<std::unique_ptr<Loaded>> loaded_;  // the one used last at the end
};

}  // namespace diorama::gui
