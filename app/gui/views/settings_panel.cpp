#include "gui/views/settings_panel.h"

#include <QFormLayout>
#include <QMenu>
#include <QRegularExpressionValidator>
#include <QVBoxLayout>

#include "gui/service/token_counter.h"
#include "gui/views/class_picker.h"
#include "gui/views/icons.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kMostSide = 8192;  // pixels, as the engine
constexpr int kMostSteps = 1000;
constexpr int kPromptsInMenu = 20;

template <typename Box>
Box* named(Box* box, const QString& name) {
  box->setAccessibleName(name);
  return box;
}

QSpinBox* spin(int low, int high, const QString& name) {
  auto* box = named(new QSpinBox, name);
  box->setRange(low, high);
  box->setKeyboardTracking(false);
  return box;
}

QFormLayout* form() {
  auto* layout = new QFormLayout;
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setHorizontalSpacing(space::kMedium);
  layout->setVerticalSpacing(space::kSmall);
  layout->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  return layout;
}

// As high as its field, so that both stand on one line.
QLabel* fieldName(const QString& text) {
  constexpr int kNameWidth = 68;  // pixels: the fields of all sections begin alike
  constexpr int kFieldHeight = 32;
  QLabel* name = label(text);
  name->setFixedSize(kNameWidth, kFieldHeight);
  return name;
}

QHBoxLayout* row(std::initializer_list<QWidget*> widgets) {
  auto* layout = new QHBoxLayout;
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(space::kTight);
  for (QWidget* widget : widgets) layout->addWidget(widget);
  return layout;
}

QVBoxLayout* column(QWidget* parent, int spacing) {
  auto* layout = new QVBoxLayout(parent);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(spacing);
  return layout;
}

void choose(QComboBox* box, const QVariant& data) {
  const int found = box->findData(data);
  if (found >= 0) box->setCurrentIndex(found);
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
  auto* layout = column(this, 0);
  layout->addWidget(scroll, 1);
  layout->addWidget(divider());
  layout->addWidget(makeButtons());
  connectControls();
  showModels();
  showModel();
  showSettings();
}

QWidget* SettingsPanel::makePrompt() {
  constexpr int kPromptLines = 4;
  constexpr int kNegativeLines = 2;
  model_ = named(new QComboBox, tr("Model"));
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
  auto* prompts = column(prompts_, space::kSmall);
  prompts->addWidget(prompt_);
  auto* under = row({tokens_});
  under->addStretch();
  under->addWidget(history_);
  prompts->addLayout(under);
  prompts->addWidget(hints_);
  prompts->addWidget(negative_);

  auto* section = new QWidget;
  auto* layout = column(section, space::kSmall);
  auto* models = row({model_, reset_});
  models->setStretch(0, 1);
  layout->addLayout(models);
  layout->addWidget(prompts_);
  layout->addWidget(classes_);
  return section;
}

QWidget* SettingsPanel::makePicture() {
  size_ = named(new QComboBox, tr("Size"));
  width_ = spin(1, kMostSide, tr("Width in pixels"));
  height_ = spin(1, kMostSide, tr("Height in pixels"));
  steps_ = spin(1, kMostSteps, tr("Steps"));
  guidance_ = named(new QDoubleSpinBox, tr("Guidance"));
  guidance_->setRange(1, 100);
  guidance_->setSingleStep(0.5);
  guidance_->setDecimals(2);
  guidance_->setKeyboardTracking(false);
  guidance_->setToolTip(tr("How closely the prompt is followed; 1: as the model likes"));
  sampler_ = named(new QComboBox, tr("Sampler"));
  auto* section = new QWidget;
  auto* layout = form();
  section->setLayout(layout);
  layout->addRow(fieldName(tr("Size")), size_);
  auto* sides = row({width_, label(QStringLiteral("×")), height_});
  sides->setStretch(0, 1);
  sides->setStretch(2, 1);
  layout->addRow(QString(), sides);
  layout->addRow(fieldName(tr("Steps")), steps_);
  layout->addRow(fieldName(tr("Guidance")), guidance_);
  layout->addRow(fieldName(tr("Sampler")), sampler_);
  return section;
}

