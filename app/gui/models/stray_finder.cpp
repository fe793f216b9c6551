#include "gui/models/stray_finder.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QSet>

#include "gui/models/gallery_rows.h"

namespace diorama::gui {
namespace {

constexpr int kTogether = 1000, kMilliseconds = 1000;  // before the gallery takes what was found

}  // namespace

StrayFinder::StrayFinder(GalleryModel& gallery, QObject* parent) : QObject(parent), gallery_(gallery) {
  pool_.setMaxThreadCount(1);
}

StrayFinder::~StrayFinder() {
  closing_ = true;
  pool_.waitForDone();
  deliver();
}

void StrayFinder::look(const QString& folder) {
  const QStringList known = gallery_.paths();
  pool_.start([this, known, folder] {
    readNew(folder, QSet<QString>(known.begin(), known.end()));
    forgetGone(known);
  });
}

void StrayFinder::readNew(const QString& folder, const QSet<QString>& known) {
  QElapsedTimer sinceDelivery;
  sinceDelivery.start();
  for (const QFileInfo& file : QDir(folder).entryInfoList({"*.png"}, QDir::Files)) {
    if (closing_) return;
    if (known.contains(file.absoluteFilePath())) continue;
    const GalleryRow row = rowOf(file);
    const std::scoped_lock lock(mutex_);
    found_ << row;
    if (found_.size() < kTogether && sinceDelivery.elapsed() < kMilliseconds) continue;
    QMetaObject::invokeMethod(this, &StrayFinder::deliver);
    sinceDelivery.start();
  }
  QMetaObject::invokeMethod(this, &StrayFinder::deliver);
}

// Not those of a disk that is not there.
void StrayFinder::forgetGone(const QStringList& known) {
  QStringList gone;
  for (const QString& path : known)
    if (!QFileInfo::exists(path) && QFileInfo(path).dir().exists()) gone << path;
  QMetaObject::invokeMethod(this, [this, gone] {
    if (!gone.isEmpty()) gallery_.forgetAll(gone);
  });
}

// Now and then, so that what took long to read is not read again after the window was closed meanwhile.
void StrayFinder::deliver() {
  QList<GalleryRow> found;
  {
    const std::scoped_lock lock(mutex_);
    found.swap(found_);
  }
  if (!found.isEmpty()) gallery_.addAll(found);
}

}  // namespace diorama::gui
