#include "gui/views/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QPixmapCache>
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
  explicit SvgIcon(QString name) : name_(std::move(name)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QSvgRenderer(inColour(colourOf(mode))).render(painter, rect);
  }

  // Buttons are painted far more often than they change.
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    const QString key = QStringLiteral("icon %1 %2 %3x%4")
                            .arg(name_, colourOf(mode).name())
                            .arg(size.width())
                            .arg(size.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    pixmap = QPixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, {QPoint(), size}, mode, state);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
  }

  QIconEngine* clone() const override { return new SvgIcon(name_); }

 private:
  static QColor colourOf(QIcon::Mode mode) {
    const Colours& colours = Theme::instance().colours();
    return mode == QIcon::Disabled ? mixed(colours.surface, colours.dim, 0.5) : colours.text;
  }

  QByteArray inColour(const QColor& colour) const {
    return readSvg(name_).replace("currentColor", colour.name().toLatin1());
  }

  QString name_;
};

}  // namespace

void loadIcons() {
  initIcons();
}

QIcon icon(const QString& name) {
  return QIcon(new SvgIcon(name));
}

}  // namespace diorama::gui
