// One window a library: a second start raises the first.
#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>

namespace diorama::gui {

class SingleInstance : public QObject {
  Q_OBJECT

 public:
  explicit SingleInstance(const QString& library, QObject* parent = nullptr);

  // True: this is the first, which a lock in the library's folder tells. False: another has it and was told.
  bool claim();

 signals:
  void raised();

 private:
  QString name_;
  QLockFile lock_;
  QLocalServer server_;
};

}  // namespace diorama::gui
