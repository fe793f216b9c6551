// The models that are known, read in the background.
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QThreadPool>

#include "gui/service/model_facts.h"

namespace diorama::gui {

class ModelsModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { PathRole = Qt::UserRole, ProblemRole };

  explicit ModelsModel(QObject* parent = nullptr);
  ~ModelsModel() override;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  const ModelFacts& facts(int row) const { return models_.at(row); }
  // By folder or by name; null where it is not known or not read yet.
  const ModelFacts* find(const QString& folderOrName) const;
  // Of those that can be used; null where none has this content.
  const ModelFacts* findByHash(const QString& hash) const;
  bool isReading() const { return pending_ > 0; }

  // Looks at every folder again.
  void refresh();
  void addFolder(const QString& folder);
  // Those that were added; read at the next refresh.
  const QStringList& extraFolders() const { return extraFolders_; }
  void setExtraFolders(const QStringList& folders) { extraFolders_ = folders; }

 signals:
  void modelRead(const QString& folder);
  void allRead();
  void extraFoldersChanged(const QStringList& folders);

 private:
  void read(const QString& folder);
  void keep(const ModelFacts& facts);

  QList<ModelFacts> models_;
  QStringList extraFolders_;
  QThreadPool pool_;
  int pending_ = 0;
};

}  // namespace diorama::gui
