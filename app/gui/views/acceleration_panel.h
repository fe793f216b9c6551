// Off, a plan of the model, or methods chosen one by one, with a control for each of their settings.
#pragma once

#include <QButtonGroup>
#include <QComboBox>
#include <QJsonObject>
#include <QLabel>
#include <QWidget>

#include "gui/service/method_facts.h"
#include "gui/service/model_facts.h"

namespace diorama::gui {

class MethodBox;

class AccelerationPanel : public QWidget {
  Q_OBJECT

 public:
  AccelerationPanel();

  void setModel(const ModelFacts& facts);
  void setChoice(const QString& acceleration, const QJsonObject& customPlan);
  QString choice() const { return choice_; }
  QJsonObject customPlan() const;

 signals:
  void edited();

 private:
  QLayout* makeSegments();
  QWidget* makeCustom();
  void choosePlan(const QString& name);
  // The custom controls as in that plan.
  void startFrom(const QString& plan);
  void setMethods(const QJsonObject& plan);
  void listPlans();
  void showChoice();
  void explain();

  ModelFacts facts_;
  QString choice_ = QStringLiteral("off");
  QButtonGroup segments_;
  QComboBox* others_;  // plans that have no segment
  QLabel* summary_;
  QComboBox* begin_;
  QWidget* custom_;
  QList<MethodBox*> methods_;
};

}  // namespace diorama::gui
