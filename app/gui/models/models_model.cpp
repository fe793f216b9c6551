#include "gui/models/models_model.h"

#include <algorithm>

#include "gui/models/plain_tip.h"

namespace diorama::gui {

ModelsModel::ModelsModel(QObject* parent) : QAbstractListModel(parent) {
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

void ModelsModel::refresh() {
  QStringList folders = modelFolders() + extraFolders_;
  folders.removeDuplicates();
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (folders.contains(models_[row].path)) continue;
    beginRemoveRows({}, row, row);
    models_.removeAt(row);
    endRemoveRows();
  }
  for (const QString& folder : folders) read(folder);
}

void ModelsModel::addFolder(const QString& folder) {
  if (!extraFolders_.contains(folder) && !modelFolders().contains(folder)) {
    extraFolders_ << folder;
    emit extraFoldersChanged(extraFolders_);
  }
  read(folder);
}

void ModelsModel::read(const QString& folder) {
  ++pending_;
  pool_.start([this, folder] {
    const ModelFacts facts = readModelFacts(folder);
    QMetaObject::invokeMethod(this, [this, facts] { keep(facts); });
  });
}

void ModelsModel::keep(const ModelFacts& facts) {
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
  emit modelRead(facts.path);
  if (--pending_ == 0) emit allRead();
}

}  // namespace diorama::gui
