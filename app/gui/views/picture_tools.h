// Under the canvas: what happens, and what can be done with what is shown.
#pragma once

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include "gui/models/strip_model.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

class PictureTools : public QWidget {
  Q_OBJECT

 public:
  PictureTools();

  QToolButton& branch() { return *branch_; }
  QToolButton& exact() { return *exact_; }
  QToolButton& tokens() { return *tokens_; }
  QToolButton& decoded() { return *decoded_; }
  QToolButton& copy() { return *copy_; }
  QToolButton& save() { return *save_; }
  QToolButton& fit() { return *fit_; }
  QToolButton& oneToOne() { return *oneToOne_; }
  // Enables a tool, or disables it and says why in its tip.
  void setReason(QToolButton& tool, const QString& whyNot);

  void setStatus(const QString& text) { status_->setText(text); }
  QString status() const { return status_->text(); }
  void setTotals(const RunTotals& totals);
  QString totals() const { return totals_->text(); }
  void setZoom(double zoom);

 private:
  QToolButton* tool(const QString& iconName, const QString& name, const QKeySequence& keys);

  QHBoxLayout* tools_;
  TextLine* status_;
  QToolButton* branch_;
  QToolButton* exact_;
  QToolButton* tokens_;
  QToolButton* decoded_;
  QToolButton* copy_;
  QToolButton* save_;
  QToolButton* fit_;
  QToolButton* oneToOne_;
  QLabel* zoom_;
  TextLine* totals_;
};

}  // namespace diorama::gui
