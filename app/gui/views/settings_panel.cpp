#include "gui/views/settings_panel.h"

#include <QMenu>
#include <QRegularExpressionValidator>
#include <QStandardItemModel>

#include "gui/models/plain_tip.h"
#include "gui/service/token_counter.h"
#include "gui/views/advanced_panel.h"
#include "gui/views/class_picker.h"
#include "gui/views/disclosure.h"
#include "gui/views/form.h"
#include "gui/views/icons.h"
#include "gui/views/size_picker.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kMostSteps = 1000;
constexpr int kPromptsInMenu = 20;

QString menuText(const QString& prompt) {
  constexpr int kMost = 72;
  return prompt.left(kMost).simplified().replace('&', QLatin1String("&&"));
}

}  // namespace

SettingsPanel::SettingsPanel(Session& session) : session_(session) {
  setObjectName("panel");
  setAttribute(Qt::WA_StyledBackground);
  auto* content = new QWidget;
  auto* sections = new QVBoxLayout(content);
  sections->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
  sections->setSpacing(space::kLarge);
  for (QWidget* section : {makePrompt(), makePicture(), makeSeed(), makeCompute()})
    sections->addWidget(section);
  sections->addStretch();
  auto* scroll = new QScrollArea;
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  auto* layout = makeColumn(this, 0);
  layout->addWidget(scroll, 1);
  layout->addWidget(divider());
  layout->addWidget(makeButtons());
  connectControls();
  showModels();
  showModel();
  showSettings();
}

QWidget* SettingsPanel::makePrompt() {
  constexpr int kPromptLines = 3;
  constexpr int kNegativeLines = 2;
  model_ = named(new QComboBox, tr("Model"));
  model_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  prompt_ = named(new PromptEdit(kPromptLines), tr("Prompt"));
  prompt_->setPlaceholderText(tr("What should be painted?"));
  negative_ = named(new PromptEdit(kNegativeLines), tr("Negative prompt"));
  negative_->setPlaceholderText(tr("What should not be in it"));
  history_ = iconButton("history", tr("Earlier prompts"), tr("Alt+Up, Alt+Down"));
  history_->setPopupMode(QToolButton::InstantPopup);
  history_->setMenu(new QMenu(history_));
  history_->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  reset_ = iconButton("reset", tr("What the model recommends"));
  tokens_ = label({}, "dim");
  tokens_->setWordWrap(true);
  classes_ = new ClassPicker;
  classes_->hide();
  hints_ = new HintChips;

  prompts_ = new QWidget;
  auto* prompts = makeColumn(prompts_, space::kSmall);
  prompts->addWidget(prompt_);
  auto* under = makeRow({tokens_});
  under->addStretch();
  under->addWidget(history_);
  prompts->addLayout(under);
  prompts->addWidget(hints_);
  prompts->addWidget(negative_);

  auto* section = new QWidget;
  auto* layout = makeColumn(section, space::kSmall);
  auto* models = makeRow({model_, reset_});
  models->setStretch(0, 1);
  layout->addLayout(models);
  layout->addWidget(prompts_);
  layout->addWidget(classes_);
  return section;
}

QWidget* SettingsPanel::makePicture() {
  size_ = new SizePicker;
  steps_ = wholeField(1, kMostSteps, tr("Steps"));
  guidance_ = numberField(1, 100, 0.5, tr("Guidance"));
  guidance_->setToolTip(tr("How closely the prompt is followed; 1: as the model likes"));
  sampler_ = named(new QComboBox, tr("Sampler"));
  advanced_ = new AdvancedPanel;
  auto* section = new QWidget;
  auto* layout = makeForm();
  section->setLayout(layout);
  layout->addRow(fieldName(tr("Size")), size_);
  auto* run = makeRow({steps_, label(tr("Guidance")), guidance_});
  run->setStretch(0, 1);
  run->setStretch(2, 1);
  layout->addRow(fieldName(tr("Steps")), run);
  layout->addRow(fieldName(tr("Sampler")), sampler_);
  layout->addRow(new Disclosure(tr("Advanced"), advanced_));
  return section;
}

