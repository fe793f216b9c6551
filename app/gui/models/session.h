// Everything behind the window: the engine and the models, and how the one's answers reach the others.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <mutex>
#include <random>

#include "gui/models/gallery_model.h"
#include "gui/models/grid_run.h"
#include "gui/models/library.h"
#include "gui/models/models_model.h"
#include "gui/models/queue_model.h"
#include "gui/models/settings_store.h"
#include "gui/models/strip_model.h"
#include "gui/models/timeline_model.h"
#include "gui/service/device_facts.h"
#include "gui/service/engine_service.h"
#include "gui/service/model_import.h"

namespace diorama::gui {

class Session : public QObject {
  Q_OBJECT

 public:
  explicit Session(const Library& library, QObject* parent = nullptr);
  ~Session() override;

  QueueModel& queue() { return queue_; }
  GalleryModel& gallery() { return gallery_; }
  ModelsModel& models() { return models_; }
  SettingsStore& store() { return store_; }
  TimelineModel& timeline() { return timeline_; }
  StripModel& strip() { return strip_; }
  EngineService& engine() { return engine_; }
  ModelImport& importer() { return importer_; }
  QString modelsFolder() const { return library_.modelsFolder(); }
  const QList<DeviceFacts>& devices() const { return devices_; }

  // The model that is set; null while it is read.
  const ModelFacts* model() const { return models_.find(store_.settings().model); }
  // Where pictures go.
  QString pictures() const;
  // Where the picture that is shown came from, or that is painted; empty: none.
  const QString& shownPath() const { return shownPath_; }
  qint64 running() const { return running_; }

  // Reads models, devices and the folder of pictures in the background; resumes the queue.
  void start();
  // As the settings say, as often as they say; draws seeds that are not locked.
  void paint();
  // The picture once more without shortcuts, to be compared.
  void paintExact(const QString& path);
  // A picture for each cell, then a sheet of them in the folder `grids` beside the pictures.
  void paintGrid(const GridSpec& spec);
  // Goes on from a step of the shown run with the settings as they are now.
  void branch(int row);
  void cancel();
  void cancelAll();
  void rollSeed();
  void resetToRecommended();
  // Another model, with what it recommends.
  void chooseModel(const QString& path);
  // Settings of a picture file; a message says what could not be taken over.
  void restore(const QString& path);
  // The pictures' files, and out of the gallery; a message names those where it fails.
  void moveToTrash(const QStringList& paths);
  // Previews by the autoencoder, from the next step on.
  void decodePreviews(bool decode);
  // A picture of the gallery into the canvas, with its steps where they are still known; the steps of a run
  // stay.
  void show(const QString& path);

 signals:
  void devicesKnown();
  void stageReached(diorama::gui::PaintStage stage);
  void parentStepTaken(const diorama::gui::ParentStep& step);
  void stepTaken(const diorama::gui::StepFrame& frame);
  void painted(const diorama::gui::PaintedPicture& picture);
  void shown(const QString& path, const QImage& image);
  void cancelled(qint64 job);
  void idle();  // nothing runs, nothing waits
  void message(const QString& text, const QString& advice, bool isError);
  void gridReady(const QString& path);
  void compareReady(const QString& a, const QString& b);

 private:
  void connectEngine();
  void runNext();
  QList<qint64> enqueue(QList<PaintJob> jobs);
  void saveSheet(const GridRun& grid);
  void onSheet(const QString& folder, const QString& path);  // empty: not saved
  quint64 drawSeed();
  void onPainted(const PaintedPicture& picture);
  void onUnsaved(const PaintedPicture& picture);
  void addToGallery(const PaintedPicture& picture);
  void onGalleryProblem(const QString& problem);
  void onFailed(qint64 job, const Failure& failure);
  void findStrays();
  void takeStrays();
  void reportDamage();

  Library library_;
  SettingsStore store_;
  QueueModel queue_;
  GalleryModel gallery_;
  ModelsModel models_;
  TimelineModel timeline_;
  StripModel strip_;
  QList<DeviceFacts> devices_;
  std::random_device random_;
  QList<GridRun*> grids_;  // those not finished
  qint64 running_ = 0;
  QString shownPath_;
  std::atomic<bool> closing_ = false;
  std::mutex straysMutex_;
  QList<GalleryRow> strays_;  // found, and not in the gallery yet
  QThreadPool pool_;
  ModelImport importer_;
  EngineService engine_;
};

}  // namespace diorama::gui
