// What is painted now and next: drag to reorder, pause, remove. What is removed can be taken back.
#pragma once

#include <QLabel>
#include <QListView>
#include <QToolButton>
#include <QWidget>

#include "gui/models/session.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

class QueuePanel : public QWidget {
  Q_OBJECT

 public:
  explicit QueuePanel(Session& session);

 private:
  void showState();
  void showTime();
  void remove();
  void move(int by);

  Session& session_;
  TextLine* summary_;
  QLabel* title_;
  QListView* list_;
  QLabel* empty_;
  QToolButton* pause_;
};

}  // namespace diorama::gui
