// The words of a model's pattern in a prompt that the user writes: found by their presence, put in, swapped
// and taken out, while everything else in the prompt stays as it is.
#pragma once

#include <QList>
#include <QStringList>

namespace diorama::gui {

class PromptWords {
 public:
  enum Part { subject, style, background };

  PromptWords() = default;
  // As in "{subject}, {style} on a {background} background".
  PromptWords(const QString& pattern, const QStringList& subjects, const QStringList& styles,
              const QStringList& backgrounds);

  bool isEmpty() const { return slots_.isEmpty(); }
  // The word of this part that stands in the prompt; empty: none does.
  QString chosen(const QString& prompt, Part part) const;
  // The prompt with the word in the place of another of its part, or where the pattern has it.
  QString with(const QString& prompt, Part part, const QString& word) const;
  QString without(const QString& prompt, Part part) const;

 private:
  struct Slot {
    Part part;
    QString before;     // what the pattern has between the part before and this one
    QString after;      // what follows the last part
    QStringList words;  // the longest first
  };
  struct Span {
    qsizetype begin = -1, length = 0;

    bool isFound() const { return begin >= 0; }
    qsizetype end() const { return begin + length; }
  };

  const Slot* slot(Part part) const;
  Span find(const QString& prompt, const Slot& slot) const;
  // With what the pattern has around the word, as far as it stands there.
  Span phrase(const QString& prompt, const Slot& slot) const;

  QList<Slot> slots_;  // in the pattern's order
};

}  // namespace diorama::gui
