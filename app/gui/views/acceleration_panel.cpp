#include "gui/views/acceleration_panel.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QVBoxLayout>

#include "gui/views/method_box.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

AccelerationPanel::AccelerationPanel() : summary_(label({}, "dim")), custom_(new QWidget) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(space::kSmall);
  auto* segments = new QHBoxLayout;
  segments->setSpacing(0);
  const std::initializer_list<std::pair<QString, QString>> names{{"off", tr("Off")},
                                                                 {"balanced", tr("Balanced")},
                                                                 {"fast", tr("Fast")},
                                                                 {kCustomAcceleration, tr("Custom")}};
  for (const auto& [word, text] : names) {
    auto* segment = button(text, {}, "segment");
    segment->setCheckable(true);
    segment->setProperty("word", word);
    segment->setAccessibleName(tr("Acceleration: %1").arg(text));
    choices_.addButton(segment);
    segments->addWidget(segment, 1);
  }
  layout->addLayout(segments);
  summary_->setWordWrap(true);
  layout->addWidget(summary_);
  auto* methods = new QVBoxLayout(custom_);
  methods->setContentsMargins(0, 0, 0, 0);
  methods->setSpacing(space::kSmall);
  for (const MethodFacts& facts : accelerationMethods()) {
    auto* box = new MethodBox(facts);
    connect(box, &MethodBox::edited, this, &AccelerationPanel::edited);
    methods_ << box;
    methods->addWidget(box);
  }
  layout->addWidget(custom_);
  custom_->hide();
  connect(&choices_, &QButtonGroup::buttonClicked, this, [this] {
    explain();
    emit edited();
  });
}

void AccelerationPanel::setModel(const ModelFacts& facts) {
  facts_ = facts;
  explain();
}

QString AccelerationPanel::choice() const {
  const QAbstractButton* chosen = choices_.checkedButton();
  return chosen == nullptr ? QStringLiteral("off") : chosen->property("word").toString();
}

void AccelerationPanel::setChoice(const QString& acceleration, const QJsonObject& customPlan) {
  bool known = false;
  for (QAbstractButton* segment : choices_.buttons()) {
    const bool is = segment->property("word") == acceleration;
    segment->setChecked(is);
    known = known || is;
  }
  if (!known) choices_.buttons().last()->setChecked(true);
  const QJsonArray uses = customPlan["methods"].toArray();
  for (MethodBox* box : methods_) {
    QJsonObject mine;
    for (const QJsonValue& use : uses)
      if (use["method"].toString() == box->name()) mine = use.toObject();
    box->setUse(mine);
  }
  explain();
}

QJsonObject AccelerationPanel::customPlan() const {
  QJsonArray uses;
  for (const MethodBox* box : methods_)
    if (box->isOn()) uses << box->use();
  return uses.isEmpty() ? QJsonObject()
                        : QJsonObject{{"name", QLatin1String(kCustomAcceleration)}, {"methods", uses}};
}

void AccelerationPanel::explain() {
  const QString now = choice();
  custom_->setVisible(now == QLatin1String(kCustomAcceleration));
  QString text = now == "off" ? tr("Exact: every block is computed at every step.")
                              : tr("Shortcuts of your own. Compare with the exact picture.");
  for (const PlanFacts& plan : facts_.plans)
    if (plan.name == now) text = plan.summary;
  summary_->setText(text);
}

}  // namespace diorama::gui
