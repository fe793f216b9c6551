// One window a library: a second start raises the first.
#pragma once

#include <QLocalServer>
#include <QObject>

namespace diorama::gui {

class SingleInstance : public QObject {
  Q_OBJECT

 public:
  explicit SingleInstance(const QString& library, QObject* parent = nullptr);

  // True: this is the first. False: another has the library and was told.
  bool claim();

 signals:
  void raised();

 private:
  QString name_;
  QLocalServer server_;
};

}  // namespace diorama::gui
