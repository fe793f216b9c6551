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
#include "gui/views/widgets.h"

namespace diorama::gui {

class AdvancedPanel;
class ClassPicker;
class SizePicker;

class SettingsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit SettingsPanel(Session& session);

  PromptEdit& promptEdit() { return *prompt_; }
  QLineEdit& seed() { return *seed_; }
  QPushButton& paintButton() { return *paint_; }
  QPushButton& cancelButton() { return *cancel_; }

  // Takes what is still being typed, and paints; says why where that cannot be.
  void paint();
  // Clears the search among the classes; false where there is none.
  bool closeInnermost();

 private:
  QWidget* makePrompt();
  QWidget* makePicture();
  QWidget* makeSeed();
  QWidget* makeCompute();
  QWidget* makePausedStrip();
  QWidget* makeButtons();
  void connectStore();
  void connectSession();
  void setTabOrders();
  void connectControls();
  void showModel();
  void showModels();
  void showDevices();
  void showSettings();
  void showSeed();
  void showTokens();
  // Whether a picture can be painted, and if not, why, where it is seen.
  void showReadiness();
  void showPaused();
  void commitSeed();
  void showSeedProblem(const QString& problem);
  // What the user changed, into the store.
  void edit(const std::function<void(PaintSettings&)>& change);

  Session& session_;
  bool showing_ = false;  // the controls follow the store, not the user
  QString shownSeed_;     // as the store has it, whatever is typed over it
  QString shownModel_;    // whose samplers and chips are there
  QComboBox* model_;
  PromptEdit* prompt_;
  PromptEdit* negative_;
  QToolButton* history_;
  TextLine* tokens_;
  QWidget* picture_;  // size, steps, sampler
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
  QComboBox* seedMode_;
  QLabel* seedProblem_;
  QPushButton* lastSeed_;
  QSpinBox* count_;
  QComboBox* precision_;
  QComboBox* device_;
  QLabel* deviceReason_;
  AccelerationPanel* acceleration_;
  QToolButton* reset_;
  QPushButton* paint_;
  QPushButton* cancel_;
  QWidget* paused_;
  QLabel* whyNot_;
};

}  // namespace diorama::gui
