// Everything behind the window: the engine and the models, and how the one's answers reach the others.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <memory>
#include <optional>

#include "gui/models/canvas_picture.h"
#include "gui/models/gallery_model.h"
#include "gui/models/grid_runs.h"
#include "gui/models/library.h"
#include "gui/models/model_shelf.h"
#include "gui/models/models_model.h"
#include "gui/models/queue_model.h"
#include "gui/models/seed_source.h"
#include "gui/models/settings_store.h"
#include "gui/models/stray_finder.h"
#include "gui/models/strip_model.h"
#include "gui/models/timeline_model.h"
#include "gui/service/engine_client.h"
#include "gui/service/model_import.h"
#include "gui/service/setting_fact.h"

namespace diorama::gui {

class Session : public QObject {
  Q_OBJECT

 public:
  // Without an engine it is the real one.
  explicit Session(const Library& library, std::unique_ptr<EngineClient> engine = nullptr,
                   QObject* parent = nullptr);
  // What is painted then is offered again at the next start.
  ~Session() override;

  QueueModel& queue() { return queue_; }
  GalleryModel& gallery() { return gallery_; }
  ModelsModel& models() { return models_; }
  SettingsStore& store() { return store_; }
  TimelineModel& timeline() { return timeline_; }
  StripModel& strip() { return strip_; }
  EngineClient& engine() { return *engine_; }
  ModelImport& importer() { return importer_; }
  QString modelsFolder() const { return library_.modelsFolder(); }
  const QList<DeviceFacts>& devices() const { return devices_; }

  // The model that is set; null while it is read.
  const ModelFacts* model() const { return models_.find(store_.settings().model); }
  // Where pictures go.
  QString pictures() const;
  qint64 running() const { return running_; }  // 0: nothing

  // Reads models, devices and the folder of pictures in the background; shows the last picture; resumes the
  // queue.
  void start();

  // Whether there is a model to paint with, and if not, why, in words; empty: there is.
  QString whyNotPaint() const;
  // As the settings say, as often as they say. False, with `refused`, where they cannot be painted.
  bool paint();
  // A picture for each cell, then a sheet of them in the folder `grids` beside the pictures.
  bool paintGrid(const GridSpec& spec);
  // The picture once more without shortcuts, to be compared; `whyNotExact` is empty where that makes sense.
  void paintExact(const QString& path);
  QString whyNotExact(const QString& path) const;

  // Goes on from a step of the shown run with the settings as they are now. Model, precision, size, steps
  // and, unless another was chosen since, the seed are the parent's.
  void branch(int row);
  QString whyNotBranch(int row) const;  // empty: it can be branched from
  // What a branch would change.
  QList<SettingFact> branchChanges() const;

  // The picture that is painted; where nothing is because the queue is held, the one that is next.
  void cancel();
  bool canCancel() const;
  void cancelAll();
  // Everything but what is painted.
  void clearQueue();
  void removeFromQueue(qint64 job);
  void discardInterrupted();
  // What was taken out of the queue last, once more.
  void restoreQueue();

  void rollSeed() { seeds_.roll(); }
  void setSeed(quint64 seed) { seeds_.choose(seed); }
  void openSeed() { seeds_.open(); }
  // What was typed: nothing and -1 stand for a new one. Why it is no seed, or empty.
  QString typeSeed(const QString& text);
  std::optional<quint64> lastSeed() const { return store_.state().lastSeed; }
  void takeLastSeed();
  void resetToRecommended();
  // Another model, with what it recommends.
  void chooseModel(const QString& path);

  // What was dropped: a folder is a model, a file a picture.
  void openFile(const QString& path);
  // Settings of a picture file; a message says what could not be taken over.
  void restore(const QString& path);
  // The pictures' files, and out of the gallery; a message names those where it fails.
  void moveToTrash(const QStringList& paths);
  // What was deleted last, once more.
  void untrash();

  void renameModel(const QString& path, const QString& title) { models_.setTitle(path, title); }
  QString whyNotRemove(const QString& path) const { return shelf_.whyNotRemove(path); }
  void removeModel(const QString& path);
  void restoreModel();
  void quantise(const QuantiseWish& wish);
  // Where a quantised model should go.
  QString quantisedFolder(const ModelFacts& model, const QString& format) const {
    return shelf_.newFolder(model, format);
  }
  // "Waiting: quantising Diorama Mini (49 of 160)", while that keeps pictures waiting; else empty.
  QString holdReason() const;

