// Thumbnails of the gallery.
#pragma once

#include <QListView>

#include "gui/models/session.h"

namespace diorama::gui {

class GalleryView : public QListView {
  Q_OBJECT

 public:
  // `side` of a cell, pixels.
  GalleryView(Session& session, int side, bool captions);

  QStringList chosen() const;  // paths
  // What stands in place of pictures where there are none.
  void setEmptyText(const QString& text);
  const QString& emptyText() const { return emptyText_; }

 signals:
  void opened(const QString& path);
  void compareWanted(const QString& a, const QString& b);

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void trash();

  Session& session_;
  QString emptyText_;
};

}  // namespace diorama::gui
