// What few pictures need: where guidance acts, and what only some models and samplers have.
#pragma once

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QSpinBox>
#include <QWidget>

#include "gui/service/model_facts.h"

namespace diorama::gui {

class AdvancedPanel : public QWidget {
  Q_OBJECT

 public:
  AdvancedPanel();

  void setModel(const ModelFacts& facts);
  void setSettings(const PaintSettings& settings);
  // Into the settings; what the model or its sampler has not is left open.
  void read(PaintSettings& settings) const;

 signals:
  void edited();

 private:
  bool hasEta(const QString& sampler) const { return samplersWithEta_.contains(sampler); }

  bool modelKnown_ = false;
  bool hasShift_ = false;
  QStringList samplersWithEta_;
  QFormLayout* form_;
  QSpinBox* begin_;  // percent of the run
  QSpinBox* end_;
  QDoubleSpinBox* shift_;  // the least: as the model says
  QDoubleSpinBox* eta_;
};

}  // namespace diorama::gui
