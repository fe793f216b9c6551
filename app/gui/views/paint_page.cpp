#include "gui/views/paint_page.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/service/time_text.h"
#include "gui/views/form.h"
#include "gui/views/icons.h"
#include "gui/views/strip_legend.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kSettingsWidth = 320;  // pixels, as long as there is room
constexpr int kSideWidth = 216;
constexpr int kLeastSettingsWidth = 296;
constexpr int kLeastSideWidth = 176;

QString stageText(PaintStage stage) {
  switch (stage) {
    case PaintStage::load:
      return PaintPage::tr("Loading the model");
    case PaintStage::encode:
      return PaintPage::tr("Reading the prompt");
    case PaintStage::denoise:
      return PaintPage::tr("Painting");
    case PaintStage::decode:
      return PaintPage::tr("Decoding the picture");
    case PaintStage::save:
      return PaintPage::tr("Saving");
  }
  return {};
}

}  // namespace

PaintPage::PaintPage(Session& session)
    : session_(session), settings_(new SettingsPanel(session)), splitter_(new QSplitter) {
  setObjectName("page");
  setAttribute(Qt::WA_StyledBackground);
  settings_->setMinimumWidth(kLeastSettingsWidth);
  splitter_->setObjectName("splitter");
  splitter_->setHandleWidth(1);
  splitter_->addWidget(settings_);
  splitter_->addWidget(makeMiddle());
  splitter_->addWidget(makeSide());
  splitter_->setCollapsible(0, false);
  splitter_->setCollapsible(1, false);
  splitter_->setStretchFactor(0, 0);
  splitter_->setStretchFactor(1, 1);
  splitter_->setStretchFactor(2, 0);
  splitter_->setSizes({kSettingsWidth, 700, kSideWidth});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(splitter_);
  connectTools();
  connectRun();
  connectSession();
}

QWidget* PaintPage::makeMiddle() {
  canvas_ = new Canvas;
  canvas_->setHint(tr("Type a prompt and press Ctrl+Enter"));
  canvas_->setTokensShown(session_.store().state().tokensShown);
  progress_ = new QProgressBar;
  progress_->setTextVisible(false);
  progress_->setFixedHeight(2);
  progress_->setAccessibleName(tr("Progress"));
  caption_ = new Caption;
  tools_ = new PictureTools;
  auto* middle = new QWidget;
  auto* layout = makeColumn(middle, 0);
  layout->addWidget(canvas_, 1);
  layout->addWidget(progress_);
  layout->addWidget(caption_);
  layout->addWidget(tools_);
  layout->addWidget(makeSteps());
  makeOverlays();
  return middle;
}

QWidget* PaintPage::makeSteps() {
  timeline_ = new TimelineView(session_.timeline());
  strip_ = new StripView(session_.strip());
  steps_ = new QWidget;
  auto* steps = makeColumn(steps_, space::kTight);
  steps->setContentsMargins(space::kMedium, space::kTight, space::kMedium, space::kSmall);
  steps->addWidget(new StripLegend, 0, Qt::AlignRight);
  steps->addWidget(strip_);
  steps->addWidget(timeline_);
  steps_->hide();
  return steps_;
}

// Over the canvas, so that nothing moves when they come and go.
void PaintPage::makeOverlays() {
  watch_ = button({}, {}, "pill");
  watch_->setAccessibleName(tr("Back to live"));
  watch_->hide();
  welcome_ = new Welcome(session_);
  welcome_->setVisible(!session_.store().state().welcomed);
  auto* over = new QVBoxLayout(canvas_);
  over->addWidget(watch_, 0, Qt::AlignHCenter | Qt::AlignTop);
  over->addStretch();
  over->addWidget(welcome_, 0, Qt::AlignCenter);
  over->addStretch();
  connect(welcome_, &Welcome::firstWanted, this, &PaintPage::paintFirst);
}

void PaintPage::paintFirst() {
  const ModelFacts* facts = session_.model();
  if (facts == nullptr) return;
  PaintSettings settings = session_.store().settings();
  if (settings.prompt.isEmpty() && !facts->pattern.isEmpty()) settings.prompt = firstPrompt(*facts);
  session_.store().setSettings(settings);
  settings_->promptEdit().setFocus();
  settings_->paint();
}

