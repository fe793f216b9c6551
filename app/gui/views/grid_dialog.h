#pragma once

#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "gui/service/grid.h"

namespace diorama::gui {

// Which two settings a grid runs over, and through what.
class GridDialog : public QDialog {
  Q_OBJECT

 public:
  // `model` may be null: it is not known yet.
  GridDialog(const PaintSettings& base, const ModelFacts* model, QWidget* parent);

  GridSpec spec() const;

 private:
  struct Axis {
    QComboBox* setting;
    QLineEdit* values;
    QLabel* problem;
  };
  Axis makeAxis(const QString& setting, const QString& name);
  GridAxis read(const Axis& axis) const;
  QString problem(const Axis& axis) const;  // empty: its values fit
  void check();

  PaintSettings base_;
  QList<GridChoice> choices_;
  Axis rows_{}, columns_{};
  QLabel* summary_;
  QPushButton* paint_ = nullptr;
};

}  // namespace diorama::gui
