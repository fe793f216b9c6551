#include "gui/views/models_page.h"

#include <QFileDialog>
#include <QScrollArea>

#include "gui/views/icons.h"
#include "gui/views/model_dialogs.h"
#include "gui/views/progress_row.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"
#include "gui/views/words.h"

namespace diorama::gui {
namespace {

constexpr int kCardWidth = 720;  // pixels, at most

QString memoryText(const ModelFacts& facts) {
  QStringList parts;
  for (const PrecisionMemory& memory : facts.memory)
    parts << QStringLiteral("%1 %2").arg(memory.precision, bytesText(static_cast<double>(memory.bytes)));
  return parts.join(QStringLiteral("   ·   "));
}

QLabel* wrapped(const QString& text, const char* role = nullptr) {
  QLabel* widget = label(text, role);
  widget->setWordWrap(true);
  widget->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return widget;
}

}  // namespace

ModelsPage::ModelsPage(Session& session)
    : session_(session),
      importing_(new ProgressRow(tr("Import"))),
      quantising_(new ProgressRow(tr("Quantisation"))) {
  setObjectName("page");
  setAttribute(Qt::WA_StyledBackground);
  auto* addButton = button(tr("Add a folder…"), "folder");
  auto* importButton = button(tr("Import a model…"), "save");
  importButton->setObjectName("importModel");
  auto* refresh = iconButton("retry", tr("Look again"));
  auto* head = new QHBoxLayout;
  head->addWidget(label(tr("Models"), "title"));
  head->addStretch();
  head->addWidget(importButton);
  head->addWidget(addButton);
  head->addWidget(refresh);
  auto* content = new QWidget;
  content->setObjectName("page");
  content->setAttribute(Qt::WA_StyledBackground);
  cards_ = new QVBoxLayout(content);
  cards_->setContentsMargins(0, 0, 0, 0);
  cards_->setSpacing(space::kMedium);
  auto* scroll = new QScrollArea;
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kHuge, space::kLarge, space::kHuge, space::kLarge);
  layout->setSpacing(space::kLarge);
  layout->addLayout(head);
  layout->addWidget(importing_);
  layout->addWidget(quantising_);
  layout->addWidget(scroll, 1);

  connect(addButton, &QPushButton::clicked, this, &ModelsPage::add);
  connect(refresh, &QToolButton::clicked, &session.models(), &ModelsModel::refresh);
  connect(&session.models(), &ModelsModel::modelRead, this, &ModelsPage::rebuild);
  connect(&session.models(), &QAbstractItemModel::rowsRemoved, this, &ModelsPage::rebuild);
  connect(importButton, &QPushButton::clicked, this, &ModelsPage::askImport);
  connectImport();
  connectQuantise();
  rebuild();
}

void ModelsPage::connectImport() {
  ModelImport& importer = session_.importer();
  connect(importing_, &ProgressRow::stopped, &importer, &ModelImport::cancel);
  connect(&importer, &ModelImport::progressed, this, [this](qint64 done, qint64 total) {
    constexpr int kParts = 1000;
    const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
    importing_->setProgress(
        tr("Copying: %1 of %2")
            .arg(bytesText(static_cast<double>(done)), bytesText(static_cast<double>(total))),
        static_cast<int>(kParts * share), kParts);
  });
  connect(&importer, &ModelImport::imported, this, [this](const QString& folder) {
    importing_->hide();
    session_.models().addFolder(folder);
    emit session_.message(tr("%1 is ready.").arg(folder), {}, false);
  });
  connect(&importer, &ModelImport::failed, this, [this](const Failure& failure) {
    importing_->hide();
    if (!failure.cancelled()) emit session_.message(failure.what, failure.advice, true);
  });
}

