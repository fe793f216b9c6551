// What the canvas holds before the first picture: how to paint one, or, without a model, how to get one.
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QWidget>

#include "gui/models/session.h"

namespace diorama::gui {

class Welcome : public QWidget {
  Q_OBJECT

 public:
  explicit Welcome(Session& session);

  // A model can be used, models are being read, or there is none.
  void showState();

 signals:
  void firstWanted();
  void importWanted();
  void modelsWanted();

 private:
  Session& session_;
  QLabel* title_;
  QLabel* text_;
  QPushButton* first_;
  QWidget* ways_;
};

// What the first picture is painted from: words of the model's own, empty where it names none.
QString firstPrompt(const ModelFacts& facts);

}  // namespace diorama::gui
