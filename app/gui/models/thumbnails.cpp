#include "gui/models/thumbnails.h"

#include "gui/service/pictures.h"

namespace diorama::gui {
namespace {

constexpr int kCacheKilobytes = 96 * 1024;

}  // namespace

Thumbnails::Thumbnails(QObject* parent) : QObject(parent), images_(kCacheKilobytes) {
  pool_.setMaxThreadCount(1);
  pool_.setThreadPriority(QThread::LowPriority);
}

Thumbnails::~Thumbnails() {
  pool_.clear();
  pool_.waitForDone();
}

QImage Thumbnails::of(const QString& path) {
  if (const QImage* image = images_.object(path)) return *image;
  if (asked_.contains(path)) return {};
  asked_ << path;
  pool_.start(
      [this, path] {
        const QImage image = readSmallPicture(path, kSide);
        QMetaObject::invokeMethod(this, [this, path, image] { keep(path, image); });
      },
      ++priority_);
  return {};
}

void Thumbnails::put(const QString& path, const QImage& image) {
  const QSize most(kSide, kSide);
  const bool small = image.width() <= kSide && image.height() <= kSide;
  const QImage kept = small ? image : image.scaled(most, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  const auto kilobytes = static_cast<int>(kept.sizeInBytes() / 1024);
  images_.insert(path, new QImage(kept), std::max(kilobytes, 1));
}

void Thumbnails::keep(const QString& path, const QImage& image) {
  asked_.remove(path);
  ++numRead_;
  put(path, image);
  emit ready(path);
}

}  // namespace diorama::gui