QWidget* SettingsPanel::makeSeed() {
  seed_ = named(new QLineEdit, tr("Seed"));
  seed_->setValidator(
      new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{1,20}")), seed_));
  dice_ = iconButton("dice", tr("Draw another seed"));
  lock_ = iconButton("unlock", tr("Keep the seed"), tr("Ctrl+L"));
  lock_->setCheckable(true);
  count_ = spin(1, 1000, tr("Pictures of one press"));
  auto* section = new QWidget;
  auto* layout = form();
  section->setLayout(layout);
  auto* seeds = row({seed_, dice_, lock_});
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
  auto* layout = column(section, space::kSmall);
  layout->addWidget(label(tr("Acceleration"), "section"));
  layout->addWidget(acceleration_);
  auto* compute = form();
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
  auto* layout = row({paint_, cancel_});
  layout->setContentsMargins(space::kLarge, space::kMedium, space::kLarge, space::kMedium);
  layout->setSpacing(space::kSmall);
  layout->setStretch(0, 1);
  bar->setLayout(layout);
  return bar;
}

void SettingsPanel::connectControls() {
  SettingsStore& store = session_.store();
  const auto take = [this] { this->take(); };
  for (PromptEdit* edit : {prompt_, negative_}) {
    connect(edit, &QPlainTextEdit::textChanged, this, take);
    connect(edit, &PromptEdit::submitted, &session_, &Session::paint);
  }
  for (QSpinBox* box : {width_, height_, steps_}) connect(box, &QSpinBox::valueChanged, this, take);
  connect(guidance_, &QDoubleSpinBox::valueChanged, this, take);
  for (QComboBox* box : {sampler_, precision_, device_}) connect(box, &QComboBox::activated, this, take);
  connect(seed_, &QLineEdit::textEdited, this, take);
  connect(acceleration_, &AccelerationPanel::edited, this, take);
  connect(classes_, &ClassPicker::picked, this, take);
  connect(hints_, &HintChips::composed, prompt_, &PromptEdit::setPrompt);
  connect(count_, &QSpinBox::valueChanged, &store, &SettingsStore::setCount);
  connect(dice_, &QToolButton::clicked, &session_, &Session::rollSeed);
  connect(lock_, &QToolButton::toggled, &store, &SettingsStore::setSeedLocked);
  connect(reset_, &QToolButton::clicked, &session_, &Session::resetToRecommended);
  connect(paint_, &QPushButton::clicked, &session_, &Session::paint);
  connect(cancel_, &QPushButton::clicked, &session_, &Session::cancel);
  connect(model_, &QComboBox::activated, this,
          [this](int at) { session_.chooseModel(model_->itemData(at).toString()); });
  connect(size_, &QComboBox::activated, this, [this](int at) {
    const QSize size = size_->itemData(at).toSize();
    if (!size.isValid()) return;
    width_->setValue(size.width());
    height_->setValue(size.height());
  });
  connect(&store, &SettingsStore::settingsChanged, this, &SettingsPanel::showSettings);
  connect(&store, &SettingsStore::seedLockedChanged, this, &SettingsPanel::showSettings);
  const auto showHistory = [this, &store] { prompt_->setHistory(store.state().prompts); };
  connect(&store, &SettingsStore::promptsChanged, this, showHistory);
  showHistory();
  connect(history_->menu(), &QMenu::aboutToShow, this, [this, &store] {
    history_->menu()->clear();
    for (const QString& prompt : store.state().prompts.mid(0, kPromptsInMenu))
      history_->menu()->addAction(prompt.left(72), this, [this, prompt] { prompt_->setPrompt(prompt); });
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
  for (int i = 0; i < models.rowCount(); ++i)
    if (models.facts(i).usable()) model_->addItem(models.facts(i).title, models.facts(i).path);
  if (model_->count() == 0) model_->addItem(tr("Looking for models…"));
  choose(model_, session_.store().settings().model);
}

void SettingsPanel::showModel() {
  const ModelFacts* facts = session_.model();
  if (facts == nullptr || !facts->usable()) return;
  showing_ = true;
  shownModel_ = facts->path;
  sampler_->clear();
  for (const QString& name : facts->samplers) sampler_->addItem(name, name);
  width_->setSingleStep(facts->sizeMultiple);
  height_->setSingleStep(facts->sizeMultiple);
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
    device_->addItem(QStringLiteral("%1 — %2").arg(device.id, device.name), device.id);
    device_->setItemData(device_->count() - 1, device.reason, Qt::ToolTipRole);
  }
  device_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  showSettings();
}

void SettingsPanel::showSizes() {
  size_->clear();
  const PaintSettings& s = session_.store().settings();
  if (const ModelFacts* facts = session_.model())
    for (const QSize& size : facts->sizes)
      size_->addItem(QStringLiteral("%1 × %2").arg(size.width()).arg(size.height()), size);
  const QSize now(s.width, s.height);
  if (size_->findData(now) < 0) size_->addItem(tr("Other"), now);
  choose(size_, now);
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
  width_->setValue(s.width);
  height_->setValue(s.height);
  steps_->setValue(s.steps);
  guidance_->setValue(s.guidance);
  choose(sampler_, s.sampler);
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
  showSizes();
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

void SettingsPanel::take() {
  if (showing_) return;
  showing_ = true;
  PaintSettings s = session_.store().settings();
  s.prompt = prompt_->prompt();
  s.negativePrompt = negative_->prompt();
  s.width = width_->value();
  s.height = height_->value();
  s.steps = steps_->value();
  s.guidance = guidance_->value();
  if (sampler_->count() > 0) s.sampler = sampler_->currentData().toString();
  s.seed = seed_->text().toULongLong();
  s.precision = precision_->currentData().toString();
  s.device = device_->currentData().toString();
  s.acceleration = acceleration_->choice();
  s.customPlan = acceleration_->customPlan();
  if (classes_->isVisibleTo(this)) s.classLabel = classes_->chosen();
  session_.store().setSettings(s);
  showSizes();
  showTokens();
  hints_->follow(s.prompt);
  showing_ = false;
}

}  // namespace diorama::gui
