#pragma once

#include <QButtonGroup>
#include <QLabel>
#include <QSlider>
#include <QWidget>

#include "gui/models/session.h"
#include "gui/service/comparison.h"
#include "gui/service/latest_task.h"
#include "gui/views/compare_view.h"

namespace diorama::gui {

// Two pictures compared, by eye and in numbers.
class ComparePage : public QWidget {
  Q_OBJECT

 public:
  explicit ComparePage(Session& session);

  // In the background.
  void compare(const QString& a, const QString& b);
  void setMode(CompareView::Mode mode);
  const PictureComparison& result() const { return result_; }
  CompareView& view() { return *view_; }

 signals:
  void compared();

 private:
  struct Pair {
    QImage a, b;
    PictureComparison numbers;
  };

  QWidget* makeTools();
  void show(const Pair& pair);
  void showDifference();
  QString describe(const QString& path) const;

  Session& session_;
  CompareView* view_;
  QButtonGroup modes_;
  QSlider* gain_;
  QLabel* gainText_;
  QLabel* numbers_;
  QLabel* names_;
  QImage a_, b_;
  PictureComparison result_;
  LatestTask comparing_, differing_;
};

}  // namespace diorama::gui