void PaintPage::connectTools() {
  const WindowState& state = session_.store().state();
  tools_->tokens().setChecked(state.tokensShown);
  tools_->decoded().setChecked(state.previewsDecoded);
  connect(&tools_->fit(), &QToolButton::clicked, canvas_, &Canvas::fit);
  connect(&tools_->oneToOne(), &QToolButton::clicked, canvas_, &Canvas::showOneToOne);
  connect(&tools_->tokens(), &QToolButton::toggled, canvas_, &Canvas::setTokensShown);
  connect(&tools_->tokens(), &QToolButton::toggled, &session_.store(), &SettingsStore::setTokensShown);
  connect(&tools_->decoded(), &QToolButton::toggled, &session_, &Session::decodePreviews);
  connect(&tools_->branch(), &QToolButton::clicked, this, [this] { session_.branch(timeline_->current()); });
  connect(&tools_->exact(), &QToolButton::clicked, this, [this] { session_.paintExact(picture_.path); });
  connect(&tools_->copy(), &QToolButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setImage(picture_.image); });
  connect(&tools_->save(), &QToolButton::clicked, this, [this] { askAndSave(session_, picture_); });
  connect(watch_, &QPushButton::clicked, &session_, &Session::watchRun);
  connect(&caption_->useSettings(), &QPushButton::clicked, this, [this] { session_.restore(picture_.path); });
  connect(&caption_->useSeed(), &QPushButton::clicked, this,
          [this] { session_.setSeed(session_.canvas().settings.seed); });
  connect(canvas_, &Canvas::zoomChanged, tools_, &PictureTools::setZoom);
}

QWidget* PaintPage::makeSide() {
  constexpr int kThumbnail = 88;
  side_ = new QWidget;
  side_->setObjectName("panel");
  side_->setAttribute(Qt::WA_StyledBackground);
  side_->setMinimumWidth(kLeastSideWidth);
  recent_ = new GalleryView(session_, kThumbnail, false);
  recent_->setAccessibleName(tr("Latest pictures"));
  connect(recent_, &GalleryView::opened, &session_, &Session::show);
  connect(recent_, &QListView::clicked, this,
          [this](const QModelIndex& at) { session_.show(at.data(GalleryModel::PathRole).toString()); });
  connect(recent_, &GalleryView::compareWanted, &session_, &Session::compareReady);
  auto* layout = new QVBoxLayout(side_);
  layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
  layout->setSpacing(space::kSmall);
  layout->addWidget(new QueuePanel(session_), 2);
  layout->addWidget(divider());
  layout->addWidget(label(tr("Latest pictures"), "section"));
  layout->addWidget(recent_, 3);
  return side_;
}

void PaintPage::connectRun() {
  connect(&session_, &Session::stageReached, this, &PaintPage::onStage);
  connect(&session_, &Session::parentStepTaken, this, [this](const ParentStep& step) {
    showStep(step.step);
    tools_->setStatus(tr("Repainting the parent's steps: %1 of %2").arg(step.step).arg(step.steps));
  });
  connect(&session_, &Session::stepTaken, this, &PaintPage::onStep);
  connect(&session_, &Session::painted, this, &PaintPage::onPainted);
  connect(&session_, &Session::cancelled, this, [this] { tools_->setStatus(tr("Cancelled")); });
  connect(&session_.engine(), &EngineClient::failed, this, [this](qint64, const Failure& failure) {
    if (failure.cancelled()) return;
    tools_->setStatus(tr("Failed"));
    progress_->reset();
  });
  connect(&session_, &Session::idle, this, &PaintPage::onIdle);
  connect(&session_, &Session::holdChanged, this, &PaintPage::showHold);
  connect(&session_.queue(), &QueueModel::changed, this, &PaintPage::showHold);
}