QWidget* SettingsPanel::makeSeed() {
  seed_ = named(new QLineEdit, tr("Seed"));
  seed_->setValidator(
      new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,20}")), seed_));
  dice_ = iconButton("dice", tr("Draw another seed"));
  lock_ = iconButton("unlock", tr("Keep the seed"), tr("Ctrl+L"));
  lock_->setCheckable(true);
  count_ = wholeField(1, 1000, tr("Pictures of one press"));
  auto* section = new QWidget;
  auto* layout = makeForm();
  section->setLayout(layout);
  auto* seeds = makeRow({seed_, dice_, lock_});
  seeds->setStretch(0, 1);
  layout->addRow(fieldName(tr("Seed")), seeds);
  layout->addRow(fieldName(tr("Pictures")), count_);
  return section;
}

QWidget* SettingsPanel::makeCompute() {
  precision_ = named(new QComboBox, tr("Precision"));
  for (const char* name : {"auto", "f32", "bf16", "f16", "w8a8", "w4a8"})
    precision_->addItem(qstrcmp(name, "auto") == 0 ? tr("Automatic") : QString::fromLatin1(name),
                        QString::fromLatin1(name));
  device_ = named(new QComboBox, tr("Device"));
  device_->addItem(tr("Automatic"), QStringLiteral("auto"));
  deviceReason_ = label({}, "dim");
  deviceReason_->setWordWrap(true);
  acceleration_ = new AccelerationPanel;
  auto* section = new QWidget;
  auto* layout = makeColumn(section, space::kSmall);
  layout->addWidget(label(tr("Acceleration"), "section"));
  layout->addWidget(acceleration_);
  auto* compute = makeForm();
  compute->addRow(fieldName(tr("Precision")), precision_);
  compute->addRow(fieldName(tr("Device")), device_);
  layout->addLayout(compute);
  layout->addWidget(deviceReason_);
  return section;
}

QWidget* SettingsPanel::makeButtons() {
  paint_ = button(tr("Paint   Ctrl+Enter"), {}, "primary");
  paint_->setAccessibleName(tr("Paint"));
  cancel_ = button(tr("Cancel   Esc"));
  cancel_->setAccessibleName(tr("Cancel"));
  cancel_->setEnabled(false);
  auto* bar = new QWidget;
  auto* layout = makeRow({paint_, cancel_});
  layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kMedium);
  layout->setSpacing(space::kSmall);
  layout->setStretch(0, 1);
  bar->setLayout(layout);
  return bar;
}

