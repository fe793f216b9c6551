#include "gui/views/settings_panel.h"

#include <QApplication>
#include <QDir>
#include <QMenu>
#include <QStandardItemModel>

#include "gui/models/plain_tip.h"
#include "gui/service/paint_check.h"
#include "gui/service/setting_fact.h"
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

constexpr int kMostTypedSteps = 99999;  // more than the engine takes, so that the field can say so
constexpr int kPromptsInMenu = 20;

QString menuText(const QString& prompt) {
  constexpr int kMost = 72;
  return prompt.left(kMost).simplified().replace('&', QLatin1String("&&"));
}

QString titleIn(const QComboBox& box, const ModelFacts& facts) {
  if (box.findText(facts.title) < 0) return facts.title;
  return SettingsPanel::tr("%1 – %2").arg(facts.title, QDir(facts.path).dirName());
}

// A named precision or device that the machine does not have is listed all the same.
QString missing(const QString& name) {
  return SettingsPanel::tr("%1 (missing)").arg(name);
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
  layout->addWidget(makePausedStrip());
  layout->addWidget(makeButtons());
  connectControls();
  connectStore();
  connectSession();
  showModels();
  showModel();
  showSettings();
  showPaused();
  setTabOrders();
}

QWidget* SettingsPanel::makePrompt() {
  constexpr int kFewestLines = 3, kMostLines = 10;
  constexpr int kNegativeLines = 1;
  model_ = named(new QComboBox, tr("Model"));
  model_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  prompt_ = named(new PromptEdit(kFewestLines, kMostLines), tr("Prompt"));
  prompt_->setPlaceholderText(tr("Describe the picture…"));
  negative_ = named(new PromptEdit(kNegativeLines, kFewestLines), tr("Negative prompt"));
  negative_->setPlaceholderText(tr("Leave out (negative prompt)"));
  history_ = iconButton("history", tr("Earlier prompts"), tr("Alt+Up, Alt+Down"));
  history_->setPopupMode(QToolButton::InstantPopup);
  history_->setMenu(new QMenu(history_));
  history_->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  reset_ = iconButton("reset", tr("Reset to the model's defaults"));
  tokens_ = new TextLine;
  classes_ = new ClassPicker;
  classes_->hide();
  hints_ = new HintChips;

  prompts_ = new QWidget;
  auto* prompts = makeColumn(prompts_, space::kSmall);
  prompts->addWidget(prompt_);
  auto* under = makeRow({tokens_, history_});
  under->setStretch(0, 1);
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
  const QString sizeTip = tr("Width and height in pixels");
  const QString stepsTip = tr("How many steps the picture is painted in; more take longer");
  const QString guidanceTip = tr("How strictly to follow the prompt. 1 turns guidance off.");
  const QString samplerTip = tr("The method that leads from noise to the picture");
  size_ = new SizePicker;
  size_->setToolTip(sizeTip);
  steps_ = wholeField(1, kMostTypedSteps, tr("Steps"));
  steps_->setToolTip(stepsTip);
  guidance_ = numberField(1, 100, 0.5, tr("Guidance"));
  guidance_->setToolTip(guidanceTip);
  sampler_ = named(new QComboBox, tr("Sampler"));
  sampler_->setToolTip(samplerTip);
  advanced_ = new AdvancedPanel;
  QLabel* guidanceName = label(tr("Guidance"));
  guidanceName->setToolTip(guidanceTip);
  picture_ = new QWidget;
  auto* layout = makeForm();
  picture_->setLayout(layout);
  layout->addRow(fieldName(tr("Size"), sizeTip), size_);
  auto* run = makeRow({steps_, guidanceName, guidance_});
  run->setStretch(0, 1);
  run->setStretch(2, 1);
  layout->addRow(fieldName(tr("Steps"), stepsTip), run);
  layout->addRow(fieldName(tr("Sampler"), samplerTip), sampler_);
  layout->addRow(new Disclosure(tr("Advanced"), advanced_));
  return picture_;
}

