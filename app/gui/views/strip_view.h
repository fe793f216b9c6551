// Steps x blocks of a run: what was computed and what was reused. Hovering explains a cell.
#pragma once

#include <QWidget>

#include "gui/models/strip_model.h"

namespace diorama::gui {

class StripView : public QWidget {
  Q_OBJECT

 public:
  explicit StripView(StripModel& model);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }
  // The column of the step that is looked at; -1: none.
  void setStep(int column);
  QString explanationAt(const QPoint& at) const;

 signals:
  void stepClicked(int column);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QRectF cell(int row, int column) const;
  QModelIndex indexAt(const QPoint& at) const;

  StripModel& model_;
  int step_ = -1;
  int row_ = 0;  // the block the keyboard is at
};

}  // namespace diorama::gui
