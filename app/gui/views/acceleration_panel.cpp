#include "gui/views/acceleration_panel.h"

#include <QJsonArray>

#include "gui/models/plain_tip.h"
#include "gui/views/form.h"
#include "gui/views/method_box.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

AccelerationPanel::AccelerationPanel()
    : others_(named(new QComboBox, tr("Other plans of the model"))),
      summary_(label({}, "dim")),
      begin_(named(new QComboBox, tr("Start from the methods of a preset"))) {
  auto* layout = makeColumn(this, space::kSmall);
  layout->addLayout(makeSegments());
  layout->addWidget(others_);
  summary_->setWordWrap(true);
  layout->addWidget(summary_);
  custom_ = makeCustom();
  layout->addWidget(custom_);
  connect(&segments_, &QButtonGroup::buttonClicked, this,
          [this](QAbstractButton* segment) { choosePlan(segment->property("word").toString()); });
  connect(others_, &QComboBox::activated, this, [this](int at) {
    if (at > 0) choosePlan(others_->itemData(at).toString());
  });
  connect(begin_, &QComboBox::activated, this,
          [this](int at) { startFrom(begin_->itemData(at).toString()); });
  listPlans();
  showChoice();
}

QLayout* AccelerationPanel::makeSegments() {
  auto* row = makeRow({});
  row->setSpacing(0);
  const std::initializer_list<std::pair<QString, QString>> names{{"off", tr("Off")},
                                                                 {"balanced", tr("Balanced")},
                                                                 {"fast", tr("Fast")},
                                                                 {kCustomAcceleration, tr("Custom")}};
  for (const auto& [word, text] : names) {
    auto* segment = button(text, {}, "segment");
    segment->setCheckable(true);
    segment->setProperty("word", word);
    segment->setAccessibleName(tr("Acceleration: %1").arg(text));
    segments_.addButton(segment);
    row->addWidget(segment, 1);
  }
  return row;
}

QWidget* AccelerationPanel::makeCustom() {
  auto* custom = new QWidget;
  auto* methods = makeColumn(custom, space::kSmall);
  auto* none = iconButton("reset", tr("Switch every method off"));
  auto* head = makeRow({begin_, none});
  head->setStretch(0, 1);
  methods->addLayout(head);
  for (const MethodFacts& facts : accelerationMethods()) {
    auto* box = new MethodBox(facts);
    connect(box, &MethodBox::edited, this, &AccelerationPanel::edited);
    methods_ << box;
    methods->addWidget(box);
  }
  connect(none, &QToolButton::clicked, this, [this] {
    setMethods({});
    emit edited();
  });
  return custom;
}

void AccelerationPanel::setModel(const ModelFacts& facts) {
  facts_ = facts;
  listPlans();
  showChoice();
}

void AccelerationPanel::listPlans() {
  begin_->clear();
  begin_->addItem(tr("Start from a preset…"));
  others_->clear();
  others_->addItem(tr("Other plans of the model…"));
  for (const PlanFacts& plan : facts_.plans) {
    begin_->addItem(plan.name, plan.name);
    begin_->setItemData(begin_->count() - 1, plainTip(plan.summary), Qt::ToolTipRole);
    if (plan.name == "balanced" || plan.name == "fast") continue;
    others_->addItem(plan.name, plan.name);
    others_->setItemData(others_->count() - 1, plainTip(plan.summary), Qt::ToolTipRole);
  }
}

void AccelerationPanel::choosePlan(const QString& name) {
  choice_ = name;
  showChoice();
  emit edited();
}

void AccelerationPanel::startFrom(const QString& plan) {
  begin_->setCurrentIndex(0);
  if (plan.isEmpty()) return;
  setMethods(planOfModel(facts_.path, plan));
  emit edited();
}

void AccelerationPanel::setChoice(const QString& acceleration, const QJsonObject& customPlan) {
  choice_ = acceleration;
  setMethods(customPlan);
  showChoice();
}

void AccelerationPanel::setMethods(const QJsonObject& plan) {
  const QJsonArray uses = plan["methods"].toArray();
  for (MethodBox* box : methods_) {
    QJsonObject mine;
    for (const QJsonValue& use : uses)
      if (use["method"].toString() == box->name()) mine = use.toObject();
    box->setUse(mine);
  }
}

QJsonObject AccelerationPanel::customPlan() const {
  QJsonArray uses;
  for (const MethodBox* box : methods_)
    if (box->isOn()) uses << box->use();
  return uses.isEmpty() ? QJsonObject()
                        : QJsonObject{{"name", QLatin1String(kCustomAcceleration)}, {"methods", uses}};
}

void AccelerationPanel::showChoice() {
  bool hasSegment = false;
  segments_.setExclusive(false);  // a plan without a segment leaves all of them open
  for (QAbstractButton* segment : segments_.buttons()) {
    const bool is = segment->property("word") == choice_;
    segment->setChecked(is);
    hasSegment = hasSegment || is;
  }
  segments_.setExclusive(true);
  if (!hasSegment && others_->findData(choice_) < 0) others_->addItem(choice_, choice_);
  others_->setCurrentIndex(hasSegment ? 0 : others_->findData(choice_));
  others_->setVisible(others_->count() > 1);
  custom_->setVisible(choice_ == QLatin1String(kCustomAcceleration));
  explain();
}

void AccelerationPanel::explain() {
  QString text;
  if (choice_ == QLatin1String("off")) text = tr("Exact: nothing is skipped.");
  if (choice_ == QLatin1String(kCustomAcceleration))
    text = tr("Your own mix of shortcuts. Check it with “Compare with exact”.");
  for (const PlanFacts& plan : facts_.plans)
    if (plan.name == choice_) text = plan.summary;
  summary_->setText(text);
}

}  // namespace diorama::gui
