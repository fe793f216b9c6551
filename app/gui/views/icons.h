#pragma once

#include <QIcon>
#include <QString>

namespace diorama::gui {

// Once, before the first icon or style.
void loadIcons();

// An icon of assets/icons in the theme's colour of text, whatever the theme is when it is painted.
QIcon icon(const QString& name);

}  // namespace diorama::gui
