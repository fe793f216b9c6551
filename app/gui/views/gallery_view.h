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

 signals:
  void opened(const QString& path);
  void compareWanted(const QString& a, const QString& b);

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void trash();

  Session& session_;
};

}  // namespace diorama::gui
