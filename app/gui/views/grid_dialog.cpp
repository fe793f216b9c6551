#include "gui/views/grid_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/models/plain_tip.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"
#include "gui/views/words.h"

namespace diorama::gui {

GridDialog::GridDialog(const PaintSettings& base, const ModelFacts* model, QWidget* parent)
    : QDialog(parent), base_(base), choices_(gridChoices(base, model)), summary_(label({}, "dim")) {
  constexpr int kWidth = 440;  // pixels
  setWindowTitle(tr("Paint a grid"));
  setMinimumWidth(kWidth);
  rows_ = makeAxis("seed", tr("Rows"));
  columns_ = makeAxis("acceleration", tr("Columns"));
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

GridDialog::Axis GridDialog::makeAxis(const QString& setting, const QString& name) {
  Axis axis{new QComboBox, new QLineEdit};
  for (const GridChoice& choice : choices_) axis.setting->addItem(choice.title, choice.setting);
  axis.setting->setAccessibleName(tr("%1: setting").arg(name));
  axis.values->setAccessibleName(tr("%1: values").arg(name));
  axis.values->setPlaceholderText(tr("Values with commas between"));
  connect(axis.setting, &QComboBox::currentIndexChanged, this, [this, axis](int at) {
    if (at < 0) return;
    axis.values->setText(choices_[at].example);
    axis.values->setToolTip(plainTip(choices_[at].known.join(", ")));
    check();
  });
  connect(axis.values, &QLineEdit::textChanged, this, &GridDialog::check);
  axis.setting->setCurrentIndex(-1);
  axis.setting->setCurrentIndex(axis.setting->findData(setting));
  return axis;
}

GridAxis GridDialog::read(const Axis& axis) const {
  GridAxis read{axis.setting->currentData().toString(), {}};
  for (const QString& value : axis.values->text().split(',', Qt::SkipEmptyParts))
    if (!value.trimmed().isEmpty()) read.values << value.trimmed();
  return read;
}

bool GridDialog::fits(const Axis& axis) const {
  const QStringList& known = choices_[axis.setting->currentIndex()].known;
  const QStringList values = read(axis).values;
  return known.isEmpty() || std::all_of(values.begin(), values.end(),
                                        [&](const QString& value) { return known.contains(value); });
}

GridSpec GridDialog::spec() const {
  return {base_, read(rows_), read(columns_)};
}

void GridDialog::check() {
  if (columns_.values == nullptr || paint_ == nullptr) return;
  const GridSpec now = spec();
  bool fits =
      now.size() > 0 && now.rows.setting != now.columns.setting && this->fits(rows_) && this->fits(columns_);
  for (int i = 0; fits && i < now.size(); ++i) fits = now.cell(i).has_value();
  summary_->setText(fits ? picturesText(now.size())
                         : tr("Give two different settings and values that fit them."));
  paint_->setEnabled(fits);
}

}  // namespace diorama::gui
