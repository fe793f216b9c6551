// Small pictures of files, read when they are first looked at, off the window's thread.
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QThreadPool>

namespace diorama::gui {

class Thumbnails : public QObject {
  Q_OBJECT

 public:
  explicit Thumbnails(QObject* parent = nullptr);
  ~Thumbnails() override;

  static constexpr int kSide = 256;  // pixels, at most

  // Null while it is read; then `ready` comes.
  QImage of(const QString& path);
  // What is known without reading it.
  void put(const QString& path, const QImage& image);
  int numRead() const { return numRead_; }

 signals:
  void ready(const QString& path);

 private:
  void keep(const QString& path, const QImage& image);

  QCache<QString, QImage> images_;
  QSet<QString> asked_;
  QThreadPool pool_;
  int numRead_ = 0;
  int priority_ = 0;  // what was asked for last is read first
};

}  // namespace diorama::gui
