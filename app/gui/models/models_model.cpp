#include "gui/models/models_model.h"

#include <algorithm>

#include "gui/models/plain_tip.h"

namespace diorama::gui {

ModelsModel::ModelsModel(const EngineClient& engine, QObject* parent)
    : QAbstractListModel(parent), engine_(engine) {
  pool_.setMaxThreadCount(1);
}

ModelsModel::~ModelsModel() {
  pool_.clear();
  pool_.waitForDone();
}

int ModelsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(models_.size());
}

QVariant ModelsModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const ModelFacts& model = models_[index.row()];
  switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      return model.title;
    case Qt::ToolTipRole:
      return plainTip(model.usable() ? model.path : model.problem);
    case PathRole:
      return model.path;
    case ProblemRole:
      return model.problem;
    default:
      return {};
  }
}

const ModelFacts* ModelsModel::find(const QString& folderOrName) const {
  const auto found = std::find_if(models_.begin(), models_.end(), [&](const ModelFacts& m) {
    return m.path == folderOrName || m.name == folderOrName;
  });
  return found == models_.end() ? nullptr : &*found;
}

const ModelFacts* ModelsModel::findByHash(const QString& hash) const {
  const auto found = std::find_if(models_.begin(), models_.end(), [&](const ModelFacts& m) {
    return m.usable() && (m.hash == hash || (!hash.isEmpty() && m.earlierHash == hash));
  });
  return found == models_.end() ? nullptr : &*found;
}

bool ModelsModel::hasUsable() const {
  return std::any_of(models_.begin(), models_.end(), [](const ModelFacts& m) { return m.usable(); });
}

void ModelsModel::refresh() {
  QStringList folders = engine_.modelFolders() + extraFolders_;
  folders.removeDuplicates();
  for (int row = rowCount() - 1; row >= 0; --row)
    if (!folders.contains(models_[row].path)) take(models_[row].path);
  for (const QString& folder : folders) read(folder);
  if (folders.isEmpty()) emit allRead();
}

void ModelsModel::addFolder(const QString& folder) {
  if (!extraFolders_.contains(folder) && !engine_.modelFolders().contains(folder)) {
    extraFolders_ << folder;
    emit extraFoldersChanged(extraFolders_);
  }
  read(folder);
}

void ModelsModel::forgetFolder(const QString& folder) {
  if (extraFolders_.removeAll(folder) > 0) emit extraFoldersChanged(extraFolders_);
  take(folder);
}

void ModelsModel::take(const QString& folder) {
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (models_[row].path != folder) continue;
    beginRemoveRows({}, row, row);
    models_.removeAt(row);
    endRemoveRows();
  }
}

void ModelsModel::setTitle(const QString& folder, const QString& title) {
  const QString name = title.simplified();
  if (name.isEmpty())
    titles_.remove(folder);
  else
    titles_[folder] = name;
  emit titlesChanged(titles_);
  if (const ModelFacts* facts = find(folder)) put(*facts);
  emit modelRead(folder);
}

void ModelsModel::read(const QString& folder) {
  ++pending_;
  pool_.start([this, folder] {
    const ModelFacts facts = engine_.readModel(folder);
    QMetaObject::invokeMethod(this, [this, facts] { keep(facts); });
  });
}

void ModelsModel::keep(const ModelFacts& facts) {
  put(facts);
  --pending_;
  emit modelRead(facts.path);
  if (pending_ == 0) emit allRead();
}

void ModelsModel::put(ModelFacts facts) {
  facts.title = titles_.value(facts.path, facts.ownTitle);
  const auto same = [&](const ModelFacts& m) { return m.path == facts.path; };
  const auto found = std::find_if(models_.begin(), models_.end(), same);
  const auto row = static_cast<int>(found - models_.begin());
  if (found == models_.end()) {
    beginInsertRows({}, row, row);
    models_ << facts;
    endInsertRows();
  } else {
    *found = facts;
    emit dataChanged(index(row), index(row));
  }
}

}  // namespace diorama::gui