void PaintPage::connectSession() {
  connect(&session_, &Session::gridReady, this, [this](const QString& path) {
    if (session_.running() == 0) session_.show(path);
  });
  connect(&session_, &Session::shown, this, &PaintPage::onShown);
  connect(&session_, &Session::canvasChanged, this, &PaintPage::showCanvas);
  connect(&session_, &Session::captionChanged, this, &PaintPage::showTools);
  connect(&session_.models(), &ModelsModel::allRead, this, [this] {
    judgeExact();
    showTools();
  });
  connect(timeline_, &TimelineView::scrubbed, this, &PaintPage::scrub);
  connect(timeline_, &TimelineView::branchWanted, &session_, &Session::branch);
  connect(strip_, &StripView::stepClicked, this, [this](int column) {
    const int first = session_.timeline().rowCount() > 0 ? session_.timeline().frame(0).step : 1;
    timeline_->setCurrent(column + 1 - first);
  });
  connect(canvas_, &Canvas::contextMenuWanted, this, [this](const QPoint& where) {
    if (picture_.path.isEmpty()) return;
    QMenu menu;
    addPictureActions(menu, session_, picture_.path);
    menu.exec(where);
  });
}

void PaintPage::onStage(PaintStage stage) {
  welcome_->hide();
  settings_->cancelButton().setEnabled(true);
  tools_->setStatus(stageText(stage));
  const int row = session_.queue().rowOf(session_.running());
  if (row < 0) return;
  const PaintSettings& s = session_.queue().entry(row).job.settings;
  runSize_ = {s.width, s.height};
  progress_->setRange(0, s.steps);
  if (stage == PaintStage::load) progress_->setValue(0);
  showCanvas();
}

void PaintPage::onStep(const StepFrame& frame) {
  if (session_.watching()) {
    steps_->show();
    showFrame(frame);
    if (session_.timeline().rowCount() == 1) showTools();  // now it is seen
    tools_->setTotals(session_.strip().totals());
  } else {
    watch_->setText(tr("Painting: step %1 of %2 – Back to live").arg(frame.step).arg(frame.steps));
  }
  showStep(frame.step);
  showProgress();
}

void PaintPage::onPainted(const PaintedPicture& picture) {
  session_.store().setWelcomed();
  if (session_.watching() || picture.path.isEmpty())
    showPicture({picture.image, picture.path, picture.recipe});
  tools_->setStatus(tr("Painted in %1").arg(timeText(picture.totalSeconds)));
  showCanvas();
}

void PaintPage::onShown(const QString& path, const QImage& image) {
  welcome_->hide();
  showPicture({image, path, {}});
  if (session_.running() == 0) tools_->setStatus(QString());
  showCanvas();
}

// Everything around the canvas says what is on it, and nothing of another picture.
void PaintPage::showCanvas() {
  const bool isAway = session_.running() != 0 && !session_.watching();
  if (isAway && watch_->isHidden()) watch_->setText(tr("Painting – Back to live"));
  watch_->setVisible(isAway);
  if (isLive() && session_.timeline().rowCount() > 0 && !picture_.isNull()) {
    timeline_->clearCurrent();
    showFrame(session_.timeline().frames().last());
  }
  const CanvasPicture& canvas = session_.canvas();
  const bool isGone = !canvas.isKnown && canvas.path.isEmpty();  // the run failed on the way
  if (isGone && canvas_->isPreview()) canvas_->setPreview({}, runSize_);
  // While a run goes on they stay, so that the canvas keeps its size.
  steps_->setVisible(isLive() || session_.timeline().rowCount() > 0);
  tools_->setTotals(session_.strip().totals());
  selectLatest(isLive() ? QString() : picture_.path);
  showTools();
}

void PaintPage::showTools() {
  // Before its first step, what is painted is not seen yet.
  const bool isSeen = !isLive() || session_.timeline().rowCount() > 0;
  caption_->setFacts(isSeen ? session_.caption() : QList<SettingFact>(),
                     !picture_.path.isEmpty() && session_.canvas().isKnown);
  const QString notYet = tr("There is no finished picture on the canvas.");
  const bool isPicture = !picture_.isNull();
  tools_->setReason(tools_->copy(), isPicture ? QString() : notYet);
  tools_->setReason(tools_->save(), isPicture ? QString() : notYet);
  tools_->setReason(tools_->exact(), picture_.path.isEmpty() ? notYet : whyNotExact_);
  tools_->setReason(tools_->branch(), timeline_->current() < 0 ? tr("Choose one of the steps below first.")
                                                               : session_.whyNotBranch(timeline_->current()));
}

