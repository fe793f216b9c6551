#pragma once

#include <QMenu>
#include <QPointer>
#include <QVBoxLayout>
#include <QWidget>

#include "gui/models/session.h"

namespace diorama::gui {

class ImportDialog;
class ProgressRow;

// The models that are known: what they are, what they need, what is wrong with them; adding and quantising.
class ModelsPage : public QWidget {
  Q_OBJECT

 public:
  explicit ModelsPage(Session& session);

  // Opens the dialog, with a folder filled in unless that is empty.
  void askImport(const QString& folder);

 signals:
  void chosen();

 private:
  void rebuild();
  QWidget* card(const ModelFacts& facts);
  void add();
  QMenu* cardMenu(const ModelFacts& facts, QWidget* parent);
  void rename(const ModelFacts& facts);
  void askQuantise(const ModelFacts& facts);
  void connectImport();
  void connectQuantise();

  Session& session_;
  QVBoxLayout* cards_;
  QPointer<ImportDialog> importDialog_;
  ProgressRow* importing_;
  ProgressRow* quantising_;
};

}  // namespace diorama::gui
