#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
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
  // Clears the search; false where nothing is searched for.
  bool closeInnermost();

 private:
  void showCount();

  Session& session_;
  QLineEdit* search_;
  QLabel* count_;
  GalleryView* view_;
  QComboBox* filter_;
  QPushButton* clear_;  // of search and filter, where they leave nothing
};

}  // namespace diorama::gui