void SettingsPanel::connectControls() {
  SettingsStore& store = session_.store();
  // A control changes what it shows and nothing else: before the model is known, others show nothing yet.
  const auto edits = [this](auto* control, auto signal, auto change) {
    connect(control, signal, this, [this, change] { edit(change); });
  };
  const auto chooses = [&](QComboBox* box, QString PaintSettings::*setting) {
    edits(box, &QComboBox::activated,
          [box, setting](PaintSettings& s) { s.*setting = box->currentData().toString(); });
  };
  edits(prompt_, &QPlainTextEdit::textChanged, [this](PaintSettings& s) { s.prompt = prompt_->prompt(); });
  edits(negative_, &QPlainTextEdit::textChanged,
        [this](PaintSettings& s) { s.negativePrompt = negative_->prompt(); });
  for (PromptEdit* edit : {prompt_, negative_})
    connect(edit, &PromptEdit::submitted, &session_, &Session::paint);
  edits(size_, &SizePicker::edited, [this](PaintSettings& s) {
    s.width = size_->chosen().width();
    s.height = size_->chosen().height();
  });
  edits(steps_, &QSpinBox::valueChanged, [this](PaintSettings& s) { s.steps = steps_->value(); });
  edits(guidance_, &QDoubleSpinBox::valueChanged,
        [this](PaintSettings& s) { s.guidance = guidance_->value(); });
  edits(advanced_, &AdvancedPanel::edited, [this](PaintSettings& s) { advanced_->read(s); });
  chooses(sampler_, &PaintSettings::sampler);
  chooses(precision_, &PaintSettings::precision);
  chooses(device_, &PaintSettings::device);
  edits(seed_, &QLineEdit::textEdited, [this](PaintSettings& s) {
    bool fits = false;
    const quint64 seed = seed_->text().toULongLong(&fits);
    if (fits) s.seed = seed;
  });
  connect(seed_, &QLineEdit::editingFinished, this, &SettingsPanel::showSettings);  // where it did not fit
  edits(acceleration_, &AccelerationPanel::edited, [this](PaintSettings& s) {
    s.acceleration = acceleration_->choice();
    s.customPlan = acceleration_->customPlan();
  });
  edits(classes_, &ClassPicker::picked, [this](PaintSettings& s) { s.classLabel = classes_->chosen(); });
  connect(hints_, &HintChips::composed, prompt_, &PromptEdit::setPrompt);
  connect(count_, &QSpinBox::valueChanged, &store, &SettingsStore::setCount);
  connect(dice_, &QToolButton::clicked, &session_, &Session::rollSeed);
  connect(lock_, &QToolButton::toggled, &store, &SettingsStore::setSeedLocked);
  connect(reset_, &QToolButton::clicked, &session_, &Session::resetToRecommended);
  connect(paint_, &QPushButton::clicked, &session_, &Session::paint);
  connect(cancel_, &QPushButton::clicked, &session_, &Session::cancel);
  connect(model_, &QComboBox::activated, this,
          [this](int at) { session_.chooseModel(model_->itemData(at).toString()); });
  connect(&store, &SettingsStore::settingsChanged, this, &SettingsPanel::showSettings);
  connect(&store, &SettingsStore::seedLockedChanged, this, &SettingsPanel::showSettings);
  const auto showHistory = [this, &store] { prompt_->setHistory(store.state().prompts); };
  connect(&store, &SettingsStore::promptsChanged, this, showHistory);
  showHistory();
  connect(history_->menu(), &QMenu::aboutToShow, this, [this, &store] {
    history_->menu()->clear();
    for (const QString& prompt : store.state().prompts.mid(0, kPromptsInMenu))
      history_->menu()->addAction(menuText(prompt), this, [this, prompt] { prompt_->setPrompt(prompt); });
    if (history_->menu()->isEmpty())
      history_->menu()->addAction(tr("Nothing painted yet"))->setEnabled(false);
  });
  connect(&session_.models(), &ModelsModel::modelRead, this, [this](const QString& path) {
    showModels();
    if (path == session_.store().settings().model) showModel();
  });
  connect(&session_, &Session::devicesKnown, this, &SettingsPanel::showDevices);
}

void SettingsPanel::showModels() {
  model_->clear();
  const ModelsModel& models = session_.models();
  for (int i = 0; i < models.rowCount(); ++i) {
    const ModelFacts& facts = models.facts(i);
    if (!facts.usable()) continue;
    const bool taken = model_->findText(facts.title) >= 0;
    model_->addItem(taken ? tr("%1 in %2").arg(facts.title, facts.path) : facts.title, facts.path);
    model_->setItemData(model_->count() - 1, plainTip(facts.path), Qt::ToolTipRole);
  }
  const QString& wanted = session_.store().settings().model;
  if (model_->count() == 0)
    model_->addItem(tr("Looking for models…"));
  else if (!wanted.isEmpty() && models.find(wanted) == nullptr)
    model_->addItem(tr("%1 — is not here").arg(wanted), wanted);
  choose(model_, session_.store().settings().model);
}

