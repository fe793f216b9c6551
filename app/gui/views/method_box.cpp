#include "gui/views/method_box.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kNameWidth = 104;  // pixels, the same for every method

// "first_block" -> "First block"
QString readable(QString name) {
  name.replace('_', ' ');
  name[0] = name[0].toUpper();
  return name;
}

}  // namespace

MethodBox::MethodBox(const MethodFacts& facts)
    : facts_(facts),
      on_(new QCheckBox(facts.title)),
      more_(named(new QToolButton, tr("Settings of %1").arg(facts.title))),
      reset_(iconButton("reset", tr("%1 as described").arg(facts.title))),
      settings_(makeSettings()) {
  on_->setToolTip(facts.source);
  more_->setArrowType(Qt::RightArrow);
  more_->setCheckable(true);
  more_->setToolTip(more_->accessibleName());
  auto* head = makeRow({on_});
  head->addStretch();
  head->addWidget(reset_);
  head->addWidget(more_);
  auto* help = label(facts.help, "dim");
  help->setWordWrap(true);
  auto* layout = makeColumn(this, space::kTight);
  layout->addLayout(head);
  layout->addWidget(help);
  layout->addWidget(settings_);
  settings_->hide();
  reset_->hide();
  connect(more_, &QToolButton::toggled, this, [this](bool open) {
    more_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    settings_->setVisible(open);
    reset_->setVisible(open);
  });
  connect(on_, &QCheckBox::toggled, more_, &QToolButton::setChecked);
  connect(on_, &QCheckBox::toggled, this, &MethodBox::edited);
  connect(reset_, &QToolButton::clicked, this, &MethodBox::reset);
}

QWidget* MethodBox::makeSettings() {
  auto* content = new QWidget;
  QFormLayout* form = makeForm();
  content->setLayout(form);
  form->setContentsMargins(space::kHuge, 0, 0, space::kTight);
  form->setVerticalSpacing(space::kTight);
  for (const SettingFacts& setting : facts_.settings) {
    QWidget* widget = control(setting);
    widget->setToolTip(setting.help);
    widget->setAccessibleName(readable(setting.name));
    widget->setAccessibleDescription(setting.help);
    QWidget* name = fieldName(readable(setting.name), setting.help);
    name->setProperty("role", "dim");
    name->setFixedWidth(kNameWidth);
    form->addRow(name, widget);
    controls_[setting.name] = widget;
  }
  return content;
}

void MethodBox::reset() {
  for (const SettingFacts& setting : facts_.settings) setValue(setting, setting.fallback);
  given_.remove("schedule");
  emit edited();
}

QWidget* MethodBox::control(const SettingFacts& setting) {
  switch (setting.kind) {
    case SettingFacts::Kind::flag: {
      auto* box = new QCheckBox;
      box->setChecked(setting.fallback != 0);
      connect(box, &QCheckBox::toggled, this, &MethodBox::edited);
      return box;
    }
    case SettingFacts::Kind::whole: {
      auto* box = new QSpinBox;
      box->setRange(static_cast<int>(setting.low), static_cast<int>(setting.high));
      box->setValue(static_cast<int>(setting.fallback));
      connect(box, &QSpinBox::valueChanged, this, &MethodBox::edited);
      return box;
    }
    case SettingFacts::Kind::number:
      break;
  }
  auto* box = new QDoubleSpinBox;
  box->setDecimals(3);
  box->setRange(setting.low, setting.high);
  box->setSingleStep((setting.high - setting.low) / 20);
  box->setValue(setting.fallback);
  connect(box, &QDoubleSpinBox::valueChanged, this, &MethodBox::edited);
  return box;
}

double MethodBox::value(const SettingFacts& setting) const {
  QWidget* widget = controls_[setting.name];
  if (const auto* box = qobject_cast<QCheckBox*>(widget)) return box->isChecked() ? 1 : 0;
  if (const auto* box = qobject_cast<QSpinBox*>(widget)) return box->value();
  return qobject_cast<QDoubleSpinBox*>(widget)->value();
}

void MethodBox::setValue(const SettingFacts& setting, double value) {
  QWidget* widget = controls_[setting.name];
  const QSignalBlocker quiet(widget);
  if (auto* box = qobject_cast<QCheckBox*>(widget)) return box->setChecked(value != 0);
  if (auto* box = qobject_cast<QSpinBox*>(widget)) return box->setValue(static_cast<int>(value));
  qobject_cast<QDoubleSpinBox*>(widget)->setValue(value);
}

QJsonObject MethodBox::use() const {
  QJsonObject use = given_;
  use["method"] = facts_.name;
  for (const SettingFacts& setting : facts_.settings) {
    const double v = value(setting);
    use[setting.name] = setting.kind == SettingFacts::Kind::flag    ? QJsonValue(v != 0)
                        : setting.kind == SettingFacts::Kind::whole ? QJsonValue(static_cast<int>(v))
                                                                    : QJsonValue(v);
  }
  return use;
}

void MethodBox::setUse(const QJsonObject& use) {
  given_ = use;
  for (const SettingFacts& setting : facts_.settings) {
    const QJsonValue v = use[setting.name];
    setValue(setting, v.isBool() ? (v.toBool() ? 1 : 0) : v.toDouble(setting.fallback));
  }
  if (on_->isChecked() == !use.isEmpty()) return;
  const QSignalBlocker quiet(on_);
  on_->setChecked(!use.isEmpty());
  more_->setChecked(on_->isChecked());
}

}  // namespace diorama::gui
