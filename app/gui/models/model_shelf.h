// The folders of models: which of them the user may take away, and where new ones go.
#pragma once

#include <QList>
#include <QObject>
#include <optional>

#include "gui/models/models_model.h"
#include "gui/service/trash.h"

namespace diorama::gui {

class ModelShelf : public QObject {
  Q_OBJECT

 public:
  // `folder`: the user's own models.
  ModelShelf(ModelsModel& models, const QString& folder, QObject* parent = nullptr);

  // Empty where it can be removed.
  QString whyNotRemove(const QString& path) const;
  // One in the user's folder goes into the trash, a link goes alone, one that was added is only forgotten.
  // False where the folder stays as it was.
  bool remove(const QString& path);
  // The one that was removed last; false where it cannot come back.
  bool restore();
  // A name in the user's folder that is free, for the model in that format.
  QString newFolder(const ModelFacts& model, const QString& format) const;

 private:
  struct Removed {
    QString path;
    QString linkTarget;                // of a link
    std::optional<TrashedFile> trash;  // of a folder of the user's
  };
  bool isOwn(const QString& path) const;

  ModelsModel& models_;
  QString folder_;
  QList<Removed> removed_;
};

}  // namespace diorama::gui
