// What the colours of the strip mean.
#pragma once

#include <QWidget>

namespace diorama::gui {

class StripLegend : public QWidget {
  Q_OBJECT

 public:
  StripLegend();

  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QFont small() const;
  QStringList names() const;
};

}  // namespace diorama::gui
