// What is on the canvas, in one line: prompt, seed, size, sampler, steps, acceleration and time. What differs
// from the settings panel stands in the accent colour.
#pragma once

#include <QPushButton>
#include <QWidget>

#include "gui/service/setting_fact.h"

namespace diorama::gui {

class CaptionLine : public QWidget {
  Q_OBJECT

 public:
  CaptionLine();

  void setFacts(const QList<SettingFact>& facts);
  // As it is read out; what is cut off on the screen stands here in full.
  QString text() const;
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QFont small() const;

  QList<SettingFact> facts_;
};

// The line, and what can be taken from it into the panel.
class Caption : public QWidget {
  Q_OBJECT

 public:
  Caption();

  // `isPicture`: of a finished picture, whose settings can be used.
  void setFacts(const QList<SettingFact>& facts, bool isPicture);
  QString text() const { return line_->text(); }
  QPushButton& useSettings() { return *useSettings_; }
  QPushButton& useSeed() { return *useSeed_; }

 private:
  CaptionLine* line_;
  QPushButton* useSettings_;
  QPushButton* useSeed_;
};

}  // namespace diorama::gui
