#include "gui/views/widgets.h"

#include <QPainter>
#include <QVariant>

#include "gui/views/icons.h"
#include "gui/views/theme.h"

namespace diorama::gui {

QLabel* label(const QString& text, const char* role) {
  auto* widget = new QLabel(text);
  widget->setTextFormat(Qt::PlainText);
  if (role != nullptr) widget->setProperty("role", role);
  return widget;
}

QPushButton* button(const QString& text, const QString& iconName, const char* role) {
  auto* widget = new QPushButton(text);
  if (!iconName.isEmpty()) widget->setIcon(icon(iconName));
  if (role != nullptr) widget->setProperty("role", role);
  return widget;
}

QToolButton* iconButton(const QString& iconName, const QString& name, const QString& keys) {
  auto* widget = new QToolButton;
  widget->setIcon(icon(iconName));
  widget->setIconSize({18, 18});
  widget->setAccessibleName(name);
  widget->setToolTip(keys.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, keys));
  return widget;
}

QWidget* divider() {
  auto* line = new QWidget;
  line->setObjectName("divider");
  line->setAttribute(Qt::WA_StyledBackground);
  return line;
}

IconLabel::IconLabel(const QString& iconName) : icon_(icon(iconName)) {
  constexpr int kSide = 18;  // pixels
  setFixedSize(kSide, kSide);
}

void IconLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  icon_.paint(&painter, rect());
}

TextLine::TextLine(Qt::Alignment alignment) : alignment_(alignment | Qt::AlignVCenter) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TextLine::setText(const QString& text) {
  if (text == text_) return;
  text_ = text;
  setAccessibleName(text);
  update();
}

void TextLine::setWarning(bool warns) {
  if (warns == warns_) return;
  warns_ = warns;
  update();
}

QSize TextLine::sizeHint() const {
  return {0, QFontMetrics(small()).height()};
}

// The sheet of the application has the last word on setFont.
QFont TextLine::small() const {
  QFont small = font();
  small.setPixelSize(type::kSmall);
  return small;
}

void TextLine::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setFont(small());
  const Colours& colours = Theme::instance().colours();
  painter.setPen(warns_ ? colours.warning : colours.dim);
  painter.drawText(rect(), static_cast<int>(alignment_),
                   painter.fontMetrics().elidedText(text_, Qt::ElideRight, width()));
}

FlowLayout::~FlowLayout() {
  qDeleteAll(items_);
}

void FlowLayout::setGeometry(const QRect& rect) {
  QLayout::setGeometry(rect);
  arrange(rect, true);
}

QSize FlowLayout::minimumSize() const {
  QSize size;
  for (const QLayoutItem* item : items_) size = size.expandedTo(item->minimumSize());
  return size;
}

int FlowLayout::arrange(const QRect& rect, bool place) const {
  int x = rect.x(), y = rect.y(), height = 0;
  for (QLayoutItem* item : items_) {
    const QSize size = item->sizeHint();
    if (x > rect.x() && x + size.width() > rect.right() + 1) {
      x = rect.x();
      y += height + gap_;
      height = 0;
    }
    if (place) item->setGeometry({{x, y}, size});
    x += size.width() + gap_;
    height = std::max(height, size.height());
  }
  return y + height - rect.y();
}

}  // namespace diorama::gui
