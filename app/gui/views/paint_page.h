#pragma once

#include <QProgressBar>
#include <QSplitter>
#include <QWidget>

#include "gui/models/session.h"
#include "gui/views/canvas.h"
#include "gui/views/caption.h"
#include "gui/views/gallery_view.h"
#include "gui/views/picture_actions.h"
#include "gui/views/picture_tools.h"
#include "gui/views/queue_panel.h"
#include "gui/views/settings_panel.h"
#include "gui/views/strip_view.h"
#include "gui/views/timeline_view.h"
#include "gui/views/welcome.h"

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
  Caption& caption() { return *caption_; }
  // Back from another picture to the one that is painted.
  QPushButton& watch() { return *watch_; }
  Welcome& welcome() { return *welcome_; }
  QSplitter& splitter() { return *splitter_; }
  QWidget& side() { return *side_; }

  // What Esc closes: the search among classes, then the step that is looked at, then the picture that is
  // looked at while another is painted. False: nothing is open.
  bool closeInnermost();

 private:
  QWidget* makeMiddle();
  QWidget* makeSide();
  QWidget* makeSteps();
  void makeOverlays();
  void connectTools();
  void connectRun();
  void connectSession();
  void showFrame(const StepFrame& frame);
  void showTokens(const StepFrame& frame);
  void showPicture(const ShownPicture& picture);
  void showCanvas();
  void showTools();
  void judgeExact();
  void selectLatest(const QString& path);
  void onStage(PaintStage stage);
  void onStep(const StepFrame& frame);
  void onPainted(const PaintedPicture& picture);
  void onShown(const QString& path, const QImage& image);
  void onIdle();
  void scrub(int row);
  void showStep(int step);
  void showProgress();
  void showHold();
  void paintFirst();
  bool isLive() const { return session_.canvas().isLive; }

  Session& session_;
  SettingsPanel* settings_;
  QSplitter* splitter_;
  Canvas* canvas_;
  Welcome* welcome_;
  QPushButton* watch_;
  Caption* caption_;
  GalleryView* recent_;
  QWidget* side_;
  TimelineView* timeline_;
  QWidget* steps_;
  StripView* strip_;
  PictureTools* tools_;
  QProgressBar* progress_;
  ShownPicture picture_;
  QString whyNotExact_;  // the picture cannot be compared with its exact one
  QSize runSize_;
};

}  // namespace diorama::gui
