#include "gui/views/hint_chips.h"

#include <QPainter>
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

}  // namespace

HintChips::HintChips() {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
}

QPushButton* HintChips::makeChip(const QString& word, const QColor& colour) {
  auto* chip = button(colour.isValid() ? QString() : word, {}, colour.isValid() ? "swatch" : "chip");
  if (colour.isValid()) {
    chip->setIcon(swatch(colour));
    chip->setIconSize({kSwatch, kSwatch});
  }
  chip->setCheckable(true);
  chip->setProperty("word", word);
  chip->setAccessibleName(word);
  chip->setToolTip(plainTip(word));
  return chip;
}

void HintChips::addRow(QBoxLayout* rows, PromptWords::Part part, const QStringList& words,
                       const QList<QColor>& colours) {
  if (words.isEmpty()) return;
  auto* row = new FlowLayout(colours.isEmpty() ? space::kTight : 2);
  for (int i = 0; i < words.size(); ++i) {
    QPushButton* chip = makeChip(words[i], colours.value(i));
    chips_[part] << chip;
    row->addWidget(chip);
    all_ << chip;
    connect(chip, &QPushButton::clicked, this, [this, part, word = words[i]] { press(part, word); });
  }
  rows->addLayout(row);
}

void HintChips::setModel(const ModelFacts& facts) {
  words_ = facts.pattern.isEmpty()
               ? PromptWords()
               : PromptWords(facts.pattern, facts.subjects, facts.styles, facts.backgrounds);
  chips_.clear();
  all_.clear();
  delete content_;
  content_ = new QWidget;
  layout()->addWidget(content_);
  auto* rows = new QVBoxLayout(content_);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(space::kSmall);
  addRow(rows, PromptWords::subject, facts.subjects, {});
  addRow(rows, PromptWords::style, facts.styles, {});
  addRow(rows, PromptWords::background, facts.backgrounds, facts.backgroundColours);
  setVisible(!words_.isEmpty());
  follow(prompt_);
}

void HintChips::follow(const QString& prompt) {
  prompt_ = prompt;
  for (auto chips = chips_.constBegin(); chips != chips_.constEnd(); ++chips) {
    const QString chosen = words_.chosen(prompt, chips.key());
    for (QPushButton* chip : chips.value()) chip->setChecked(chip->property("word") == chosen);
  }
}

void HintChips::press(PromptWords::Part part, const QString& word) {
  const bool isLit = words_.chosen(prompt_, part) == word;
  emit composed(isLit ? words_.without(prompt_, part) : words_.with(prompt_, part, word));
  follow(prompt_);  // where the prompt did not change, the chip did
}

}  // namespace diorama::gui
