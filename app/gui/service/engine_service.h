// The engine itself, on a thread of its own.
#pragma once

#include <QThread>
#include <functional>
#include <memory>

#include "gui/service/engine_client.h"
#include "gui/service/job_control.h"

namespace diorama::gui {

class EngineWorker;

class EngineService : public EngineClient {
  Q_OBJECT

 public:
  explicit EngineService(QObject* parent = nullptr);
  // Cancels what runs and waits for it: at most 200 ms.
  ~EngineService() override;

  void paint(const PaintJob& job) override;
  void cancel(qint64 job) override { control_.cancel(job); }
  void prepare(const PaintSettings& settings) override;
  void decodePreviews(bool decode) override;
  void quantise(const QuantiseWish& wish) override;
  void cancelQuantising() override { control_.cancel(JobControl::kQuantising); }
  QStringList modelFolders() const override;
  ModelFacts readModel(const QString& folder) const override;
  QList<DeviceFacts> devices() const override;

  // Sees each step on the engine's thread, before the window does; what it throws ends the picture.
  void watchSteps(std::function<void(const StepFrame&)> watcher);

 private:
  void forwardSignals();

  JobControl control_;
  QThread thread_;
  EngineWorker* worker_;  // lives on the thread, which ends it
};

}  // namespace diorama::gui
