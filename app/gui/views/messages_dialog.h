#pragma once

#include <QDialog>

#include "gui/views/toasts.h"

namespace diorama::gui {

// Everything that was said since the window opened, the newest first.
class MessagesDialog : public QDialog {
  Q_OBJECT

 public:
  MessagesDialog(const QList<Notice>& history, QWidget* parent);
};

}  // namespace diorama::gui
