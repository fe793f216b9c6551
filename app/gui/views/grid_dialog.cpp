#include "gui/views/grid_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QVBoxLayout>

#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

GridDialog::GridDialog(const PaintSettings& base, QWidget* parent)
    : QDialog(parent), base_(base), summary_(label({}, "dim")) {
  constexpr int kWidth = 440;  // pixels
  setWindowTitle(tr("Paint a grid"));
  setMinimumWidth(kWidth);
  const QString seeds = QStringLiteral("%1, %2, %3").arg(base.seed).arg(base.seed + 1).arg(base.seed + 2);
  rows_ = makeAxis("seed", seeds, tr("Rows"));
  columns_ = makeAxis("acceleration", "off, balanced, fast", tr("Columns"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  paint_ = button(tr("Paint"), {}, "primary");
  buttons->addButton(paint_, QDialogButtonBox::AcceptRole);
  auto* form = new QFormLayout;
  form->setSpacing(space::kSmall);
  form->addRow(label(tr("Rows")), rows_.setting);
  form->addRow(QString(), rows_.values);
  form->addRow(label(tr("Columns")), columns_.setting);
  form->addRow(QString(), columns_.values);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kHuge, space::kHuge, space::kHuge, space::kLarge);
  layout->setSpacing(space::kMedium);
  layout->addWidget(label(
      tr("One picture for every pair of values; time and distance to the first of the row under each.")));
  layout->addLayout(form);
  layout->addWidget(summary_);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  check();
}

GridDialog::Axis GridDialog::makeAxis(const QString& setting, const QString& values, const QString& name) {
  Axis axis{new QComboBox, new QLineEdit(values)};
  axis.setting->addItems(gridSettings());
  axis.setting->setCurrentText(setting);
  axis.setting->setAccessibleName(tr("%1: setting").arg(name));
  axis.values->setAccessibleName(tr("%1: values").arg(name));
  axis.values->setPlaceholderText(tr("Values with commas between"));
  connect(axis.setting, &QComboBox::currentTextChanged, axis.values, &QLineEdit::clear);
  connect(axis.setting, &QComboBox::currentTextChanged, this, &GridDialog::check);
  connect(axis.values, &QLineEdit::textChanged, this, &GridDialog::check);
  return axis;
}

GridAxis GridDialog::read(const Axis& axis) const {
  GridAxis read{axis.setting->currentText(), {}};
  for (const QString& value : axis.values->text().split(',', Qt::SkipEmptyParts))
    if (!value.trimmed().isEmpty()) read.values << value.trimmed();
  return read;
}

GridSpec GridDialog::spec() const {
  return {base_, read(rows_), read(columns_)};
}

void GridDialog::check() {
  if (columns_.values == nullptr || paint_ == nullptr) return;
  const GridSpec now = spec();
  bool fits = now.size() > 0 && now.rows.setting != now.columns.setting;
  for (int i = 0; fits && i < now.size(); ++i) fits = now.cell(i).has_value();
  summary_->setText(fits ? tr("%n pictures", nullptr, now.size())
                         : tr("Give two different settings and values that fit them."));
  paint_->setEnabled(fits);
}

}  // namespace diorama::gui
