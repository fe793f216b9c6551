// The index of the gallery on disk (SQLite). The pictures themselves hold everything but their times.
#pragma once

#include <QByteArray>
#include <QList>
#include <QSqlDatabase>
#include <QString>
#include <optional>
#include <utility>

namespace diorama::gui {

struct GalleryRow {
  qint64 id = 0;
  QString path;
  QString prompt;
  QString model;
  std::optional<quint64> seed;           // none: not known
  int width = 0, height = 0, steps = 0;  // 0: not known
  QString acceleration;
  double seconds = 0;  // of the denoiser; 0: not known
  double saved = 0;    // share of the multiply-adds
  qint64 created = 0;  // ms since 1970
};

class GalleryStore {
 public:
  // An index that is damaged goes aside, to FILE.broken or a name like it, and a new one is begun.
  explicit GalleryStore(const QString& file);
  ~GalleryStore();
  GalleryStore(const GalleryStore&) = delete;
  GalleryStore& operator=(const GalleryStore&) = delete;

  bool wasDamaged() const { return damaged_; }
  // Where the damaged one is kept; empty where it could not be moved.
  const QString& aside() const { return aside_; }
  // What went wrong since it was last asked, or empty.
  QString takeProblem() { return std::exchange(problem_, {}); }

  QList<GalleryRow> all();  // newest first
  // Returns the id; 0 where it is there already or cannot be written.
  qint64 insert(const GalleryRow& row);
  // In one transaction.
  void insertAll(QList<GalleryRow>& rows);
  void remove(const QList<qint64>& ids);

 private:
  bool open();
  bool isSound();
  bool run(const QString& statement);

  QString connection_, aside_;
  QString problem_;
  int code_ = 0;  // SQLite's, of what went wrong last
  bool damaged_ = false;
};

}  // namespace diorama::gui
