// The models that are known, read in the background.
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QMap>
#include <QThreadPool>

#include "gui/service/engine_client.h"

namespace diorama::gui {

class ModelsModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { PathRole = Qt::UserRole, ProblemRole };

  // The engine reads the folders; it outlives the model.
  explicit ModelsModel(const EngineClient& engine, QObject* parent = nullptr);
  ~ModelsModel() override;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  const ModelFacts& facts(int row) const { return models_.at(row); }
  // By folder or by name; null where it is not known or not read yet.
  const ModelFacts* find(const QString& folderOrName) const;
  // Of those that can be used; null where none has this content.
  const ModelFacts* findByHash(const QString& hash) const;
  bool isReading() const { return pending_ > 0; }
  bool hasUsable() const;

  // Looks at every folder again.
  void refresh();
  void addFolder(const QString& folder);
  // Out of the list, and no longer looked for where it was added; the folder itself stays.
  void forgetFolder(const QString& folder);
  // As the user calls a model; empty: as its folder does.
  void setTitle(const QString& folder, const QString& title);
  const QMap<QString, QString>& titles() const { return titles_; }
  void setTitles(const QMap<QString, QString>& titles) { titles_ = titles; }
  // Those that were added; read at the next refresh.
  const QStringList& extraFolders() const { return extraFolders_; }
  void setExtraFolders(const QStringList& folders) { extraFolders_ = folders; }

 signals:
  void modelRead(const QString& folder);
  void allRead();
  void extraFoldersChanged(const QStringList& folders);
  void titlesChanged(const QMap<QString, QString>& titles);

 private:
  void read(const QString& folder);
  void keep(const ModelFacts& facts);
  void put(ModelFacts facts);
  void take(const QString& folder);

  const EngineClient& engine_;
  QList<ModelFacts> models_;
  QMap<QString, QString> titles_;  // by folder
  QStringList extraFolders_;
  QThreadPool pool_;
  int pending_ = 0;
};

}  // namespace diorama::gui