void ModelsPage::connectQuantise() {
  EngineService& engine = session_.engine();
  connect(quantising_, &ProgressRow::stopped, &engine, &EngineService::cancelQuantising);
  connect(&engine, &EngineService::quantiseProgressed, this,
          [this](const QString& what, int done, int total) {
            quantising_->setProgress(tr("%1: %2 of %3").arg(what).arg(done).arg(total), done, total);
          });
  connect(&engine, &EngineService::quantised, this, [this](const QString& folder, const QString& report) {
    quantising_->hide();
    session_.models().addFolder(folder);
    emit session_.message(tr("%1 is ready.").arg(folder), report, false);
  });
  connect(&engine, &EngineService::quantiseFailed, this, [this](const Failure& failure) {
    quantising_->hide();
    if (!failure.cancelled()) emit session_.message(failure.what, failure.advice, true);
  });
}

void ModelsPage::rebuild() {
  while (QLayoutItem* item = cards_->takeAt(0)) {
    if (item->widget() != nullptr) item->widget()->deleteLater();
    delete item;
  }
  const ModelsModel& models = session_.models();
  for (int i = 0; i < models.rowCount(); ++i) cards_->addWidget(card(models.facts(i)));
  if (models.rowCount() == 0)
    cards_->addWidget(wrapped(models.isReading()
                                  ? tr("Looking for models…")
                                  : tr("No model was found. Add a folder in the diffusers layout.")));
  cards_->addStretch();
}

QWidget* ModelsPage::card(const ModelFacts& facts) {
  auto* box = new QWidget;
  box->setObjectName("card");
  box->setAttribute(Qt::WA_StyledBackground);
  box->setMaximumWidth(kCardWidth);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kMedium);
  layout->setSpacing(space::kTight);
  auto* head = new QHBoxLayout;
  head->addWidget(label(facts.title, "title"));
  head->addStretch();
  layout->addLayout(head);
  if (!facts.usable()) {
    layout->addWidget(wrapped(tr("Cannot be used: %1").arg(facts.problem), "warning"));
    layout->addWidget(wrapped(facts.path, "dim"));
    return box;
  }
  auto* use = button(tr("Use"), "paint");
  auto* less = button(tr("Quantise…"));
  less->setAccessibleName(tr("Quantise %1").arg(facts.title));
  less->setEnabled(facts.quantised.isEmpty());
  head->addWidget(less);
  head->addWidget(use);
  connect(use, &QPushButton::clicked, this, [this, path = facts.path] {
    session_.chooseModel(path);
    emit chosen();
  });
  connect(less, &QPushButton::clicked, this, [this, facts] { askQuantise(facts); });
  if (!facts.description.isEmpty()) layout->addWidget(wrapped(facts.description));
  layout->addWidget(
      wrapped(tr("%1 million parameters, %2 on disk%3. %4")
                  .arg(static_cast<double>(facts.parameters) / 1e6, 0, 'f', 1)
                  .arg(bytesText(static_cast<double>(facts.bytes)),
                       facts.quantised.isEmpty() ? QString() : tr(", weights in %1").arg(facts.quantised),
                       facts.families.join(", ")),
              "dim"));
  layout->addWidget(wrapped(tr("Memory:  %1").arg(memoryText(facts)), "dim"));
  layout->addWidget(wrapped(
      tr("Licence: %1").arg(facts.license.isEmpty() ? tr("not stated; see the folder") : facts.license),
      "dim"));
  layout->addWidget(wrapped(facts.path, "dim"));
  return box;
}

void ModelsPage::add() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder of a model"));
  if (!folder.isEmpty()) session_.models().addFolder(folder);
}

void ModelsPage::askImport() {
  auto* dialog = new ImportDialog(session_.modelsFolder(), this);
  connect(dialog, &ImportDialog::wanted, this, [this](const QString& source, ImportKind kind) {
    importing_->setProgress(tr("Checking the model"), 0, 0);
    session_.importer().begin(source, session_.modelsFolder(), kind);
  });
  dialog->open();
}

void ModelsPage::askQuantise(const ModelFacts& facts) {
  auto* dialog = new QuantiseDialog(facts, this);
  connect(dialog, &QuantiseDialog::wanted, this, [this](const QuantiseWish& wish) {
    quantising_->setProgress(tr("Waiting for the engine"), 0, 0);
    session_.engine().quantise(wish);
  });
  dialog->open();
}

}  // namespace diorama::gui
