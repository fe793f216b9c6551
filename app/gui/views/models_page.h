#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>
#include <QWidget>

#include "gui/models/session.h"

namespace diorama::gui {

// The models that are known: what they are, what they need, what is wrong with them; adding and quantising.
class ModelsPage : public QWidget {
  Q_OBJECT

 public:
  explicit ModelsPage(Session& session);

 signals:
  void chosen();

 private:
  void rebuild();
  QWidget* card(const ModelFacts& facts);
  void add();
  void quantise(const ModelFacts& facts);

  Session& session_;
  QVBoxLayout* cards_;
  QWidget* progressBox_;
  QLabel* progressText_;
  QProgressBar* progress_;
};

}  // namespace diorama::gui