void SettingsPanel::showModel() {
  const ModelFacts* facts = session_.model();
  if (facts == nullptr || !facts->usable()) return;
  showing_ = true;
  shownModel_ = facts->path;
  sampler_->clear();
  for (const QString& name : facts->samplers) sampler_->addItem(name, name);
  size_->setModel(*facts);
  advanced_->setModel(*facts);
  hints_->setModel(*facts);
  classes_->setClasses(facts->classes);
  prompts_->setVisible(facts->classes.isEmpty());
  acceleration_->setModel(*facts);
  showing_ = false;
  showSettings();
}

void SettingsPanel::showDevices() {
  for (const DeviceFacts& device : session_.devices()) {
    if (device_->findData(device.id) >= 0) continue;
    const bool namesItself = device.name.startsWith(device.id + ':');
    device_->addItem(namesItself ? device.name : QStringLiteral("%1 — %2").arg(device.id, device.name),
                     device.id);
    const int row = device_->count() - 1;
    device_->setItemData(row, plainTip(device.reason), Qt::ToolTipRole);
    qobject_cast<QStandardItemModel*>(device_->model())->item(row)->setEnabled(device.usable);
  }
  if (const QString& wanted = session_.store().settings().device; device_->findData(wanted) < 0)
    device_->addItem(tr("%1 — is not here").arg(wanted), wanted);
  device_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  showSettings();
}

void SettingsPanel::showSettings() {
  if (showing_) return;
  const PaintSettings& s = session_.store().settings();
  if (s.model != shownModel_ && session_.model() != nullptr) return showModel();
  showing_ = true;
  const WindowState& state = session_.store().state();
  choose(model_, s.model);
  prompt_->setPrompt(s.prompt);
  negative_->setPrompt(s.negativePrompt);
  size_->setChosen({s.width, s.height});
  steps_->setValue(s.steps);
  guidance_->setValue(s.guidance);
  choose(sampler_, s.sampler);
  advanced_->setSettings(s);
  if (seed_->text() != QString::number(s.seed)) seed_->setText(QString::number(s.seed));
  lock_->setChecked(state.seedLocked);
  lock_->setIcon(icon(state.seedLocked ? "lock" : "unlock"));
  count_->setValue(state.count);
  choose(precision_, s.precision);
  choose(device_, s.device);
  acceleration_->setChoice(s.acceleration, s.customPlan);
  if (s.classLabel >= 0) classes_->setChosen(s.classLabel);
  for (const DeviceFacts& device : session_.devices())
    if (device.id == s.device || (s.device == "auto" && device.automatic))
      deviceReason_->setText(
          device.reason.isEmpty() ? device.name : QStringLiteral("%1. %2").arg(device.name, device.reason));
  showTokens();
  hints_->follow(s.prompt);
  showing_ = false;
}

void SettingsPanel::showTokens() {
  const ModelFacts* facts = session_.model();
  if (facts == nullptr || facts->tokens == nullptr) return tokens_->clear();
  const TokenCount count = facts->tokens->count(prompt_->prompt());
  QString text = tr("%1 of %2 tokens").arg(count.used).arg(count.most);
  if (!count.dropped.isEmpty()) text = tr("%1; dropped: “%2”").arg(text, count.dropped);
  if (!count.unknown.isEmpty()) text = tr("%1; not known: %2").arg(text, count.unknown.join(", "));
  const bool warns = !count.dropped.isEmpty() || !count.unknown.isEmpty();
  tokens_->setText(text);
  const QString role = warns ? QStringLiteral("warning") : QStringLiteral("dim");
  if (tokens_->property("role") == role) return;
  tokens_->setProperty("role", role);
  tokens_->setStyleSheet(QStringLiteral(" "));  // looks at the property again
}

void SettingsPanel::edit(const std::function<void(PaintSettings&)>& change) {
  if (showing_) return;
  showing_ = true;
  PaintSettings s = session_.store().settings();
  change(s);
  session_.store().setSettings(s);
  advanced_->setSettings(s);
  showTokens();
  hints_->follow(s.prompt);
  showing_ = false;
}

}  // namespace diorama::gui
