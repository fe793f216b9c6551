#include "gui/views/hint_chips.h"

#include <QPainter>
#include <QRegularExpression>
#include <QVBoxLayout>

#include "gui/models/plain_tip.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kSwatch = 20;  // pixels

QIcon swatch(const QColor& colour) {
  QPixmap pixmap(kSwatch * 2, kSwatch * 2);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(QColor(128, 128, 128, 140), 2));
  painter.setBrush(colour);
  painter.drawEllipse(pixmap.rect().adjusted(4, 4, -4, -4));
  return pixmap;
}

// "{subject}, {style} on a {background} background" -> an expression with three groups.
QRegularExpression expressionOf(const QString& pattern) {
  QString text = QRegularExpression::escape(pattern);
  for (const char* part : {"subject", "style", "background"})
    text.replace(QRegularExpression::escape(QStringLiteral("{%1}").arg(QLatin1String(part))),
                 QStringLiteral("(?<%1>.+?)").arg(QLatin1String(part)));
  return QRegularExpression(QRegularExpression::anchoredPattern(text));
}

void check(const QButtonGroup& group, const QString& word) {
  for (QAbstractButton* chip : group.buttons()) chip->setChecked(chip->property("word") == word);
}

}  // namespace

HintChips::HintChips() {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  for (QButtonGroup* group : {&subjects_, &styles_, &backgrounds_}) {
    group->setExclusive(false);
    connect(group, &QButtonGroup::buttonClicked, this, [this, group](QAbstractButton* clicked) {
      for (QAbstractButton* chip : group->buttons()) chip->setChecked(chip == clicked);
      compose();
    });
  }
}

void HintChips::fill(QLayout* row, QButtonGroup& group, const QStringList& words,
                     const QList<QColor>& colours) {
  for (int i = 0; i < words.size(); ++i) {
    const bool isColour = i < colours.size();
    auto* chip = button(isColour ? QString() : words[i], {}, isColour ? "swatch" : "chip");
    if (isColour) {
      chip->setIcon(swatch(colours[i]));
      chip->setIconSize({kSwatch, kSwatch});
    }
    chip->setCheckable(true);
    chip->setProperty("word", words[i]);
    chip->setAccessibleName(words[i]);
    chip->setToolTip(plainTip(words[i]));
    group.addButton(chip);
    row->addWidget(chip);
  }
}

void HintChips::setModel(const ModelFacts& facts) {
  facts_ = facts;
  delete content_;
  content_ = new QWidget;
  layout()->addWidget(content_);
  auto* rows = new QVBoxLayout(content_);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(space::kSmall);
  const auto addRow = [&](QButtonGroup& group, const QStringList& words, const QList<QColor>& colours) {
    if (words.isEmpty()) return;
    auto* row = new FlowLayout(colours.isEmpty() ? space::kTight : 2);
    fill(row, group, words, colours);
    rows->addLayout(row);
  };
  addRow(subjects_, facts.subjects, {});
  addRow(styles_, facts.styles, {});
  addRow(backgrounds_, facts.backgrounds, facts.backgroundColours);
  setVisible(!facts.pattern.isEmpty());
}

void HintChips::follow(const QString& prompt) {
  if (facts_.pattern.isEmpty()) return;
  const auto match = expressionOf(facts_.pattern).match(prompt);
  subject_ = match.hasMatch() ? match.captured("subject") : prompt;
  check(subjects_, subject_);
  check(styles_, match.hasMatch() ? match.captured("style") : QString());
  check(backgrounds_, match.hasMatch() ? match.captured("background") : QString());
}

QString HintChips::chosen(const QButtonGroup& group, const QString& fallback) const {
  for (const QAbstractButton* chip : group.buttons())
    if (chip->isChecked()) return chip->property("word").toString();
  return fallback;
}

void HintChips::compose() {
  QString prompt = facts_.pattern;
  prompt.replace("{subject}", chosen(subjects_, subject_.isEmpty() ? facts_.subjects.value(0) : subject_));
  prompt.replace("{style}", chosen(styles_, facts_.styles.value(0)));
  prompt.replace("{background}", chosen(backgrounds_, facts_.backgrounds.value(0)));
  emit composed(prompt);
}

}  // namespace diorama::gui
