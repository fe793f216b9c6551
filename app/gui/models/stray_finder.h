// Pictures in the folder that the gallery does not know, because they were saved just before a crash or were
// copied there; and pictures that it knows and that are gone.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <mutex>

#include "gui/models/gallery_model.h"

namespace diorama::gui {

class StrayFinder : public QObject {
  Q_OBJECT

 public:
  explicit StrayFinder(GalleryModel& gallery, QObject* parent = nullptr);
  // Waits for the file that is being read; what was read until then is kept.
  ~StrayFinder() override;

  // In the background.
  void look(const QString& folder);

 private:
  void readNew(const QString& folder, const QSet<QString>& known);
  void forgetGone(const QStringList& known);
  void deliver();

  GalleryModel& gallery_;
  std::atomic<bool> closing_ = false;
  std::mutex mutex_;
  QList<GalleryRow> found_;  // and not in the gallery yet
  QThreadPool pool_;
};

}  // namespace diorama::gui
