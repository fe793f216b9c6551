#include "gui/views/disclosure.h"

#include "gui/views/form.h"
#include "gui/views/theme.h"

namespace diorama::gui {

Disclosure::Disclosure(const QString& title, QWidget* content) : title_(named(new QToolButton, title)) {
  title_->setText(title);
  title_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  title_->setArrowType(Qt::RightArrow);
  title_->setCheckable(true);
  title_->setProperty("role", "disclosure");
  auto* layout = makeColumn(this, space::kSmall);
  layout->addWidget(title_, 0, Qt::AlignLeft);
  layout->addWidget(content);
  content->hide();
  connect(title_, &QToolButton::toggled, this, [this, content](bool open) {
    title_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    content->setVisible(open);
  });
}

}  // namespace diorama::gui
