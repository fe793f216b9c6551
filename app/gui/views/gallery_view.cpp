#include "gui/views/gallery_view.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include "gui/service/pictures.h"
#include "gui/views/icons.h"
#include "gui/views/picture_actions.h"
#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

class PictureDelegate final : public QStyledItemDelegate {
 public:
  PictureDelegate(int side, bool captions, QObject* parent)
      : QStyledItemDelegate(parent), side_(side), captions_(captions) {}

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {side_ + space::kSmall, side_ + space::kSmall + (captions_ ? kCaption : 0)};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Colours& colours = Theme::instance().colours();
    const QRect cell(option.rect.x() + space::kTight, option.rect.y() + space::kTight, side_, side_);
    painter->save();
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    const auto image = index.data(Qt::DecorationRole).value<QImage>();
    painter->fillRect(cell, colours.canvas);
    if (!image.isNull()) {
      const QSize size = image.size().scaled(cell.size(), Qt::KeepAspectRatio);
      QRect place(QPoint(), size);
      place.moveCenter(cell.center());
      painter->drawImage(place, image);
    }
    if (option.state.testFlag(QStyle::State_Selected)) {
      painter->setPen(QPen(colours.accent, 2));
      painter->drawRect(cell.adjusted(1, 1, -1, -1));
    }
    if (captions_) paintCaption(painter, option, index, cell);
    painter->restore();
  }

 private:
  static constexpr int kCaption = 20;  // pixels

  void paintCaption(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index,
                    const QRect& cell) const {
    QFont font = option.font;
    font.setPixelSize(type::kSmall);
    painter->setFont(font);
    painter->setPen(Theme::instance().colours().dim);
    const QRect line(cell.x(), cell.bottom() + 3, cell.width(), kCaption - 3);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, line.width()));
  }

  int side_;
  bool captions_;
};

}  // namespace

GalleryView::GalleryView(Session& session, int side, bool captions) : session_(session) {
  setModel(&session.gallery());
  setItemDelegate(new PictureDelegate(side, captions, this));
  setAccessibleName(tr("Gallery"));
  setViewMode(QListView::IconMode);
  setResizeMode(QListView::Adjust);
  setMovement(QListView::Static);
  setUniformItemSizes(true);
  setLayoutMode(QListView::Batched);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setDragEnabled(true);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  connect(this, &QListView::activated, this,
          [this](const QModelIndex& at) { emit opened(at.data(GalleryModel::PathRole).toString()); });
}

// Columns share the width.
void GalleryView::resizeEvent(QResizeEvent* event) {
  QListView::resizeEvent(event);
  const QSize cell = itemDelegate()->sizeHint({}, {});
  const int width = this->width() - verticalScrollBar()->sizeHint().width() - 2 * frameWidth() - 1;
  setGridSize({std::max(cell.width(), width / std::max(1, width / cell.width())), cell.height()});
}

QStringList GalleryView::chosen() const {
  QStringList paths;
  for (const QModelIndex& index : selectedIndexes()) paths << index.data(GalleryModel::PathRole).toString();
  return paths;
}

void GalleryView::contextMenuEvent(QContextMenuEvent* event) {
  const QStringList paths = chosen();
  if (paths.isEmpty()) return;
  QMenu menu;
  if (paths.size() == 2)
    menu.addAction(icon("compare"), tr("Compare these two"), this,
                   [this, paths] { emit compareWanted(paths[0], paths[1]); });
  else
    menu.addAction(icon("paint"), tr("Show"), this, [this, paths] { emit opened(paths[0]); });
  const QModelIndex under = indexAt(event->pos());
  addPictureActions(menu, session_,
                    under.isValid() ? under.data(GalleryModel::PathRole).toString() : paths[0]);
  menu.exec(event->globalPos());
}

void GalleryView::trash() {
  if (const QStringList paths = chosen(); !paths.isEmpty()) session_.moveToTrash(paths);
}

void GalleryView::setEmptyText(const QString& text) {
  emptyText_ = text;
  viewport()->update();
}

void GalleryView::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (model()->rowCount() > 0 || emptyText_.isEmpty()) return;
  QPainter painter(viewport());
  painter.setPen(Theme::instance().colours().dim);
  painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, emptyText_);
}

void GalleryView::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Delete) return trash();
  if (event->matches(QKeySequence::Undo)) return session_.untrash();
  if (event->matches(QKeySequence::Copy) && !chosen().isEmpty())
    return QGuiApplication::clipboard()->setImage(readPicture(chosen().first()));
  QListView::keyPressEvent(event);
}

}  // namespace diorama::gui