void PaintPage::selectLatest(const QString& path) {
  const int row = path.isEmpty() ? -1 : session_.gallery().rowOf(path);
  if (row < 0) return recent_->clearSelection();
  const QModelIndex at = session_.gallery().index(row);
  if (!recent_->selectionModel()->isSelected(at)) recent_->setCurrentIndex(at);
}

bool PaintPage::closeInnermost() {
  if (settings_->closeInnermost()) return true;
  if (!isLive() && timeline_->current() >= 0 && !picture_.isNull()) {
    showPicture(picture_);
    tools_->setStatus(QString());
    showTools();
    return true;
  }
  if (session_.running() == 0 || session_.watching()) return false;
  session_.watchRun();
  return true;
}

// A step in which nothing was computed is veiled as a whole.
void PaintPage::showTokens(const StepFrame& frame) {
  const bool isReused = !frame.blocks.empty() && std::all_of(frame.blocks.begin(), frame.blocks.end(),
                                                             [](float share) { return share <= 0; });
  if (isReused)
    canvas_->setTokens({0}, 1);
  else
    canvas_->setTokens(frame.kept, frame.tokenColumns);
}

void PaintPage::showFrame(const StepFrame& frame) {
  if (!frame.preview.isNull()) canvas_->setPreview(frame.preview, runSize_);
  showTokens(frame);
  strip_->setStep(frame.step - 1);
  if (picture_.isNull()) return;
  picture_ = {};
  showTools();
}

void PaintPage::showPicture(const ShownPicture& picture) {
  picture_ = picture;
  canvas_->setPicture(picture.image, picture.path);
  timeline_->clearCurrent();
  strip_->setStep(-1);
  judgeExact();
}

// Reads the picture's file: not at every change of a setting.
void PaintPage::judgeExact() {
  whyNotExact_ = picture_.path.isEmpty() ? QString() : session_.whyNotExact(picture_.path);
}

void PaintPage::onIdle() {
  settings_->cancelButton().setEnabled(session_.canCancel());
  progress_->reset();
  showCanvas();
}

// While a model is quantised, a picture waits, and may be taken back.
void PaintPage::showHold() {
  settings_->cancelButton().setEnabled(session_.canCancel());
  if (!session_.holdReason().isEmpty()) tools_->setStatus(session_.holdReason());
}

// An earlier step in the canvas; the last one is the picture itself.
void PaintPage::scrub(int row) {
  if (isLive()) return;
  const StepFrame& frame = session_.timeline().frame(row);
  const bool isLast = row + 1 == session_.timeline().rowCount() && !session_.timeline().recipe().isEmpty();
  strip_->setStep(frame.step - 1);
  if (isLast)
    canvas_->setPicture(picture_.image, picture_.path);
  else
    canvas_->setPreview(frame.preview, picture_.image.isNull() ? runSize_ : picture_.image.size());
  showTokens(frame);
  tools_->setStatus(tr("Step %1 of %2").arg(frame.step).arg(frame.steps));
  showTools();
}

// With the next painting of the window: a progress bar left to itself paints, and all else with it, at once.
void PaintPage::showStep(int step) {
  progress_->setUpdatesEnabled(false);
  progress_->setValue(step);
  progress_->setUpdatesEnabled(true);
}

void PaintPage::showProgress() {
  const int row = session_.queue().rowOf(session_.running());
  const QList<StepFrame>& frames = session_.timeline().runFrames();
  if (row < 0 || frames.isEmpty()) return;
  const QueueEntry& entry = session_.queue().entry(row);
  const QString step = QString::number(entry.step), steps = QString::number(entry.steps);
  const QString left = timeLeftText(entry.secondsLeft());
  tools_->setStatus(frames.last().decoded
                        ? tr("%3 left · step %1 of %2 · previews %4 a step")
                              .arg(step, steps, left, timeText(frames.last().previewMilliseconds / 1000))
                        : tr("%3 left · step %1 of %2").arg(step, steps, left));
}

}  // namespace diorama::gui
