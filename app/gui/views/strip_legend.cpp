#include "gui/views/strip_legend.h"

#include <QPainter>

#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

constexpr int kSwatch = 9;  // pixels
constexpr double kPartly = 0.5;

}  // namespace

StripLegend::StripLegend() {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAccessibleName(tr("Colours of the blocks"));
  setAccessibleDescription(names().join(QStringLiteral(", ")));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QStringList StripLegend::names() const {
  return {tr("computed"), tr("partly computed"), tr("reused")};
}

// The sheet of the application has the last word on setFont.
QFont StripLegend::small() const {
  QFont small = font();
  small.setPixelSize(type::kSmall);
  return small;
}

QSize StripLegend::sizeHint() const {
  const QFontMetrics metrics(small());
  int width = 0;
  for (const QString& name : names())
    width += kSwatch + space::kTight + metrics.horizontalAdvance(name) + space::kMedium;
  return {width, metrics.height()};
}

void StripLegend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setFont(small());
  const Colours& colours = Theme::instance().colours();
  const QFontMetrics metrics = painter.fontMetrics();
  const QColor swatches[] = {colours.computed, mixed(colours.reused, colours.computed, kPartly),
                             colours.reused};
  int x = 0;
  for (int i = 0; i < 3; ++i) {
    const QString name = names().at(i);
    painter.fillRect(QRect(x, (height() - kSwatch) / 2, kSwatch, kSwatch), swatches[i]);
    x += kSwatch + space::kTight;
    painter.setPen(colours.dim);
    painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, name);
    x += metrics.horizontalAdvance(name) + space::kMedium;
  }
}

}  // namespace diorama::gui
