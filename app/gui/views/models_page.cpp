#include "gui/views/models_page.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QInputDialog>
#include <QScrollArea>
#include <QUrl>

#include "gui/models/plain_tip.h"
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

QString sizeTextOf(const ModelFacts& facts) {
  const QString millions = QString::number(static_cast<double>(facts.parameters) / 1e6, 'f', 1);
  const QString size = bytesText(static_cast<double>(facts.bytes)), families = facts.families.join(", ");
  if (facts.quantised.isEmpty())
    return ModelsPage::tr("%1 million parameters, %2 on disk. %3").arg(millions, size, families);
  return ModelsPage::tr("%1 million parameters, %2 on disk, weights in %3. %4")
      .arg(millions, size, facts.quantised, families);
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
  setFocusProxy(importButton);
  importButton->setObjectName("importModel");
  auto* refresh = iconButton("retry", tr("Refresh"));
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
  connect(&session.models(), &ModelsModel::allRead, this, &ModelsPage::rebuild);
  for (const auto signal : {&QAbstractItemModel::rowsRemoved, &QAbstractItemModel::rowsInserted})
    connect(&session.models(), signal, this, &ModelsPage::rebuild);
  connect(&session.models(), &QAbstractItemModel::dataChanged, this, &ModelsPage::rebuild);
  connect(importButton, &QPushButton::clicked, this, [this] { askImport({}); });
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
    if (importDialog_ != nullptr) importDialog_->accept();
    session_.models().addFolder(folder);
    emit session_.message(tr("%1 is ready.").arg(QDir(folder).dirName()), {}, false);
  });
  connect(&importer, &ModelImport::failed, this, [this](const Failure& failure) {
    importing_->hide();
    if (importDialog_ != nullptr)
      importDialog_->showProblem(failure.cancelled() ? tr("The import was cancelled.") : failure.what,
                                 failure.cancelled() ? QString() : failure.advice);
    else if (!failure.cancelled())
      emit session_.message(failure.what, failure.advice, true);
  });
}

void ModelsPage::connectQuantise() {
  EngineClient& engine = session_.engine();
  connect(quantising_, &ProgressRow::stopped, &engine, &EngineClient::cancelQuantising);
  connect(&engine, &EngineClient::quantiseProgressed, this, [this](const QString& what, int done, int total) {
    quantising_->setProgress(tr("%1: %2 of %3").arg(what).arg(done).arg(total), done, total);
  });
  connect(&engine, &EngineClient::quantised, this, [this](const QString& folder, const QString& report) {
    quantising_->hide();
    session_.models().addFolder(folder);
    emit session_.message(tr("%1 is ready.").arg(QDir(folder).dirName()), report, false);
  });
  connect(&engine, &EngineClient::quantiseFailed, this, [this](const Failure& failure) {
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
                                  : tr("No models yet. Import a model folder (diffusers layout).")));
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
  auto* more = iconButton("more", tr("More about %1").arg(facts.title));
  more->setPopupMode(QToolButton::InstantPopup);
  more->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  more->setMenu(cardMenu(facts, more));
  head->addWidget(more);
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
  layout->addWidget(wrapped(sizeTextOf(facts), "dim"));
  if (!facts.report.isEmpty()) layout->addWidget(wrapped(facts.report, "dim"));
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

void ModelsPage::askImport(const QString& folder) {
  if (importDialog_ == nullptr) {
    importDialog_ = new ImportDialog(session_.modelsFolder(), this);
    connect(importDialog_, &ImportDialog::wanted, this, [this](const QString& source, ImportKind kind) {
      importing_->setProgress(tr("Checking the model"), 0, 0);
      session_.importer().begin(source, session_.modelsFolder(), kind);
    });
    connect(importDialog_, &QDialog::rejected, &session_.importer(), &ModelImport::cancel);
    connect(importDialog_, &QDialog::finished, this, [this] { importDialog_.clear(); });
  }
  if (!folder.isEmpty()) importDialog_->source().setText(folder);
  importDialog_->open();
}

void ModelsPage::askQuantise(const ModelFacts& facts) {
  const auto newFolder = [this, facts](const QString& format) {
    return session_.quantisedFolder(facts, format);
  };
  auto* dialog = new QuantiseDialog(facts, newFolder, this);
  connect(dialog, &QuantiseDialog::wanted, this, [this](const QuantiseWish& wish) {
    quantising_->setProgress(tr("Waiting for the engine"), 0, 0);
    session_.quantise(wish);
  });
  dialog->open();
}

void ModelsPage::rename(const ModelFacts& facts) {
  bool isGiven = false;
  const QString title = QInputDialog::getText(this, tr("Rename the model"), tr("Name"), QLineEdit::Normal,
                                              facts.title, &isGiven);
  if (isGiven) session_.renameModel(facts.path, title.trimmed());
}

QMenu* ModelsPage::cardMenu(const ModelFacts& facts, QWidget* parent) {
  auto* menu = new QMenu(parent);
  menu->setToolTipsVisible(true);
  menu->addAction(tr("Rename…"), this, [this, facts] { rename(facts); });
  menu->addAction(icon("folder"), tr("Open folder"), this,
                  [path = facts.path] { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); });
  const QString whyNot = session_.whyNotRemove(facts.path);
  QAction* remove =
      menu->addAction(icon("trash"), tr("Remove"), this, [this, facts] { session_.removeModel(facts.path); });
  remove->setEnabled(whyNot.isEmpty());
  remove->setToolTip(plainTip(whyNot));
  return menu;
}

}  // namespace diorama::gui