QWidget* SettingsPanel::makeSeed() {
  const QString seedTip =
      tr("The number the noise is drawn from: the same seed and settings paint the same picture. "
         "Empty or -1 draws a new one.");
  const QString countTip = tr("How many pictures; each gets the next seed");
  seed_ = named(new QLineEdit, tr("Seed"));
  seed_->setToolTip(seedTip);
  seed_->setAcceptDrops(false);  // a picture that is dropped is the window's business
  seed_->setPlaceholderText(tr("Random"));
  dice_ = iconButton("dice", tr("Random seed"), tr("Ctrl+R"));
  seedMode_ = named(new QComboBox, tr("Seed of the next picture"));
  seedMode_->addItem(tr("Then a new seed"), static_cast<int>(SeedMode::fresh));
  seedMode_->addItem(tr("Keep this seed"), static_cast<int>(SeedMode::keep));
  seedMode_->addItem(tr("Then the next seed (+1)"), static_cast<int>(SeedMode::next));
  seedMode_->setToolTip(tr("What follows once this seed is painted. Ctrl+L keeps it."));
  seedProblem_ = label({}, "error");
  seedProblem_->setWordWrap(true);
  seedProblem_->hide();
  lastSeed_ = button({}, {}, "link");
  lastSeed_->setAccessibleName(tr("Use the last seed"));
  lastSeed_->setToolTip(tr("Use the seed of the last picture again"));
  lastSeed_->hide();
  count_ = wholeField(1, WindowState::kMostCount, tr("Pictures"));
  count_->setToolTip(countTip);
  auto* section = new QWidget;
  auto* layout = makeForm();
  section->setLayout(layout);
  auto* seeds = makeRow({seed_, dice_});
  seeds->setStretch(0, 1);
  layout->addRow(fieldName(tr("Seed"), seedTip), seeds);
  layout->addRow(QString(), seedProblem_);
  layout->addRow(QString(), seedMode_);
  layout->addRow(QString(), lastSeed_);
  layout->addRow(fieldName(tr("Pictures"), countTip), count_);
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

QWidget* SettingsPanel::makePausedStrip() {
  paused_ = new QWidget;
  paused_->setObjectName("paused");
  paused_->setAttribute(Qt::WA_StyledBackground);
  auto* resume = button(tr("Resume"), "play");
  resume->setAccessibleName(tr("Resume the queue"));
  auto* layout = makeRow({label(tr("Queue paused")), resume});
  layout->setContentsMargins(space::kLarge, space::kTight, space::kLarge, space::kTight);
  layout->setStretch(0, 1);
  paused_->setLayout(layout);
  connect(resume, &QPushButton::clicked, this, [this] { session_.queue().setPaused(false); });
  return paused_;
}

QWidget* SettingsPanel::makeButtons() {
  paint_ = button({}, {}, "primary");
  cancel_ = button(tr("Cancel   Esc"));
  cancel_->setAccessibleName(tr("Cancel"));
  cancel_->setEnabled(false);
  whyNot_ = label({}, "dim");
  whyNot_->setWordWrap(true);
  whyNot_->hide();
  auto* bar = new QWidget;
  auto* row = makeRow({paint_, cancel_});
  row->setSpacing(space::kSmall);
  row->setStretch(0, 1);
  auto* layout = makeColumn(bar, space::kSmall);
  layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kMedium);
  layout->addWidget(whyNot_);
  layout->addLayout(row);
  return bar;
}

// In the order they are read in; chips are made anew with each model.
void SettingsPanel::setTabOrders() {
  QList<QWidget*> order{model_, reset_, prompt_, history_};
  for (QPushButton* chip : hints_->chips()) order << chip;
  order << negative_;
  for (qsizetype i = 1; i < order.size(); ++i) setTabOrder(order[i - 1], order[i]);
}

void SettingsPanel::paint() {
  if (auto* box = qobject_cast<QAbstractSpinBox*>(QApplication::focusWidget())) box->interpretText();
  if (seed_->hasFocus()) commitSeed();
  if (seedProblem_->isHidden()) session_.paint();
}

bool SettingsPanel::closeInnermost() {
  return classes_->clearSearch();
}

