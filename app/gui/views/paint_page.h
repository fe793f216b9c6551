#pragma once

#include <QProgressBar>
#include <QSplitter>
#include <QWidget>

#include "gui/models/session.h"
#include "gui/views/canvas.h"
#include "gui/views/gallery_view.h"
#include "gui/views/picture_actions.h"
#include "gui/views/picture_tools.h"
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
  PictureTools& tools() { return *tools_; }
  QSplitter& splitter() { return *splitter_; }

 private:
  QWidget* makeMiddle();
  QWidget* makeSide();
  QWidget* makeWelcome();
  void connectTools();
  void connectSession();
  void showFrame(const StepFrame& frame);
  void showPicture(const ShownPicture& picture);
  void watchRun();
  void onIdle();
  void scrub(int row);
  void showStep(int step);
  void showProgress();

  Session& session_;
  SettingsPanel* settings_;
  QSplitter* splitter_;
  Canvas* canvas_;
  QWidget* welcome_;
  TimelineView* timeline_;
  QWidget* steps_;
  StripView* strip_;
  PictureTools* tools_;
  QProgressBar* progress_;
  ShownPicture picture_;
  bool watching_ = true;  // the run; false: another picture is looked at meanwhile
  QSize runSize_;
};

}  // namespace diorama::gui
