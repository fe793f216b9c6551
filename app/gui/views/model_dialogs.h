// What is asked before a model is imported or quantised.
#pragma once

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QRadioButton>
#include <QSpinBox>

#include "gui/service/model_facts.h"
#include "gui/service/model_import.h"
#include "gui/service/quantise_wish.h"

namespace diorama::gui {

class ImportDialog : public QDialog {
  Q_OBJECT

 public:
  ImportDialog(const QString& models, QWidget* parent);

  QLineEdit& source() { return *source_; }
  QRadioButton& link() { return *link_; }

 signals:
  void wanted(const QString& source, diorama::gui::ImportKind kind);

 private:
  QLineEdit* source_;
  QRadioButton* copy_;
  QRadioButton* link_;
};

class QuantiseDialog : public QDialog {
  Q_OBJECT

 public:
  QuantiseDialog(const ModelFacts& facts, QWidget* parent);

  QComboBox& format() { return *format_; }
  QLineEdit& destination() { return *destination_; }
  QSpinBox& prompts() { return *prompts_; }
  QSpinBox& pictures() { return *pictures_; }

 signals:
  void wanted(const diorama::gui::QuantiseWish& wish);

 private:
  QComboBox* format_;
  QLineEdit* destination_;
  QSpinBox* prompts_;
  QSpinBox* pictures_;
};

}  // namespace diorama::gui
