// The size of a picture: one of the model's, or any other in pixels.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QSpinBox>
#include <QWidget>

#include "gui/service/model_facts.h"

namespace diorama::gui {

class SizePicker : public QWidget {
  Q_OBJECT

 public:
  SizePicker();

  void setModel(const ModelFacts& facts);
  void setChosen(const QSize& size);
  // Says below the fields why one of them, "width" or "height", will not do; an empty text takes that back.
  void setProblem(const QString& field, const QString& text);
  QString problem() const { return problem_->text(); }
  QSize chosen() const { return {width_->value(), height_->value()}; }

 signals:
  void edited();

 private:
  void showPreset();
  void showAdvice();
  void swap();

  QComboBox* presets_;  // "other" at the end
  QWidget* sides_;
  QSpinBox* width_;
  QSpinBox* height_;
  QLabel* problem_;
  QLabel* advice_;
  QSize trained_;  // what the model paints best
};

}  // namespace diorama::gui
