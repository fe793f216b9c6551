// How many tokens a prompt is, while it is typed.
#pragma once

#include <QString>
#include <QStringList>

#include "io/model_folder.h"
#include "io/tokenizer.h"

namespace diorama::gui {

struct TokenCount {
  int used = 0;
  int most = 0;
  QString dropped;  // the end of the prompt that has no place
  QStringList unknown;
};

class TokenCounter {
 public:
  // Throws Fault::model_file.
  explicit TokenCounter(const ModelFolder& folder);
  TokenCount count(const QString& prompt) const;

 private:
  Tokenizer tokenizer_;
  int length_;
};

}  // namespace diorama::gui
