#include "gui/views/model_dialogs.h"

#include <QDialogButtonBox>
#include <QFileDialog>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kFieldWidth = 380;  // pixels

// The button that does it, enabled while there is something in the line; what it does is the dialog's
// business.
QDialogButtonBox* buttons(QDialog* dialog, QLineEdit* needed, const QString& text) {
  auto* box = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  QPushButton* ok = box->button(QDialogButtonBox::Ok);
  ok->setText(text);
  ok->setProperty("role", "primary");
  ok->setEnabled(!needed->text().isEmpty());
  QObject::connect(needed, &QLineEdit::textChanged, ok,
                   [ok](const QString& now) { ok->setEnabled(!now.trimmed().isEmpty()); });
  QObject::connect(box, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
  return box;
}

QVBoxLayout* dialogColumn(QDialog* dialog) {
  auto* layout = makeColumn(dialog, space::kMedium);
  layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
  return layout;
}

}  // namespace

ImportDialog::ImportDialog(const QString& models, QWidget* parent)
    : QDialog(parent),
      problem_(label({}, "error")),
      source_(named(new QLineEdit, tr("Model folder"))),
      copy_(new QRadioButton(tr("Copy to Diorama's models"))),
      link_(new QRadioButton(tr("Link (saves space; keep the original where it is)"))) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Import a model"));
  copy_->setChecked(true);
  source_->setMinimumWidth(kFieldWidth);
  source_->setPlaceholderText(tr("A folder in the diffusers layout"));
  problem_->setWordWrap(true);
  problem_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  problem_->hide();
  auto* browse = button(tr("Choose…"), "folder");
  auto* where = label(tr("The folder is checked first, then added to %1.").arg(models), "dim");
  where->setWordWrap(true);
  QDialogButtonBox* box = buttons(this, source_, tr("Import"));
  import_ = box->button(QDialogButtonBox::Ok);
  auto* layout = dialogColumn(this);
  layout->addLayout(makeRow({source_, browse}));
  layout->addWidget(problem_);
  layout->addWidget(copy_);
  layout->addWidget(link_);
  layout->addWidget(where);
  layout->addWidget(box);
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, windowTitle(), source_->text());
    if (!folder.isEmpty()) source_->setText(folder);
  });
  connect(source_, &QLineEdit::textChanged, problem_, &QWidget::hide);
  connect(box, &QDialogButtonBox::accepted, this, &ImportDialog::begin);
}

void ImportDialog::begin() {
  problem_->hide();
  import_->setEnabled(false);
  emit wanted(source_->text().trimmed(), link_->isChecked() ? ImportKind::link : ImportKind::copy);
}

void ImportDialog::showProblem(const QString& what, const QString& advice) {
  problem_->setText(advice.isEmpty() ? what : QStringLiteral("%1\n%2").arg(what, advice));
  problem_->show();
  import_->setEnabled(true);
  source_->setFocus();
}

QuantiseDialog::QuantiseDialog(const ModelFacts& facts,
                               const std::function<QString(const QString& format)>& newFolder,
                               QWidget* parent)
    : QDialog(parent),
      format_(named(new QComboBox, tr("Format"))),
      destination_(named(new QLineEdit, tr("New folder"))),
      prompts_(wholeField(1, 64, tr("Calibration prompts"))),
      pictures_(wholeField(1, 64, tr("Test pictures"))) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Quantise %1").arg(facts.title));
  format_->addItem(tr("4 bits (w4a8)"), QStringLiteral("w4a8"));
  format_->addItem(tr("8 bits (w8a8)"), QStringLiteral("w8a8"));
  const QuantiseWish usual;
  prompts_->setValue(usual.prompts);
  pictures_->setValue(usual.pictures);
  destination_->setMinimumWidth(kFieldWidth);
  const auto suggest = [this, newFolder] {
    destination_->setText(newFolder(format_->currentData().toString()));
  };
  connect(format_, &QComboBox::currentIndexChanged, this, suggest);
  suggest();
  auto* form = makeForm();
  form->addRow(tr("Weights"), format_);
  form->addRow(tr("New folder"), destination_);
  form->addRow(tr("Calibration prompts"), prompts_);
  form->addRow(tr("Test pictures"), pictures_);
  auto* layout = dialogColumn(this);
  layout->addLayout(form);
  QDialogButtonBox* box = buttons(this, destination_, tr("Quantise"));
  layout->addWidget(box);
  connect(box, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(this, &QDialog::accepted, this, [this, model = facts.path] {
    emit wanted({model, destination_->text().trimmed(), format_->currentData().toString(), prompts_->value(),
                 pictures_->value()});
  });
}

}  // namespace diorama::gui
