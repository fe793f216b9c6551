// The words a model knows best, to be clicked together into a prompt.
#pragma once

#include <QButtonGroup>
#include <QWidget>

#include "gui/service/model_facts.h"

namespace diorama::gui {

class HintChips : public QWidget {
  Q_OBJECT

 public:
  HintChips();

  void setModel(const ModelFacts& facts);
  // Checks the chips that the prompt is made of, if it follows the model's pattern.
  void follow(const QString& prompt);

 signals:
  void composed(const QString& prompt);

 private:
  void fill(QLayout* row, QButtonGroup& group, const QStringList& words, const QList<QColor>& colours);
  void compose();
  QString chosen(const QButtonGroup& group, const QString& fallback) const;

  ModelFacts facts_;
  QString subject_;
  QWidget* content_ = nullptr;
  QButtonGroup subjects_, styles_, backgrounds_;
};

}  // namespace diorama::gui
