#include "gui/views/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include "gui/views/theme.h"

// Outside of namespaces, as the macro wants it: a static library's resources are not found by themselves.
static void initIcons() {
  Q_INIT_RESOURCE(icons);
}

namespace diorama::gui {
namespace {

QByteArray readSvg(const QString& name) {
  QFile file(":/icons/" + name + ".svg");
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

class SvgIcon final : public QIconEngine {
 public:
  explicit SvgIcon(QByteArray svg) : svg_(std::move(svg)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    const Colours& colours = Theme::instance().colours();
    const QColor colour = mode == QIcon::Disabled ? mixed(colours.surface, colours.dim, 0.5) : colours.text;
    QByteArray svg = svg_;
    svg.replace("currentColor", colour.name().toLatin1());
    QSvgRenderer(svg).render(painter, rect);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, {QPoint(), size}, mode, state);
    return pixmap;
  }

  QIconEngine* clone() const override { return new SvgIcon(svg_); }

 private:
  QByteArray svg_;
};

}  // namespace

void loadIcons() {
  initIcons();
}

QIcon icon(const QString& name) {
  return QIcon(new SvgIcon(readSvg(name)));
}

}  // namespace diorama::gui
