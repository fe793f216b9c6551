#include "gui/views/advanced_panel.h"

#include <QSignalBlocker>

#include "gui/views/form.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr double kMostShift = 100;  // as the engine

int percent(double share) {
  return static_cast<int>(100 * share + 0.5);
}

void showQuietly(QDoubleSpinBox* box, double value) {
  const QSignalBlocker quiet(box);
  box->setValue(value);
}

// What was not touched keeps the digits that the box does not show.
std::optional<double> unlessZero(const QDoubleSpinBox& box, std::optional<double> before) {
  if (before && box.textFromValue(*before) == box.textFromValue(box.value())) return before;
  return box.value() > 0 ? std::optional(box.value()) : std::nullopt;
}

void showQuietly(QSpinBox* box, int value) {
  const QSignalBlocker quiet(box);
  box->setValue(value);
}

}  // namespace

AdvancedPanel::AdvancedPanel()
    : form_(makeForm()),
      begin_(wholeField(0, 100, tr("Guidance from"))),
      end_(wholeField(0, 100, tr("Guidance until"))),
      shift_(numberField(0, kMostShift, 0.5, tr("Shift"))),
      eta_(numberField(0, 1, 0.1, tr("Eta"))) {
  setLayout(form_);
  begin_->setSuffix(tr("%"));
  end_->setSuffix(tr("%"));
  end_->setValue(100);
  begin_->setToolTip(tr("Start guidance after this share of the steps"));
  end_->setToolTip(tr("Stop guidance after this share of the steps; steps without it take half the time"));
  shift_->setSpecialValueText(tr("Automatic"));
  shift_->setToolTip(tr("Above 1, more steps go into the composition"));
  eta_->setToolTip(tr("How much new noise each step adds; 0: none"));
  auto* interval = makeRow({begin_, label(tr("to")), end_});
  interval->setStretch(0, 1);
  interval->setStretch(2, 1);
  form_->addRow(fieldName(tr("Guidance"), begin_->toolTip()), interval);
  form_->addRow(fieldName(tr("Shift"), shift_->toolTip()), shift_);
  form_->addRow(fieldName(tr("Eta"), eta_->toolTip()), eta_);
  connect(begin_, &QSpinBox::valueChanged, this, [this](int value) {
    if (end_->value() < value) showQuietly(end_, value);
    emit edited();
  });
  connect(end_, &QSpinBox::valueChanged, this, [this](int value) {
    if (begin_->value() > value) showQuietly(begin_, value);
    emit edited();
  });
  for (QDoubleSpinBox* box : {shift_, eta_})
    connect(box, &QDoubleSpinBox::valueChanged, this, &AdvancedPanel::edited);
}

void AdvancedPanel::setModel(const ModelFacts& facts) {
  modelKnown_ = true;
  hasShift_ = facts.hasShift;
  samplersWithEta_ = facts.samplersWithEta;
}

void AdvancedPanel::setSettings(const PaintSettings& settings) {
  showQuietly(begin_, percent(settings.guidanceBegin));
  showQuietly(end_, percent(settings.guidanceEnd));
  showQuietly(shift_, settings.shift.value_or(0));
  showQuietly(eta_, settings.eta.value_or(0));
  form_->setRowVisible(shift_, hasShift_);
  form_->setRowVisible(eta_, hasEta(settings.sampler));
}

void AdvancedPanel::read(PaintSettings& settings) const {
  // What was not touched keeps its digits.
  if (percent(settings.guidanceBegin) != begin_->value()) settings.guidanceBegin = begin_->value() / 100.0;
  if (percent(settings.guidanceEnd) != end_->value()) settings.guidanceEnd = end_->value() / 100.0;
  if (!modelKnown_) return;
  settings.shift = hasShift_ ? unlessZero(*shift_, settings.shift) : std::nullopt;
  settings.eta = hasEta(settings.sampler) ? unlessZero(*eta_, settings.eta) : std::nullopt;
}

}  // namespace diorama::gui
