// Tooltips that show what users and files say as it stands: Qt takes what looks like HTML for HTML.
#pragma once

#include <QString>

namespace diorama::gui {

inline QString plainTip(const QString& text) {
  return text.isEmpty()
             ? QString()
             : QStringLiteral("<qt>%1</qt>").arg(text.toHtmlEscaped().replace('\n', QLatin1String("<br>")));
}

}  // namespace diorama::gui