  // Previews by the autoencoder, from the next step on.
  void decodePreviews(bool decode);
  // A picture of the gallery into the canvas, with its steps where they are still known. What is painted goes
  // on beside.
  void show(const QString& path);
  // Back to what is painted.
  void watchRun();
  // What is painted is, or will be, on the canvas.
  bool watching() const { return watching_; }
  const CanvasPicture& canvas() const { return canvas_; }
  const QString& shownPath() const { return canvas_.path; }
  // The line under the canvas, with what differs from the settings; empty where nothing is known.
  QList<SettingFact> caption() const;

  // A run or a quantisation would be lost.
  bool busy() const { return running_ != 0 || quantisations_ > 0; }
  // Nothing begins any more; `idle` says when what runs is done.
  void stopAfterThis() { stopping_ = true; }
  // What is painted is given up and offered again at the next start.
  void quitNow();

 signals:
  void devicesKnown();
  void readinessChanged();  // of whyNotPaint()
  // Nothing was queued. `field` is one of Refusal; no message beside it.
  void refused(const QString& field, const QString& text);
  void queuedWhilePaused(int pictures);
  void stageReached(diorama::gui::PaintStage stage);
  void parentStepTaken(const diorama::gui::ParentStep& step);
  void stepTaken(const diorama::gui::StepFrame& frame);
  void painted(const diorama::gui::PaintedPicture& picture);
  void shown(const QString& path, const QImage& image);
  void canvasChanged();   // also of the caption
  void captionChanged();  // by the settings: what differs from them
  void cancelled(qint64 job);
  void holdChanged();
  void idle();  // nothing runs, and nothing more begins by itself
  // One event each.
  void message(const QString& text, const QString& advice, bool isError);
  // What follows can be taken back: restoreQueue(), untrash(), restoreModel().
  void queueCleared(int jobs);
  void trashed(const QStringList& paths);
  void modelRemoved(const QString& title);
  void gridReady(const QString& path);
  void compareReady(const QString& a, const QString& b);
  void modelDropped(const QString& folder);

 private:
  void connectEngine();
  void connectModels();
  void readDevices();
  void chooseFirstModel();
  void showLatest();
  void reportDamage();

  bool refuse(const QString& field, const QString& text);
  bool accepts(const PaintSettings& settings);
  QList<qint64> enqueue(QList<PaintJob> jobs);
  PaintSettings branchSettings() const;
  void saveSheet(const GridSpec& spec, const QList<GridCell>& cells);
  void onSheet(const QString& folder, const QString& path);  // empty: not saved
  void keepCleared(const QList<PlacedEntry>& entries);
  void endQuantising();

  void runNext();
  void beginRun();
  void showRun();
  void onPainted(const PaintedPicture& picture);
  void showPainted(const PaintedPicture& picture);
  void onUnsaved(const PaintedPicture& picture);
  void onFailed(qint64 job, const Failure& failure);
  void endCanvas(bool wasCancelled);
  void onGalleryProblem(const QString& problem);
  CanvasPicture canvasOf(const QString& path) const;

  Library library_;
  std::unique_ptr<EngineClient> engine_;  // outlives the models
  SettingsStore store_;
  QueueModel queue_;
  GalleryModel gallery_;
  ModelsModel models_;
  ModelShelf shelf_;
  TimelineModel timeline_;
  StripModel strip_;
  SeedSource seeds_;
  StrayFinder strays_;
  GridRuns grids_;
  QList<DeviceFacts> devices_;

  qint64 running_ = 0;
  PaintJob job_;            // that runs
  quint64 cacheBytes_ = 0;  // of the run, as planned
  bool begun_ = false;      // the engine took the request
  bool watching_ = true;
  CanvasPicture canvas_;
  QList<QList<PlacedEntry>> cleared_;
  QList<QList<TrashedPicture>> trashed_;
  QString quantising_, quantised_;  // the model's title, and how far it is
  int quantisations_ = 0;
  bool stopping_ = false, closing_ = false;
  QThreadPool pool_;
  ModelImport importer_;
};

}  // namespace diorama::gui
