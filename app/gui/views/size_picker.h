// The size of a picture: one of the model's, or any other in pixels.
#pragma once

#include <QComboBox>
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
  QSize chosen() const { return {width_->value(), height_->value()}; }

 signals:
  void edited();

 private:
  void showPreset();

  QComboBox* presets_;  // "other" at the end
  QWidget* sides_;
  QSpinBox* width_;
  QSpinBox* height_;
};

}  // namespace diorama::gui