void SettingsPanel::connectControls() {
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
    connect(edit, &PromptEdit::submitted, this, &SettingsPanel::paint);
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
  connect(seed_, &QLineEdit::editingFinished, this, &SettingsPanel::commitSeed);
  connect(seedMode_, &QComboBox::activated, this, [this](int at) {
    session_.store().setSeedMode(static_cast<SeedMode>(seedMode_->itemData(at).toInt()));
  });
  connect(lastSeed_, &QPushButton::clicked, &session_, &Session::takeLastSeed);
  edits(acceleration_, &AccelerationPanel::edited, [this](PaintSettings& s) {
    s.acceleration = acceleration_->choice();
    s.customPlan = acceleration_->customPlan();
  });
  edits(classes_, &ClassPicker::picked, [this](PaintSettings& s) { s.classLabel = classes_->chosen(); });
  connect(hints_, &HintChips::composed, prompt_, &PromptEdit::setPrompt);
  connect(count_, &QSpinBox::valueChanged, &session_.store(), &SettingsStore::setCount);
  connect(dice_, &QToolButton::clicked, &session_, &Session::rollSeed);
  connect(reset_, &QToolButton::clicked, &session_, &Session::resetToRecommended);
  connect(paint_, &QPushButton::clicked, this, &SettingsPanel::paint);
  connect(cancel_, &QPushButton::clicked, &session_, &Session::cancel);
  connect(model_, &QComboBox::activated, this,
          [this](int at) { session_.chooseModel(model_->itemData(at).toString()); });
}

void SettingsPanel::connectStore() {
  SettingsStore& store = session_.store();
  connect(&store, &SettingsStore::settingsChanged, this, &SettingsPanel::showSettings);
  connect(&store, &SettingsStore::seedModeChanged, this, &SettingsPanel::showSettings);
  const auto showHistory = [this, &store] { prompt_->setHistory(store.state().prompts); };
  connect(&store, &SettingsStore::promptsChanged, this, showHistory);
  showHistory();
  connect(history_->menu(), &QMenu::aboutToShow, this, [this, &store] {
    history_->menu()->clear();
    for (const QString& prompt : store.state().prompts.mid(0, kPromptsInMenu))
      history_->menu()->addAction(menuText(prompt), this, [this, prompt] { prompt_->setPrompt(prompt); });
    if (history_->menu()->isEmpty()) history_->menu()->addAction(tr("No earlier prompts"))->setEnabled(false);
  });
}

void SettingsPanel::connectSession() {
  connect(&session_.queue(), &QueueModel::pausedChanged, this, &SettingsPanel::showPaused);
  connect(&session_, &Session::readinessChanged, this, &SettingsPanel::showReadiness);
  connect(&session_.models(), &ModelsModel::allRead, this, &SettingsPanel::showModels);
  connect(&session_.models(), &QAbstractItemModel::rowsRemoved, this, &SettingsPanel::showModels);
  connect(&session_.models(), &QAbstractItemModel::dataChanged, this, &SettingsPanel::showModels);
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
    model_->addItem(titleIn(*model_, facts), facts.path);
    model_->setItemData(model_->count() - 1, plainTip(facts.path), Qt::ToolTipRole);
  }
  const QString& wanted = session_.store().settings().model;
  const bool isMissing = !wanted.isEmpty() && models.find(wanted) == nullptr && !models.isReading();
  if (isMissing) model_->addItem(missing(QDir(wanted).dirName()), wanted);
  if (model_->count() == 0)
    model_->addItem(models.isReading() ? tr("Looking for models…") : tr("No models yet"));
  choose(model_, wanted);
  showReadiness();
}

void SettingsPanel::showModel() {
  const ModelFacts* facts = session_.model();
  if (facts == nullptr || !facts->usable()) return;
  showing_ = true;
  shownModel_ = facts->path;
  sampler_->clear();
  for (const QString& name : facts->samplers) sampler_->addItem(samplerTitle(name), name);
  size_->setModel(*facts);
  advanced_->setModel(*facts);
  hints_->setModel(*facts);
  setTabOrders();
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
    device_->addItem(missing(wanted), wanted);
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
  showSeed();
  count_->setValue(state.count);
  choose(precision_, s.precision);
  choose(device_, s.device);
  acceleration_->setChoice(s.acceleration, s.customPlan);
  if (s.classLabel >= 0) classes_->setChosen(s.classLabel);
  for (const DeviceFacts& device : session_.devices())
    if (device.id == s.device || (s.device == "auto" && device.automatic))
      deviceReason_->setText(device.reason.isEmpty() ? device.name
                                                     : tr("%1. %2").arg(device.name, device.reason));
  showTokens();
  hints_->follow(s.prompt);
  showReadiness();
  showing_ = false;
}

