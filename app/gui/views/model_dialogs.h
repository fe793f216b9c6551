// What is asked before a model is imported or quantised, and what is wrong with the answer.
#pragma once

#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <functional>

#include "gui/service/model_facts.h"
#include "gui/service/model_import.h"
#include "gui/service/quantise_wish.h"

namespace diorama::gui {

// Stays open until the model is imported, so that what was typed can be put right.
class ImportDialog : public QDialog {
  Q_OBJECT

 public:
  ImportDialog(const QString& models, QWidget* parent);

  QLineEdit& source() { return *source_; }
  QRadioButton& link() { return *link_; }
  QString problem() const { return problem_->text(); }
  void showProblem(const QString& what, const QString& advice);

 signals:
  void wanted(const QString& source, diorama::gui::ImportKind kind);

 private:
  void begin();

  QPushButton* import_;
  QLabel* problem_;
  QLineEdit* source_;
  QRadioButton* copy_;
  QRadioButton* link_;
};

class QuantiseDialog : public QDialog {
  Q_OBJECT

 public:
  // `newFolder`: where the model goes in that format.
  QuantiseDialog(const ModelFacts& facts, const std::function<QString(const QString& format)>& newFolder,
                 QWidget* parent);

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
