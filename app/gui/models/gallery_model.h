// The pictures that were painted, newest first, as far as the search and the filter let them through.
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QList>
#include <optional>

#include "gui/models/gallery_store.h"
#include "gui/models/thumbnails.h"
#include "gui/service/trash.h"

namespace diorama::gui {

// A picture that was deleted. One whose file was gone already has no place in the trash.
struct TrashedPicture {
  TrashedFile file;
  GalleryRow row;
};

enum class GalleryFilter { all, exact, accelerated };

class GalleryModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { PathRole = Qt::UserRole };

  explicit GalleryModel(const QString& file, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  QStringList mimeTypes() const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

  const GalleryRow& row(int visible) const { return rows_.at(shown_.at(visible)); }
  int rowOf(const QString& path) const { return place_.value(path, -1); }
  int numPictures() const { return static_cast<int>(rows_.size()); }
  QStringList paths() const;
  const GalleryRow* find(const QString& path) const;
  bool wasDamaged() const { return store_.wasDamaged(); }
  const QString& aside() const { return store_.aside(); }
  // Of the index, so far: what it says later comes by problemFound.
  QString takeProblem() { return store_.takeProblem(); }
  Thumbnails& thumbnails() { return thumbnails_; }

  // Every word must occur in prompt, model, seed or file name.
  void setSearch(const QString& text);
  void setFilter(GalleryFilter filter);

  // What is there already is left out; what the index cannot take is shown all the same.
  void add(GalleryRow row);
  void addAll(const QList<GalleryRow>& rows);
  // From the index; the files stay.
  void forget(const QString& path);
  void forgetAll(const QStringList& paths);
  // Into the desktop's trash; none where that fails.
  std::optional<TrashedPicture> moveToTrash(const QString& path);
  // And back; false where the file cannot come back.
  bool takeFromTrash(const TrashedPicture& picture);

 signals:
  void problemFound(const QString& problem);

 private:
  void reportProblem();
  bool passes(const GalleryRow& row) const;
  void rebuild();
  void reindex();
  void thumbnailReady(const QString& path);

  GalleryStore store_;
  mutable Thumbnails thumbnails_;  // asked for by data()
  QList<GalleryRow> rows_;
  QList<int> shown_;           // places in rows_
  QHash<QString, int> place_;  // of a shown path
  QStringList words_;
  GalleryFilter filter_ = GalleryFilter::all;
};

}  // namespace diorama::gui
