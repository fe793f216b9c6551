// Everything a picture is asked for.
#pragma once

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>
#include <functional>

#include "gui/models/session.h"
#include "gui/views/acceleration_panel.h"
#include "gui/views/hint_chips.h"
#include "gui/views/prompt_edit.h"

namespace diorama::gui {

class AdvancedPanel;
class ClassPicker;
class SizePicker;

class SettingsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit SettingsPanel(Session& session);

  PromptEdit& promptEdit() { return *prompt_; }
  QPushButton& paintButton() { return *paint_; }
  QPushButton& cancelButton() { return *cancel_; }

 private:
  QWidget* makePrompt();
  QWidget* makePicture();
  QWidget* makeSeed();
  QWidget* makeCompute();
  QWidget* makeButtons();
  void connectControls();
  void showModel();
  void showModels();
  void showDevices();
  void showSettings();
  void showTokens();
  // What the user changed, into the store.
  void edit(const std::function<void(PaintSettings&)>& change);

  Session& session_;
  bool showing_ = false;  // the controls follow the store, not the user
  QString shownModel_;    // whose samplers and chips are there
  QComboBox* model_;
  PromptEdit* prompt_;
  PromptEdit* negative_;
  QToolButton* history_;
  QLabel* tokens_;
  QWidget* prompts_;
  ClassPicker* classes_;
  HintChips* hints_;
  SizePicker* size_;
  QSpinBox* steps_;
  QDoubleSpinBox* guidance_;
  QComboBox* sampler_;
  AdvancedPanel* advanced_;
  QLineEdit* seed_;
  QToolButton* dice_;
  QToolButton* lock_;
  QSpinBox* count_;
  QComboBox* precision_;
  QComboBox* device_;
  QLabel* deviceReason_;
  AccelerationPanel* acceleration_;
  QToolButton* reset_;
  QPushButton* paint_;
  QPushButton* cancel_;
};

}  // namespace diorama::gui
