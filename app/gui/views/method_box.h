// One method of acceleration: on or off, and its settings folded away, made of the method's own description.
#pragma once

#include <QCheckBox>
#include <QJsonObject>
#include <QMap>
#include <QToolButton>
#include <QWidget>

#include "gui/service/method_facts.h"

namespace diorama::gui {

class MethodBox : public QWidget {
  Q_OBJECT

 public:
  explicit MethodBox(const MethodFacts& facts);

  const QString& name() const { return facts_.name; }
  bool isOn() const { return on_->isChecked(); }
  // As it stands in a plan; a tuned table that came with it is kept.
  QJsonObject use() const;
  // An empty one switches it off.
  void setUse(const QJsonObject& use);

 signals:
  void edited();

 private:
  QWidget* makeSettings();
  // As described.
  void reset();
  QWidget* control(const SettingFacts& setting);
  double value(const SettingFacts& setting) const;
  void setValue(const SettingFacts& setting, double value);

  MethodFacts facts_;
  QCheckBox* on_;
  QToolButton* more_;  // shows the settings, also of a method that is off
  QToolButton* reset_;
  QMap<QString, QWidget*> controls_;
  QWidget* settings_;  // holds the controls
  QJsonObject given_;
};

}  // namespace diorama::gui