void SettingsPanel::showSeed() {
  const WindowState& state = session_.store().state();
  const QString text = state.seedState == SeedState::open ? QString() : QString::number(state.settings.seed);
  if (text != shownSeed_) {
    shownSeed_ = text;
    seed_->setText(text);
    showSeedProblem({});
  }
  choose(seedMode_, static_cast<int>(state.seedMode));
  const std::optional<quint64> last = session_.lastSeed();
  const bool isOther = last && QString::number(*last) != text;
  lastSeed_->setVisible(isOther);
  if (isOther) lastSeed_->setText(tr("Last: %1 ↺").arg(*last));
}

// What cannot be a seed stays in the field, with the reason below it.
void SettingsPanel::commitSeed() {
  const QString problem = seed_->isModified() ? session_.typeSeed(seed_->text().trimmed()) : QString();
  showSeedProblem(problem);
  if (!problem.isEmpty()) return;
  seed_->setText(shownSeed_);
  showSeed();
}

void SettingsPanel::showSeedProblem(const QString& problem) {
  seedProblem_->setText(problem);
  seedProblem_->setVisible(!problem.isEmpty());
  setWrong(seed_, !problem.isEmpty());
}

void SettingsPanel::showReadiness() {
  const ModelFacts* facts = session_.model();
  const bool isKnown = facts != nullptr && facts->usable();
  const std::optional<Refusal> refusal =
      isKnown ? refusalOf(session_.store().settings(), *facts) : std::nullopt;
  const bool isSize = refusal && (refusal->field == "width" || refusal->field == "height");
  size_->setProblem(isSize ? refusal->field : QString(), isSize ? refusal->text : QString());
  setWrong(steps_, refusal && refusal->field == "steps");
  setWrong(guidance_, refusal && refusal->field == "guidance");
  const QString why = refusal ? refusal->text : session_.whyNotPaint();
  whyNot_->setText(why);
  whyNot_->setVisible(!why.isEmpty() && !isSize);
  paint_->setEnabled(why.isEmpty());
  paint_->setToolTip(plainTip(why));
  // Without a model there is nothing that could be set.
  picture_->setEnabled(isKnown || session_.store().settings().steps > 0);
  if (picture_->isEnabled()) return;
  for (QAbstractSpinBox* box : picture_->findChildren<QAbstractSpinBox*>()) box->clear();
}

void SettingsPanel::showPaused() {
  const bool paused = session_.queue().isPaused();
  paused_->setVisible(paused);
  paint_->setText(paused ? tr("Add to queue") : tr("Paint   Ctrl+Enter"));
  paint_->setAccessibleName(paused ? tr("Add to queue") : tr("Paint"));
}

void SettingsPanel::showTokens() {
  const ModelFacts* facts = session_.model();
  if (facts == nullptr || facts->tokens == nullptr) {
    prompt_->setDropped({});
    return tokens_->setText({});
  }
  const TokenCount count = facts->tokens->count(prompt_->prompt());
  prompt_->setDropped(count.dropped);
  const QString unknown = count.unknown.join(' ');
  const auto text = [&] {
    if (!count.dropped.isEmpty() && !unknown.isEmpty())
      return tr("%1 of %2 tokens – the end of the prompt is ignored. Unknown to this model: %3")
          .arg(QString::number(count.used), QString::number(count.most), unknown);
    if (!count.dropped.isEmpty())
      return tr("%1 of %2 tokens – the end of the prompt is ignored.").arg(count.used).arg(count.most);
    if (!unknown.isEmpty())
      return tr("%1 of %2 tokens. Unknown to this model: %3")
          .arg(QString::number(count.used), QString::number(count.most), unknown);
    return tr("%1 of %2 tokens").arg(count.used).arg(count.most);
  };
  tokens_->setText(text());
  tokens_->setToolTip(plainTip(tokens_->text()));
  tokens_->setWarning(!count.dropped.isEmpty() || !count.unknown.isEmpty());
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
  showReadiness();
  showing_ = false;
}

}  // namespace diorama::gui
