// Takes a model's folder into the user's own: checked first, then copied or linked, whole or not at all.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <atomic>

#include "gui/service/failure.h"

namespace diorama::gui {

enum class ImportKind { copy, link };

class ModelImport : public QObject {
  Q_OBJECT

 public:
  explicit ModelImport(QObject* parent = nullptr);
  // Cancels what runs and waits for it.
  ~ModelImport() override;

  // One at a time. The new folder keeps its name, within `models`.
  void begin(const QString& source, const QString& models, ImportKind kind);
  void cancel() { cancelled_ = true; }

 signals:
  void progressed(qint64 done, qint64 total);  // bytes
  void imported(const QString& folder);
  void failed(const diorama::gui::Failure& failure);

 private:
  void run(const QString& source, const QString& target, ImportKind kind);

  std::atomic<bool> cancelled_ = false;
  QThreadPool pool_;
};

}  // namespace diorama::gui
