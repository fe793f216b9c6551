// Small pieces that every page is made of.
#pragma once

#include <QIcon>
#include <QLabel>
#include <QLayout>
#include <QPushButton>
#include <QToolButton>

namespace diorama::gui {

// `role` as the theme's sheet knows it: section, dim, title, display, warning.
QLabel* label(const QString& text, const char* role = nullptr);
QPushButton* button(const QString& text, const QString& iconName = {}, const char* role = nullptr);
// An icon alone: `name` is read to those who do not see it, and shown with its keys as a tip.
QToolButton* iconButton(const QString& iconName, const QString& name, const QString& keys = {});
QWidget* divider();

// An icon in the theme's colour of the moment.
class IconLabel : public QWidget {
 public:
  explicit IconLabel(const QString& iconName);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QIcon icon_;
};

// One line of dim text, cut where the room ends. Other than a label's, its text may change at every step:
// nothing around it moves, so nothing else is laid out and painted again.
class TextLine : public QWidget {
 public:
  explicit TextLine(Qt::Alignment alignment = Qt::AlignLeft);

  void setText(const QString& text);
  const QString& text() const { return text_; }
  void setWarning(bool warns);
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QFont small() const;

  Qt::Alignment alignment_;
  QString text_;
  bool warns_ = false;
};

// Children in rows, broken where the width ends.
class FlowLayout : public QLayout {
 public:
  explicit FlowLayout(int spacing) : gap_(spacing) { setContentsMargins(0, 0, 0, 0); }
  ~FlowLayout() override;

  void addItem(QLayoutItem* item) override { items_ << item; }
  int count() const override { return static_cast<int>(items_.size()); }
  QLayoutItem* itemAt(int i) const override { return items_.value(i); }
  QLayoutItem* takeAt(int i) override { return i >= 0 && i < items_.size() ? items_.takeAt(i) : nullptr; }
  Qt::Orientations expandingDirections() const override { return {}; }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return arrange({0, 0, width, 0}, false); }
  void setGeometry(const QRect& rect) override;
  QSize sizeHint() const override { return minimumSize(); }
  QSize minimumSize() const override;

 private:
  int arrange(const QRect& rect, bool place) const;

  QList<QLayoutItem*> items_;
  int gap_;
};

}  // namespace diorama::gui
