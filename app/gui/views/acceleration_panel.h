// Off, a plan of the model, or methods chosen one by one, with a control for each of their settings.
#pragma once

#include <QButtonGroup>
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
  QString choice() const;
  QJsonObject customPlan() const;

 signals:
  void edited();

 private:
  void explain();

  ModelFacts facts_;
  QButtonGroup choices_;
  QLabel* summary_;
  QWidget* custom_;
  QList<MethodBox*> methods_;
};

}  // namespace diorama::gui
