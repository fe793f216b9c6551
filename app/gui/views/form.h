// Fields with their names, alike on every panel.
#pragma once

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QSpinBox>
#include <QVBoxLayout>

namespace diorama::gui {

template <typename Widget>
Widget* named(Widget* widget, const QString& name) {
  widget->setAccessibleName(name);
  return widget;
}

// Neither tells of a number before it is typed to its end.
QSpinBox* wholeField(int low, int high, const QString& name);
QDoubleSpinBox* numberField(double low, double high, double step, const QString& name);

QFormLayout* makeForm();
// As high as its field, so that both stand on one line; the fields of all panels begin alike. The tip is that
// of the field.
QWidget* fieldName(const QString& text, const QString& tip = {});
QHBoxLayout* makeRow(std::initializer_list<QWidget*> widgets);
QVBoxLayout* makeColumn(QWidget* parent, int spacing);

// Marks a field whose value will not do.
void setWrong(QWidget* field, bool wrong);

// Leaves the box as it is where it has no such entry.
void choose(QComboBox* box, const QVariant& data);

}  // namespace diorama::gui
