#include "gui/models/gallery_model.h"

#include <QFile>
#include <QFileInfo>
#include <QMimeData>
#include <QSet>
#include <QUrl>
#include <algorithm>

#include "gui/models/plain_tip.h"

namespace diorama::gui {
namespace {

// What is known of a picture.
QString tipOf(const GalleryRow& picture) {
  QStringList facts;
  if (picture.width > 0) facts << QStringLiteral("%1 × %2").arg(picture.width).arg(picture.height);
  if (picture.steps > 0) facts << GalleryModel::tr("%1 steps").arg(picture.steps);
  if (picture.seed) facts << GalleryModel::tr("seed %1").arg(*picture.seed);
  QStringList lines{picture.prompt, facts.join(QStringLiteral(", "))};
  lines.removeAll(QString());
  if (lines.isEmpty()) lines << QFileInfo(picture.path).fileName();
  return lines.join('\n');
}

}  // namespace

GalleryModel::GalleryModel(const QString& file, QObject* parent)
    : QAbstractListModel(parent), store_(file), rows_(store_.all()) {
  connect(&thumbnails_, &Thumbnails::ready, this, &GalleryModel::thumbnailReady);
  rebuild();
}

int GalleryModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

QVariant GalleryModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const GalleryRow& picture = row(index.row());
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return picture.prompt.isEmpty() ? QFileInfo(picture.path).fileName() : picture.prompt;
    case Qt::DecorationRole:
      return thumbnails_.of(picture.path);
    case Qt::ToolTipRole:
      return plainTip(tipOf(picture));
    case PathRole:
      return picture.path;
    default:
      return {};
  }
}

Qt::ItemFlags GalleryModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractListModel::flags(index);
  return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags;
}

QStringList GalleryModel::mimeTypes() const {
  return {"text/uri-list"};
}

QMimeData* GalleryModel::mimeData(const QModelIndexList& indexes) const {
  QList<QUrl> urls;
  for (const QModelIndex& index : indexes) urls << QUrl::fromLocalFile(row(index.row()).path);
  auto* mime = new QMimeData;
  mime->setUrls(urls);
  return mime;
}

const GalleryRow* GalleryModel::find(const QString& path) const {
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const GalleryRow& r) { return r.path == path; });
  return found == rows_.end() ? nullptr : &*found;
}

QStringList GalleryModel::paths() const {
  QStringList paths;
  for (const GalleryRow& r : rows_) paths << r.path;
  return paths;
}

bool GalleryModel::passes(const GalleryRow& picture) const {
  const bool exact = picture.acceleration.isEmpty() || picture.acceleration == "off";
  if (filter_ == GalleryFilter::exact && !exact) return false;
  if (filter_ == GalleryFilter::accelerated && exact) return false;
  return std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
    return picture.prompt.contains(word, Qt::CaseInsensitive) ||
           picture.model.contains(word, Qt::CaseInsensitive) ||
           QStringView(picture.path).mid(picture.path.lastIndexOf('/')).contains(word, Qt::CaseInsensitive) ||
           (picture.seed && QString::number(*picture.seed) == word);
  });
}

void GalleryModel::rebuild() {
  beginResetModel();
  shown_.clear();
  for (int i = 0; i < rows_.size(); ++i)
    if (passes(rows_[i])) shown_ << i;
  reindex();
  endResetModel();
}

void GalleryModel::reindex() {
  place_.clear();
  for (int i = 0; i < shown_.size(); ++i) place_.insert(row(i).path, i);
}

void GalleryModel::setSearch(const QString& text) {
  words_ = text.split(' ', Qt::SkipEmptyParts);
  rebuild();
}

void GalleryModel::setFilter(GalleryFilter filter) {
  filter_ = filter;
  rebuild();
}

void GalleryModel::reportProblem() {
  if (const QString problem = store_.takeProblem(); !problem.isEmpty()) emit problemFound(problem);
}

void GalleryModel::add(GalleryRow picture) {
  if (find(picture.path) != nullptr) return;
  picture.id = store_.insert(picture);
  const bool visible = passes(picture);
  if (visible) beginInsertRows({}, 0, 0);
  rows_.prepend(picture);
  for (int& place : shown_) ++place;
  if (visible) shown_.prepend(0);
  reindex();
  if (visible) endInsertRows();
  reportProblem();
}

void GalleryModel::addAll(const QList<GalleryRow>& pictures) {
  const QStringList paths = this->paths();
  QSet<QString> known(paths.begin(), paths.end());
  QList<GalleryRow> added;
  for (const GalleryRow& picture : pictures) {
    if (known.contains(picture.path)) continue;
    known << picture.path;
    added << picture;
  }
  store_.insertAll(added);
  rows_ << added;
  std::stable_sort(rows_.begin(), rows_.end(), [](auto& a, auto& b) { return a.created > b.created; });
  rebuild();
  reportProblem();
}

void GalleryModel::forget(const QString& path) {
  const GalleryRow* found = find(path);
  if (found == nullptr) return;
  store_.remove({found->id});
  const auto place = static_cast<int>(found - rows_.constData());
  const int visible = rowOf(path);
  if (visible >= 0) beginRemoveRows({}, visible, visible);
  rows_.removeAt(place);
  if (visible >= 0) shown_.removeAt(visible);
  for (int& other : shown_)
    if (other > place) --other;
  reindex();
  if (visible >= 0) endRemoveRows();
  reportProblem();
}

void GalleryModel::forgetAll(const QStringList& paths) {
  const QSet<QString> gone(paths.begin(), paths.end());
  QList<qint64> ids;
  for (const GalleryRow& r : rows_)
    if (gone.contains(r.path)) ids << r.id;
  store_.remove(ids);
  rows_.removeIf([&](const GalleryRow& r) { return gone.contains(r.path); });
  rebuild();
  reportProblem();
}

std::optional<TrashedPicture> GalleryModel::moveToTrash(const QString& path) {
  TrashedPicture picture{{path, {}}, {}};
  if (QFile::exists(path)) {
    const auto file = gui::moveToTrash(path);
    if (!file) return std::nullopt;
    picture.file = *file;
  }
  if (const GalleryRow* row = find(path)) picture.row = *row;
  forget(path);
  return picture;
}

bool GalleryModel::takeFromTrash(const TrashedPicture& picture) {
  if (!gui::takeFromTrash(picture.file)) return false;
  if (!picture.row.path.isEmpty()) addAll({picture.row});  // in its place by date
  return true;
}

void GalleryModel::thumbnailReady(const QString& path) {
  const int visible = rowOf(path);
  if (visible >= 0) emit dataChanged(index(visible), index(visible), {Qt::DecorationRole});
}

}  // namespace diorama::gui
