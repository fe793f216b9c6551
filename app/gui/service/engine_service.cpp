#include "gui/service/engine_service.h"

#include "gui/service/engine_worker.h"

namespace diorama::gui {

EngineService::EngineService(QObject* parent) : EngineClient(parent), worker_(new EngineWorker(control_)) {
  qRegisterMetaType<PaintStage>();
  qRegisterMetaType<ParentStep>();
  qRegisterMetaType<StepFrame>();
  qRegisterMetaType<RunPromise>();
  qRegisterMetaType<PaintedPicture>();
  qRegisterMetaType<Failure>();
  worker_->moveToThread(&thread_);
  connect(&thread_, &QThread::started, worker_, &EngineWorker::yieldToOthers);
  connect(&thread_, &QThread::finished, worker_, &QObject::deleteLater);
  forwardSignals();
  thread_.setObjectName("engine");
  thread_.start();
}

EngineService::~EngineService() {
  control_.close();
  thread_.quit();
  thread_.wait();
}

void EngineService::forwardSignals() {
  connect(worker_, &EngineWorker::deviceOpened, this, &EngineService::deviceOpened);
  connect(worker_, &EngineWorker::stageReached, this, &EngineService::stageReached);
  connect(worker_, &EngineWorker::promised, this, &EngineService::promised);
  connect(worker_, &EngineWorker::parentStepTaken, this, &EngineService::parentStepTaken);
  connect(worker_, &EngineWorker::stepTaken, this, &EngineService::stepTaken);
  connect(worker_, &EngineWorker::warned, this, &EngineService::warned);
  connect(worker_, &EngineWorker::painted, this, &EngineService::painted);
  connect(worker_, &EngineWorker::failed, this, &EngineService::failed);
  connect(worker_, &EngineWorker::quantiseProgressed, this, &EngineService::quantiseProgressed);
  connect(worker_, &EngineWorker::quantised, this, &EngineService::quantised);
  connect(worker_, &EngineWorker::quantiseFailed, this, &EngineService::quantiseFailed);
}

void EngineService::paint(const PaintJob& job) {
  QMetaObject::invokeMethod(worker_, [worker = worker_, job] { worker->paint(job); });
}

void EngineService::decodePreviews(bool decode) {
  worker_->decodePreviews(decode);
}

void EngineService::prepare(const PaintSettings& settings) {
  QMetaObject::invokeMethod(worker_, [worker = worker_, settings] { worker->prepare(settings); });
}

void EngineService::watchSteps(std::function<void(const StepFrame&)> watcher) {
  QMetaObject::invokeMethod(
      worker_, [worker = worker_, watcher = std::move(watcher)] { worker->watchSteps(watcher); });
}

void EngineService::quantise(const QuantiseWish& wish) {
  QMetaObject::invokeMethod(worker_, [worker = worker_, wish] { worker->quantise(wish); });
}

QStringList EngineService::modelFolders() const {
  return gui::modelFolders();
}

ModelFacts EngineService::readModel(const QString& folder) const {
  return readModelFacts(folder);
}

QList<DeviceFacts> EngineService::devices() const {
  return devicesOfMachine();
}

}  // namespace diorama::gui
