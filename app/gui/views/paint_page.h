#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QSplitter>
#include <QToolButton>
#include <QWidget>

#include "gui/models/session.h"
#include "gui/views/canvas.h"
#include "gui/views/gallery_view.h"
#include "gui/views/queue_panel.h"
#include "gui/views/settings_panel.h"
#include "gui/views/strip_view.h"
#include "gui/views/timeline_view.h"

namespace diorama::gui {

// Settings, the picture with its steps, the queue.
class PaintPage : public QWidget {
  Q_OBJECT

 public:
  explicit PaintPage(Session& session);

  SettingsPanel& settings() { return *settings_; }
  Canvas& canvas() { return *canvas_; }
  TimelineView& timeline() { return *timeline_; }
  StripView& strip() { return *strip_; }
  QToolButton& tokensButton() { return *tokens_; }
  QToolButton& branchButton() { return *branch_; }
  QSplitter& splitter() { return *splitter_; }

 private:
  QWidget* makeMiddle();
  QWidget* makeTools();
  QWidget* makeSide();
  QWidget* makeWelcome();
  void connectSession();
  void showFrame(const StepFrame& frame);
  void showPicture(const QImage& image, const QString& path);
  void scrub(int row);
  void showProgress();
  void showTotals();

  Session& session_;
  SettingsPanel* settings_;
  QSplitter* splitter_;
  Canvas* canvas_;
  QWidget* welcome_;
  TimelineView* timeline_;
  QWidget* steps_;
  StripView* strip_;
  QToolButton* branch_;
  QToolButton* exact_;
  QToolButton* tokens_;
  QLabel* zoom_;
  QLabel* status_;
  QLabel* totals_;
  QProgressBar* progress_;
  QImage picture_;
  QString path_;
  QSize runSize_;
};

}  // namespace diorama::gui
