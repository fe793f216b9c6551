#include "gui/views/form.h"

#include <QStyle>

#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

QSpinBox* wholeField(int low, int high, const QString& name) {
  auto* box = named(new QSpinBox, name);
  box->setRange(low, high);
  box->setKeyboardTracking(false);
  return box;
}

QDoubleSpinBox* numberField(double low, double high, double step, const QString& name) {
  auto* box = named(new QDoubleSpinBox, name);
  box->setRange(low, high);
  box->setSingleStep(step);
  box->setDecimals(2);
  box->setKeyboardTracking(false);
  return box;
}

QFormLayout* makeForm() {
  auto* layout = new QFormLayout;
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setHorizontalSpacing(space::kMedium);
  layout->setVerticalSpacing(space::kSmall);
  layout->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  return layout;
}

QWidget* fieldName(const QString& text, const QString& tip) {
  constexpr int kNameWidth = 68;  // pixels
  constexpr int kFieldHeight = 32;
  QLabel* name = label(text);
  name->setFixedSize(kNameWidth, kFieldHeight);
  name->setToolTip(tip);
  return name;
}

QHBoxLayout* makeRow(std::initializer_list<QWidget*> widgets) {
  auto* layout = new QHBoxLayout;
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(space::kTight);
  for (QWidget* widget : widgets) layout->addWidget(widget);
  return layout;
}

QVBoxLayout* makeColumn(QWidget* parent, int spacing) {
  auto* layout = new QVBoxLayout(parent);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(spacing);
  return layout;
}

void setWrong(QWidget* field, bool wrong) {
  if (field->property("wrong").toBool() == wrong) return;
  field->setProperty("wrong", wrong);
  field->style()->unpolish(field);
  field->style()->polish(field);
}

void choose(QComboBox* box, const QVariant& data) {
  const int found = box->findData(data);
  if (found >= 0) box->setCurrentIndex(found);
}

}  // namespace diorama::gui
