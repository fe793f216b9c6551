#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QWidget>

#include "gui/views/gallery_view.h"

namespace diorama::gui {

// The whole gallery: search, filter, thumbnails.
class GalleryPage : public QWidget {
  Q_OBJECT

 public:
  explicit GalleryPage(Session& session);

  GalleryView& view() { return *view_; }
  QLineEdit& search() { return *search_; }

 private:
  void showCount();

  Session& session_;
  QLineEdit* search_;
  QLabel* count_;
  GalleryView* view_;
};

}  // namespace diorama::gui
