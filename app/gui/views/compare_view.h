// Two pictures in one place: swiped, side by side, or their difference.
#pragma once

#include <QImage>
#include <QWidget>

namespace diorama::gui {

class CompareView : public QWidget {
  Q_OBJECT

 public:
  enum class Mode { swipe, sideBySide, difference };

  CompareView();

  void setPictures(const QImage& a, const QImage& b);
  void setDifference(const QImage& difference);
  const QImage& difference() const { return difference_; }
  void setMode(Mode mode);
  void setSwipe(double share);  // of the width that shows the first picture
  double swipe() const { return swipe_; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QRectF place(const QRectF& within, const QSize& size) const;
  QRectF swipedPlace() const;  // what both pictures take
  void swipeTo(const QPointF& at);
  void paintSwipe(QPainter& painter) const;

  QImage a_, b_, difference_;
  Mode mode_ = Mode::swipe;
  double swipe_ = 0.5;
};

}  // namespace diorama::gui
