#include "gui/views/drop_target.h"

#include <QFileInfo>
#include <QUrl>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

QString carriedFile(const QMimeData& mime) {
  return mime.urls().size() == 1 ? mime.urls().front().toLocalFile() : QString();
}

DropTarget::DropTarget(QWidget* over) : QWidget(over), over_(over), text_(label({}, "title")) {
  setObjectName("dropTarget");
  setAttribute(Qt::WA_StyledBackground);
  setAttribute(Qt::WA_TransparentForMouseEvents);
  text_->setAlignment(Qt::AlignCenter);
  text_->setWordWrap(true);
  makeColumn(this, 0)->addWidget(text_);
  hide();
}

void DropTarget::showFor(const QString& file) {
  const QFileInfo info(file);
  text_->setText(info.isDir() ? tr("Import the model folder %1").arg(info.fileName())
                              : tr("Use the settings of %1").arg(info.fileName()));
  setGeometry(over_->rect().adjusted(space::kSmall, space::kSmall, -space::kSmall, -space::kSmall));
  show();
  raise();
}

}  // namespace diorama::gui
