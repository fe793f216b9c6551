#include "gui/views/grid_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QVBoxLayout>

#include "gui/models/plain_tip.h"
#include "gui/views/form.h"
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
  form->addRow(QString(), rows_.problem);
  form->addRow(label(tr("Columns")), columns_.setting);
  form->addRow(QString(), columns_.values);
  form->addRow(QString(), columns_.problem);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kHuge, space::kHuge, space::kHuge, space::kLarge);
  layout->setSpacing(space::kMedium);
  layout->addWidget(label(
      tr("Paints every combination. Under each: its time and its difference from the first in the row.")));
  layout->addLayout(form);
  layout->addWidget(summary_);
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  check();
}

GridDialog::Axis GridDialog::makeAxis(const QString& setting, const QString& name) {
  Axis axis{new QComboBox, new QLineEdit, label({}, "error")};
  axis.problem->setWordWrap(true);
  axis.problem->hide();
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

QString GridDialog::problem(const Axis& axis) const {
  const GridChoice& choice = choices_[axis.setting->currentIndex()];
  const QStringList values = read(axis).values;
  if (values.isEmpty()) return tr("Give values for %1, with commas between them.").arg(choice.title);
  for (const QString& value : values) {
    PaintSettings settings = base_;
    if (!choice.known.isEmpty() && !choice.known.contains(value))
      return tr("“%1” does not fit %2. Use: %3.").arg(value, choice.title, choice.known.join(", "));
    if (!applySetting(settings, choice.setting, value))
      return tr("“%1” does not fit %2. Use numbers with commas between them.").arg(value, choice.title);
  }
  return {};
}

GridSpec GridDialog::spec() const {
  return {base_, read(rows_), read(columns_)};
}

void GridDialog::check() {
  if (columns_.values == nullptr || paint_ == nullptr) return;
  const GridSpec now = spec();
  const bool isSame = now.rows.setting == now.columns.setting;
  for (const Axis& axis : {rows_, columns_}) {
    const QString why = problem(axis);
    axis.problem->setText(why);
    axis.problem->setVisible(!why.isEmpty());
    setWrong(axis.values, !why.isEmpty());
  }
  const bool fits = !isSame && problem(rows_).isEmpty() && problem(columns_).isEmpty();
  summary_->setText(isSame ? tr("Choose two different settings.")
                    : fits ? picturesText(now.size())
                           : QString());
  paint_->setEnabled(fits);
}

}  // namespace diorama::gui
