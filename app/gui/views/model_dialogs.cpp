#include "gui/views/model_dialogs.h"

#include <QDialogButtonBox>
#include <QFileDialog>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kFieldWidth = 380;  // pixels

// The button that does it, enabled while there is something in the line.
QDialogButtonBox* buttons(QDialog* dialog, QLineEdit* needed, const QString& text) {
  auto* box = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  QPushButton* ok = box->button(QDialogButtonBox::Ok);
  ok->setText(text);
  ok->setProperty("role", "primary");
  ok->setEnabled(!needed->text().isEmpty());
  QObject::connect(needed, &QLineEdit::textChanged, ok,
                   [ok](const QString& now) { ok->setEnabled(!now.trimmed().isEmpty()); });
  QObject::connect(box, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
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
      source_(named(new QLineEdit, tr("Folder of the model"))),
      copy_(new QRadioButton(tr("Copy it"))),
      link_(new QRadioButton(tr("Link to it: takes no space, and must stay where it is"))) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Import a model"));
  copy_->setChecked(true);
  source_->setMinimumWidth(kFieldWidth);
  source_->setPlaceholderText(tr("A folder in the diffusers layout"));
  auto* browse = button(tr("Choose…"), "folder");
  auto* where = label(tr("It is checked first and becomes a folder in %1.").arg(models), "dim");
  where->setWordWrap(true);
  auto* layout = dialogColumn(this);
  layout->addLayout(makeRow({source_, browse}));
  layout->addWidget(copy_);
  layout->addWidget(link_);
  layout->addWidget(where);
  layout->addWidget(buttons(this, source_, tr("Import")));
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, windowTitle());
    if (!folder.isEmpty()) source_->setText(folder);
  });
  connect(this, &QDialog::accepted, this, [this] {
    emit wanted(source_->text().trimmed(), link_->isChecked() ? ImportKind::link : ImportKind::copy);
  });
}

QuantiseDialog::QuantiseDialog(const ModelFacts& facts, QWidget* parent)
    : QDialog(parent),
      format_(named(new QComboBox, tr("Format"))),
      destination_(named(new QLineEdit, tr("The folder to make"))),
      prompts_(wholeField(1, 64, tr("Prompts to learn from"))),
      pictures_(wholeField(1, 64, tr("Pictures to judge by"))) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Quantise %1").arg(facts.title));
  format_->addItem(tr("4 bits (w4a8)"), QStringLiteral("w4a8"));
  format_->addItem(tr("8 bits (w8a8)"), QStringLiteral("w8a8"));
  const QuantiseWish usual;
  prompts_->setValue(usual.prompts);
  pictures_->setValue(usual.pictures);
  destination_->setMinimumWidth(kFieldWidth);
  const auto suggest = [this, path = facts.path] {
    destination_->setText(QStringLiteral("%1-%2").arg(path, format_->currentData().toString()));
  };
  connect(format_, &QComboBox::currentIndexChanged, this, suggest);
  suggest();
  auto* form = makeForm();
  form->addRow(tr("Weights"), format_);
  form->addRow(tr("New folder"), destination_);
  form->addRow(tr("Prompts to learn from"), prompts_);
  form->addRow(tr("Pictures to judge by"), pictures_);
  auto* layout = dialogColumn(this);
  layout->addLayout(form);
  layout->addWidget(buttons(this, destination_, tr("Quantise")));
  connect(this, &QDialog::accepted, this, [this, model = facts.path] {
    emit wanted({model, destination_->text().trimmed(), format_->currentData().toString(), prompts_->value(),
                 pictures_->value()});
  });
}

}  // namespace diorama::gui
