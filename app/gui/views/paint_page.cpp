#include "gui/views/paint_page.h"

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
  layout->addWidget(makeTools());
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

QWidget* PaintPage::makeTools() {
  auto* fit = iconButton("fit", tr("Fit the picture into the window"), tr("Ctrl+0"));
  auto* one = iconButton("one", tr("One pixel a pixel"), tr("Ctrl+1"));
  branch_ = iconButton("branch", tr("Branch from this step with the settings as they are now"), tr("Ctrl+B"));
  branch_->setEnabled(false);
  exact_ = iconButton("compare", tr("Paint this seed without shortcuts and compare"), tr("Ctrl+E"));
  exact_->setEnabled(false);
  tokens_ = iconButton("tokens", tr("Show which tokens were left out"), tr("Ctrl+T"));
  tokens_->setCheckable(true);
  tokens_->setChecked(session_.store().state().tokensShown);
  fit->setShortcut(Qt::CTRL | Qt::Key_0);
  one->setShortcut(Qt::CTRL | Qt::Key_1);
  branch_->setShortcut(Qt::CTRL | Qt::Key_B);
  exact_->setShortcut(Qt::CTRL | Qt::Key_E);
  tokens_->setShortcut(Qt::CTRL | Qt::Key_T);
  zoom_ = label({}, "dim");
  status_ = label({}, "dim");
  totals_ = label({}, "dim");
  auto* bar = new QWidget;
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(space::kMedium, space::kTight, space::kMedium, space::kTight);
  layout->setSpacing(space::kTight);
  layout->addWidget(status_);
  layout->addSpacing(space::kMedium);
  layout->addWidget(totals_, 1);
  for (QWidget* tool :
       {static_cast<QWidget*>(branch_), static_cast<QWidget*>(exact_), static_cast<QWidget*>(tokens_),
        static_cast<QWidget*>(fit), static_cast<QWidget*>(one), static_cast<QWidget*>(zoom_)})
    layout->addWidget(tool);
  zoom_->setMinimumWidth(40);
  connect(fit, &QToolButton::clicked, canvas_, &Canvas::fit);
  connect(one, &QToolButton::clicked, canvas_, &Canvas::showOneToOne);
  connect(tokens_, &QToolButton::toggled, canvas_, &Canvas::setTokensShown);
  connect(tokens_, &QToolButton::toggled, &session_.store(), &SettingsStore::setTokensShown);
  connect(branch_, &QToolButton::clicked, this, [this] { session_.branch(timeline_->current()); });
  connect(exact_, &QToolButton::clicked, this, [this] { session_.paintExact(path_); });
  connect(canvas_, &Canvas::zoomChanged, this, [this](double zoom) {
    zoom_->setText(QStringLiteral("%1 %").arg(100 * zoom * devicePixelRatio(), 0, 'f', 0));
  });
  return bar;
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
    status_->setText(stageText(stage));
    const int row = session_.queue().rowOf(session_.running());
    if (row < 0) return;
    const PaintSettings& s = session_.queue().entry(row).job.settings;
    runSize_ = {s.width, s.height};
    progress_->setRange(0, s.steps);
    if (stage == PaintStage::load) progress_->setValue(0);
  });
  connect(&session_, &Session::stepTaken, this, [this](const StepFrame& frame) {
    steps_->show();
    showFrame(frame);
    progress_->setValue(frame.step);
    showProgress();
    showTotals();
  });
  connect(&session_, &Session::painted, this, [this](const PaintedPicture& picture) {
    session_.store().setWelcomed();
    showPicture(picture.image, picture.path);
    status_->setText(tr("Painted in %1").arg(durationText(picture.totalSeconds)));
    showTotals();
  });
  connect(&session_, &Session::gridReady, this,
          [this](const QString& path, const QImage& sheet) { showPicture(sheet, path); });
  connect(&session_, &Session::shown, this, [this](const QString& path, const QImage& image) {
    welcome_->hide();
    showPicture(image, path);
    steps_->setVisible(session_.timeline().rowCount() > 0);
    status_->setText(QString());
    showTotals();
  });
  connect(&session_, &Session::cancelled, this, [this] { status_->setText(tr("Cancelled")); });
  connect(&session_, &Session::idle, this, [this] {
    settings_->cancelButton().setEnabled(false);
    progress_->reset();
  });
  connect(timeline_, &TimelineView::scrubbed, this, &PaintPage::scrub);
  connect(timeline_, &TimelineView::branchWanted, &session_, &Session::branch);
  connect(strip_, &StripView::stepClicked, this, [this](int column) {
    const int first = session_.timeline().rowCount() > 0 ? session_.timeline().frame(0).step : 1;
    timeline_->setCurrent(column + 1 - first);
  });
  connect(canvas_, &Canvas::contextMenuWanted, this, [this](const QPoint& where) {
    if (path_.isEmpty()) return;
    QMenu menu;
    addPictureActions(menu, session_, path_);
    menu.exec(where);
  });
}

void PaintPage::showFrame(const StepFrame& frame) {
  if (!frame.preview.isNull()) canvas_->setPreview(frame.preview, runSize_);
  canvas_->setTokens(frame.kept, frame.tokenColumns);
  strip_->setStep(frame.step - 1);
  path_.clear();
  exact_->setEnabled(false);
  branch_->setEnabled(false);
}

void PaintPage::showPicture(const QImage& image, const QString& path) {
  picture_ = image;
  path_ = path;
  runSize_ = image.size();
  canvas_->setPicture(image, path);
  timeline_->selectionModel()->clear();
  strip_->setStep(-1);
  exact_->setEnabled(!path.isEmpty());
  branch_->setEnabled(false);
}

// After a run: an earlier step in the canvas; the last one is the picture itself.
void PaintPage::scrub(int row) {
  if (session_.running() != 0) return;
  const StepFrame& frame = session_.timeline().frame(row);
  const bool isLast = row + 1 == session_.timeline().rowCount();
  strip_->setStep(frame.step - 1);
  if (isLast)
    canvas_->setPicture(picture_, path_);
  else
    canvas_->setPreview(frame.preview, runSize_);
  canvas_->setTokens(frame.kept, frame.tokenColumns);
  branch_->setEnabled(!isLast && !session_.timeline().recipe().isEmpty());
  status_->setText(tr("Step %1 of %2").arg(frame.step).arg(frame.steps));
}

void PaintPage::showProgress() {
  const int row = session_.queue().rowOf(session_.running());
  if (row < 0) return;
  const QueueEntry& entry = session_.queue().entry(row);
  status_->setText(
      tr("Step %1 of %2, %3 left").arg(entry.step).arg(entry.steps).arg(durationText(entry.secondsLeft())));
}

void PaintPage::showTotals() {
  const RunTotals& totals = session_.strip().totals();
  if (totals.fullMacs == 0) return totals_->clear();
  const QString work = tr("%1 of %2 multiply-adds")
                           .arg(macsText(static_cast<double>(totals.executedMacs)),
                                macsText(static_cast<double>(totals.fullMacs)));
  totals_->setText(totals.saved() > 0.0005
                       ? tr("%1, %2 % saved").arg(work).arg(100 * totals.saved(), 0, 'f', 0)
                       : tr("%1, exact").arg(work));
}

}  // namespace diorama::gui
