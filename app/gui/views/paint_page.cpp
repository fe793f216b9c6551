#include "gui/views/paint_page.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QVBoxLayout>

#include "gui/views/icons.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"
#include "gui/views/words.h"

namespace diorama::gui {
namespace {

constexpr int kSettingsWidth = 320;  // pixels
constexpr int kSideWidth = 216;

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
  settings_->setMinimumWidth(kSettingsWidth);
  splitter_->setObjectName("splitter");
  splitter_->setHandleWidth(1);
  splitter_->setChildrenCollapsible(false);
  splitter_->addWidget(settings_);
  splitter_->addWidget(makeMiddle());
  splitter_->addWidget(makeSide());
  splitter_->setStretchFactor(0, 0);
  splitter_->setStretchFactor(1, 1);
  splitter_->setStretchFactor(2, 0);
  splitter_->setSizes({kSettingsWidth, 700, kSideWidth});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(splitter_);
  connectTools();
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
  timeline_ = new TimelineView(session_.timeline());
  strip_ = new StripView(session_.strip());
  steps_ = new QWidget;
  auto* steps = new QVBoxLayout(steps_);
  steps->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
  steps->setSpacing(space::kSmall);
  steps->addWidget(strip_);
  steps->addWidget(timeline_);
  steps_->hide();
  auto* middle = new QWidget;
  auto* layout = new QVBoxLayout(middle);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(canvas_, 1);
  layout->addWidget(progress_);
  tools_ = new PictureTools;
  layout->addWidget(tools_);
  layout->addWidget(steps_);
  auto* over = new QVBoxLayout(canvas_);
  over->addWidget(makeWelcome(), 0, Qt::AlignCenter);
  return middle;
}

QWidget* PaintPage::makeWelcome() {
  welcome_ = new QWidget;
  welcome_->setObjectName("card");
  welcome_->setAttribute(Qt::WA_StyledBackground);
  auto* layout = new QVBoxLayout(welcome_);
  layout->setContentsMargins(space::kHuge, space::kHuge, space::kHuge, space::kHuge);
  layout->setSpacing(space::kMedium);
  layout->addWidget(label(tr("Welcome to Diorama"), "display"));
  auto* text =
      label(tr("Words become pictures here, on your own machine. Watch every step form, go back to one, "
               "and take another turn from there."));
  text->setWordWrap(true);
  text->setFixedWidth(360);
  layout->addWidget(text);
  auto* first = button(tr("Paint a first picture"), {}, "primary");
  first->setObjectName("welcomeButton");
  layout->addWidget(first);
  welcome_->setVisible(!session_.store().state().welcomed);
  connect(first, &QPushButton::clicked, this, [this] {
    const ModelFacts* facts = session_.model();
    if (facts == nullptr) return;
    PaintSettings settings = session_.store().settings();
    if (settings.prompt.isEmpty() && !facts->pattern.isEmpty())
      settings.prompt =
          QString(facts->pattern)
              .replace("{subject}", facts->subjects.value(1, facts->subjects.value(0)))
              .replace("{style}", facts->styles.value(1, facts->styles.value(0)))
              .replace("{background}", facts->backgrounds.value(5, facts->backgrounds.value(0)));
    session_.store().setSettings(settings);
    session_.paint();
  });
  return welcome_;
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
  connect(&tools_->watch(), &QPushButton::clicked, this, &PaintPage::watchRun);
  connect(canvas_, &Canvas::zoomChanged, tools_, &PictureTools::setZoom);
}

QWidget* PaintPage::makeSide() {
  constexpr int kThumbnail = 88;
  auto* side = new QWidget;
  side->setObjectName("panel");
  side->setAttribute(Qt::WA_StyledBackground);
  side->setMinimumWidth(kSideWidth);
  auto* recent = new GalleryView(session_, kThumbnail, false);
  recent->setAccessibleName(tr("Latest pictures"));
  connect(recent, &GalleryView::opened, &session_, &Session::show);
  connect(recent, &QListView::clicked, this,
          [this](const QModelIndex& at) { session_.show(at.data(GalleryModel::PathRole).toString()); });
  connect(recent, &GalleryView::compareWanted, &session_, &Session::compareReady);
  auto* layout = new QVBoxLayout(side);
  layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
  layout->setSpacing(space::kSmall);
  layout->addWidget(new QueuePanel(session_), 2);
  layout->addWidget(divider());
  layout->addWidget(label(tr("Latest pictures"), "section"));
  layout->addWidget(recent, 3);
  return side;
}

void PaintPage::connectSession() {
  connect(&session_, &Session::stageReached, this, [this](PaintStage stage) {
    welcome_->hide();
    settings_->cancelButton().setEnabled(true);
    tools_->setStatus(stageText(stage));
    const int row = session_.queue().rowOf(session_.running());
    if (row < 0) return;
    const PaintSettings& s = session_.queue().entry(row).job.settings;
    runSize_ = {s.width, s.height};
    progress_->setRange(0, s.steps);
    if (stage == PaintStage::load) progress_->setValue(0);
  });
  connect(&session_, &Session::parentStepTaken, this, [this](const ParentStep& step) {
    showStep(step.step);
    tools_->setStatus(tr("Taking the parent's steps again: %1 of %2").arg(step.step).arg(step.steps));
  });
  connect(&session_, &Session::stepTaken, this, [this](const StepFrame& frame) {
    steps_->show();
    if (watching_) showFrame(frame);
    showStep(frame.step);
    showProgress();
    tools_->setTotals(session_.strip().totals());
  });
  connect(&session_, &Session::painted, this, [this](const PaintedPicture& picture) {
    session_.store().setWelcomed();
    if (watching_ || picture.path.isEmpty()) showPicture({picture.image, picture.path, picture.recipe});
    tools_->setStatus(tr("Painted in %1").arg(durationText(picture.totalSeconds)));
    tools_->setTotals(session_.strip().totals());
  });
  connect(&session_, &Session::gridReady, this, [this](const QString& path) {
    if (watching_ && session_.running() == 0) session_.show(path);
  });
  connect(&session_, &Session::shown, this, [this](const QString& path, const QImage& image) {
    welcome_->hide();
    showPicture({image, path, {}});
    watching_ = session_.running() == 0;
    tools_->watch().setVisible(!watching_);
    if (!watching_) return;
    steps_->setVisible(session_.timeline().rowCount() > 0);
    tools_->setStatus(QString());
    tools_->setTotals(session_.strip().totals());
  });
  connect(&session_, &Session::cancelled, this, [this] { tools_->setStatus(tr("Cancelled")); });
  connect(&session_.engine(), &EngineService::failed, this, [this](qint64, const Failure& failure) {
    if (!failure.cancelled()) tools_->setStatus(tr("Failed"));
  });
  connect(&session_, &Session::idle, this, &PaintPage::onIdle);
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

void PaintPage::showFrame(const StepFrame& frame) {
  if (!frame.preview.isNull()) canvas_->setPreview(frame.preview, runSize_);
  canvas_->setTokens(frame.kept, frame.tokenColumns);
  strip_->setStep(frame.step - 1);
  picture_ = {};
  for (QToolButton* needsPicture : {&tools_->exact(), &tools_->branch(), &tools_->copy(), &tools_->save()})
    needsPicture->setEnabled(false);
}

void PaintPage::showPicture(const ShownPicture& picture) {
  picture_ = picture;
  canvas_->setPicture(picture.image, picture.path);
  if (session_.running() == 0) timeline_->selectionModel()->clear();
  strip_->setStep(-1);
  tools_->exact().setEnabled(!picture.path.isEmpty());
  tools_->copy().setEnabled(true);
  tools_->save().setEnabled(true);
  tools_->branch().setEnabled(false);
}

void PaintPage::watchRun() {
  watching_ = true;
  tools_->watch().hide();
  const int steps = session_.timeline().rowCount();
  if (session_.running() != 0 && steps > 0) showFrame(session_.timeline().frame(steps - 1));
}

// What was looked at meanwhile stays, now with its own steps.
void PaintPage::onIdle() {
  settings_->cancelButton().setEnabled(false);
  progress_->reset();
  if (watching_) return;
  watching_ = true;
  tools_->watch().hide();
  if (!picture_.path.isEmpty()) session_.show(picture_.path);
}

// After a run: an earlier step in the canvas; the last one is the picture itself.
void PaintPage::scrub(int row) {
  if (session_.running() != 0) return;
  const StepFrame& frame = session_.timeline().frame(row);
  const bool isLast = row + 1 == session_.timeline().rowCount() && !session_.timeline().recipe().isEmpty();
  strip_->setStep(frame.step - 1);
  if (isLast)
    canvas_->setPicture(picture_.image, picture_.path);
  else
    canvas_->setPreview(frame.preview, picture_.image.isNull() ? runSize_ : picture_.image.size());
  canvas_->setTokens(frame.kept, frame.tokenColumns);
  tools_->branch().setEnabled(!isLast && !session_.timeline().recipe().isEmpty());
  tools_->setStatus(tr("Step %1 of %2").arg(frame.step).arg(frame.steps));
}

// With the next painting of the window: a progress bar left to itself paints, and all else with it, at once.
void PaintPage::showStep(int step) {
  progress_->setUpdatesEnabled(false);
  progress_->setValue(step);
  progress_->setUpdatesEnabled(true);
}

void PaintPage::showProgress() {
  const int row = session_.queue().rowOf(session_.running());
  if (row < 0) return;
  const QueueEntry& entry = session_.queue().entry(row);
  QString text =
      tr("Step %1 of %2, %3 left").arg(entry.step).arg(entry.steps).arg(durationText(entry.secondsLeft()));
  const StepFrame& last = session_.timeline().frames().last();
  if (last.decoded)
    text = tr("%1, previews %2 a step").arg(text, durationText(last.previewMilliseconds / 1000));
  tools_->setStatus(text);
}

}  // namespace diorama::gui
