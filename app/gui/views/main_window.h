#pragma once

#include <QButtonGroup>
#include <QMainWindow>
#include <QStackedWidget>

#include "gui/models/session.h"
#include "gui/views/color_scheme.h"
#include "gui/views/compare_page.h"
#include "gui/views/drop_target.h"
#include "gui/views/gallery_page.h"
#include "gui/views/models_page.h"
#include "gui/views/paint_page.h"
#include "gui/views/session_notices.h"
#include "gui/views/toasts.h"

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
  Toasts& messages() { return *toasts_; }
  Page page() const { return static_cast<Page>(pages_->currentIndex()); }
  void setPage(Page page);
  void raiseToFront();

 protected:
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* makePages();
  QWidget* makeRail();
  QToolButton* makeMore();
  void addThemes(QMenu& menu);
  QToolButton* railButton(const QString& text, const QString& iconName);
  void addShortcuts();
  void connectSession();
  void connectPages();
  // To where it was, and nowhere larger than the screen or off it.
  void takePlace();
  void keepLayout();
  void focusPage();
  // Closes the innermost thing that is open; cancels the run where nothing is.
  void escape();
  void openFile(const QString& file);
  void askForFile();
  void paste();
  void paintGrid();
  void choosePictures();
  void askBeforeClosing();
  void closeWhenDone();
  void showTitle();
  void chooseTheme(ThemeChoice choice);
  void notify(const QString& path);

  Session& session_;
  ColorScheme scheme_;
  QStackedWidget* pages_;
  QButtonGroup rail_;
  PaintPage* paint_;
  GalleryPage* gallery_;
  ComparePage* compare_;
  ModelsPage* models_;
  Toasts* toasts_;
  SessionNotices* notices_;
  DropTarget* dropTarget_;
  bool closesWhenDone_ = false;
  bool quits_ = false;
};

}  // namespace diorama::gui
