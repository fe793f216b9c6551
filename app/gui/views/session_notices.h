// What the session tells, each event as one toast with what can be done about it.
#pragma once

#include <QObject>

#include "gui/models/session.h"
#include "gui/views/toasts.h"

namespace diorama::gui {

class SessionNotices : public QObject {
  Q_OBJECT

 public:
  SessionNotices(Session& session, Toasts& toasts, QObject* parent);

  // Asks what becomes of the picture that was being painted when the program ended, if there is one.
  void offerInterrupted();

 signals:
  void modelsWanted();
  void showWanted(const QString& path);

 private:
  void note(const QString& topic, const QString& text, const QList<ToastAction>& actions);
  void onRefused(const QString& field, const QString& text);
  void onGrid(const QString& path);

  Session& session_;
  Toasts& toasts_;
};

}  // namespace diorama::gui
