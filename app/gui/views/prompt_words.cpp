#include "gui/views/prompt_words.h"

#include <QRegularExpression>
#include <algorithm>

namespace diorama::gui {
namespace {

constexpr auto kSeparator = ", ";

// Not within another word.
QRegularExpression wholeWord(const QString& word, const QString& after) {
  const QString escaped = QRegularExpression::escape(word);
  QString text = QStringLiteral("(?<![\\w-])%1(?![\\w-])").arg(escaped);
  if (!after.isEmpty()) text += QStringLiteral("(?=\\s*%1)").arg(QRegularExpression::escape(after.trimmed()));
  return QRegularExpression(
      text, QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
}

// Without separators that nothing stands before or behind any more.
QString tidied(QString prompt) {
  static const QRegularExpression ends(QStringLiteral("^[\\s,]+|[\\s,]+$"));
  static const QRegularExpression doubled(QStringLiteral(",(\\s*,)+"));
  prompt.replace(doubled, QStringLiteral(","));
  return prompt.remove(ends);
}

}  // namespace

PromptWords::PromptWords(const QString& pattern, const QStringList& subjects, const QStringList& styles,
                         const QStringList& backgrounds) {
  static const QRegularExpression placeholder(QStringLiteral("\\{(subject|style|background)\\}"));
  qsizetype end = 0;
  for (auto at = placeholder.globalMatch(pattern); at.hasNext();) {
    const QRegularExpressionMatch match = at.next();
    const QString name = match.captured(1);
    const Part part = name == QLatin1String("subject") ? subject
                      : name == QLatin1String("style") ? style
                                                       : background;
    QStringList words = part == subject ? subjects : part == style ? styles : backgrounds;
    std::stable_sort(words.begin(), words.end(),
                     [](const QString& a, const QString& b) { return a.size() > b.size(); });
    slots_ << Slot{part, pattern.mid(end, match.capturedStart() - end), {}, words};
    end = match.capturedEnd();
  }
  if (!slots_.isEmpty()) slots_.last().after = pattern.mid(end);
}

const PromptWords::Slot* PromptWords::slot(Part part) const {
  const auto found =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.part == part; });
  return found == slots_.end() ? nullptr : &*found;
}

// The longest first: "3d" is not what stands in "glossy 3d".
PromptWords::Span PromptWords::find(const QString& prompt, const Slot& slot) const {
  for (const QString& word : slot.words) {
    const QRegularExpressionMatch match = wholeWord(word, slot.after).match(prompt);
    if (match.hasMatch()) return {match.capturedStart(), match.capturedLength()};
  }
  return {};
}

PromptWords::Span PromptWords::phrase(const QString& prompt, const Slot& slot) const {
  Span span = find(prompt, slot);
  if (!span.isFound()) return span;
  if (!slot.after.isEmpty() && prompt.mid(span.end()).startsWith(slot.after, Qt::CaseInsensitive))
    span.length += slot.after.size();
  for (const QString& before : {slot.before, slot.before.trimmed() + ' '}) {
    if (before.trimmed().isEmpty() || !prompt.left(span.begin).endsWith(before, Qt::CaseInsensitive))
      continue;
    span.begin -= before.size();
    span.length += before.size();
    break;
  }
  return span;
}

QString PromptWords::chosen(const QString& prompt, Part part) const {
  const Slot* slot = this->slot(part);
  if (slot == nullptr) return {};
  const Span span = find(prompt, *slot);
  if (!span.isFound()) return {};
  const QString there = prompt.mid(span.begin, span.length);
  const auto word = std::find_if(slot->words.begin(), slot->words.end(), [&](const QString& w) {
    return w.compare(there, Qt::CaseInsensitive) == 0;
  });
  return word == slot->words.end() ? QString() : *word;
}

QString PromptWords::with(const QString& prompt, Part part, const QString& word) const {
  const Slot* slot = this->slot(part);
  if (slot == nullptr) return prompt;
  if (const Span span = find(prompt, *slot); span.isFound())
    return QString(prompt).replace(span.begin, span.length, word);
  const QString text = tidied(prompt);
  if (text.isEmpty()) return tidied(slot->before + word + slot->after);
  // Before the first of the parts that the pattern has behind this one.
  const Slot* next = slot;
  qsizetype place = text.size();
  while (++next != slots_.constData() + slots_.size())
    if (const Span span = phrase(text, *next); span.isFound()) {
      place = span.begin;
      break;
    }
  const QString before = slot->before.trimmed().isEmpty() ? QString::fromLatin1(kSeparator) : slot->before;
  if (place > 0) return QString(text).insert(place, before + word + slot->after);
  const bool isFollowed = next != slots_.constData() + slots_.size() && !next->before.trimmed().isEmpty() &&
                          !text.startsWith(next->before.trimmed());
  const QString between = isFollowed ? next->before : QStringLiteral(" ");
  return word + slot->after + between + text;
}

QString PromptWords::without(const QString& prompt, Part part) const {
  const Slot* slot = this->slot(part);
  if (slot == nullptr) return prompt;
  const Span span = phrase(prompt, *slot);
  if (!span.isFound()) return prompt;
  QString rest = QString(prompt).remove(span.begin, span.length);
  const bool isGap = span.begin > 0 && span.begin < rest.size() && rest[span.begin - 1].isSpace() &&
                     rest[span.begin].isSpace();
  return tidied(isGap ? rest.remove(span.begin, 1) : rest);
}

}  // namespace diorama::gui
