// The words a model knows best: a chip puts its word into the prompt, swaps it for another of its kind, or
// takes it out again.
#pragma once

#include <QHash>
#include <QPushButton>
#include <QWidget>

#include "gui/service/model_facts.h"
#include "gui/views/prompt_words.h"

class QBoxLayout;

namespace diorama::gui {

class HintChips : public QWidget {
  Q_OBJECT

 public:
  HintChips();

  void setModel(const ModelFacts& facts);
  // Lights the chips whose words stand in the prompt.
  void follow(const QString& prompt);
  // As they are seen, row by row.
  const QList<QPushButton*>& chips() const { return all_; }

 signals:
  void composed(const QString& prompt);

 private:
  void addRow(QBoxLayout* rows, PromptWords::Part part, const QStringList& words,
              const QList<QColor>& colours);
  QPushButton* makeChip(const QString& word, const QColor& colour);
  void press(PromptWords::Part part, const QString& word);

  PromptWords words_;
  QString prompt_;
  QWidget* content_ = nullptr;
  QList<QPushButton*> all_;
  QHash<PromptWords::Part, QList<QPushButton*>> chips_;
};

}  // namespace diorama::gui
