#include "gui/views/progress_row.h"

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

ProgressRow::ProgressRow(const QString& name) : text_(label({}, "dim")), bar_(named(new QProgressBar, name)) {
  bar_->setTextVisible(false);
  auto* stop = button(tr("Cancel"));
  stop->setAccessibleDescription(name);
  auto* row = makeRow({text_, bar_, stop});
  row->setSpacing(space::kSmall);
  row->setStretch(1, 1);
  setLayout(row);
  hide();
  connect(stop, &QPushButton::clicked, this, &ProgressRow::stopped);
}

void ProgressRow::setProgress(const QString& text, int done, int total) {
  text_->setText(text);
  bar_->setRange(0, total);
  bar_->setValue(done);
  show();
}

}  // namespace diorama::gui
