#pragma once

#include <QVBoxLayout>
#include <QWidget>

#include "gui/models/session.h"

namespace diorama::gui {

class ProgressRow;

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
  void askImport();
  void askQuantise(const ModelFacts& facts);
  void connectImport();
  void connectQuantise();

  Session& session_;
  QVBoxLayout* cards_;
  ProgressRow* importing_;
  ProgressRow* quantising_;
};

}  // namespace diorama::gui
