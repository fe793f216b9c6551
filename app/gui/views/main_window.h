#pragma once

#include <QButtonGroup>
#include <QMainWindow>
#include <QStackedWidget>

#include "gui/models/session.h"
#include "gui/views/color_scheme.h"
#include "gui/views/compare_page.h"
#include "gui/views/gallery_page.h"
#include "gui/views/message_bar.h"
#include "gui/views/models_page.h"
#include "gui/views/paint_page.h"

namespace diorama::gui {

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  enum Page { paintPage, galleryPage, comparePage, modelsPage };

  explicit MainWindow(Session& session);

  PaintPage& paint() { return *paint_; }
  GalleryPage& gallery() { return *gallery_; }
  ComparePage& compare() { return *compare_; }
  ModelsPage& models() { return *models_; }
  MessageBar& messages() { return *messages_; }
  Page page() const { return static_cast<Page>(pages_->currentIndex()); }
  void setPage(Page page);
  void raiseToFront();

 protected:
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* makeRail();
  QToolButton* railButton(const QString& text, const QString& iconName);
  void addShortcuts();
  void connectSession();
  void showTitle();
  void offerInterrupted();
  void chooseTheme(ThemeChoice choice);
  void notify(const QString& path);

  Session& session_;
  ColorScheme scheme_;
  QStackedWidget* pages_;
  QButtonGroup rail_;
  MessageBar* messages_;
  PaintPage* paint_;
  GalleryPage* gallery_;
  ComparePage* compare_;
  ModelsPage* models_;
};

}  // namespace diorama::gui
