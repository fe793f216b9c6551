#include "gui/views/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QScreen>
#include <QShortcut>
#include <QVBoxLayout>

#include "gui/views/about_dialog.h"
#include "gui/views/english_plurals.h"
#include "gui/views/focus_ring.h"
#include "gui/views/form.h"
#include "gui/views/grid_dialog.h"
#include "gui/views/icons.h"
#include "gui/views/messages_dialog.h"
#include "gui/views/notice.h"
#include "gui/views/theme.h"
#include "gui/views/wheel_guard.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kRailWidth = 72;  // pixels
constexpr QSize kUsualSize{1280, 800};
constexpr int kTitleBar = 36;  // pixels that a window manager may put above the window

QString shortened(const QString& text, int most) {
  const QString line = text.simplified();
  return line.size() <= most ? line : line.left(most - 1).trimmed() + QChar(0x2026);
}

}  // namespace

MainWindow::MainWindow(Session& session) : session_(session), pages_(new QStackedWidget) {
  QCoreApplication::installTranslator(new EnglishPlurals(this));
  loadIcons();
  setWindowIcon(QIcon(":/icons/diorama.svg"));
  setAcceptDrops(true);
  chooseTheme(session.store().state().theme);
  new WheelGuard(this);
  new FocusRing(this);
  auto* middle = new QWidget;
  auto* layout = makeRow({});
  layout->setSpacing(0);
  middle->setLayout(layout);
  QWidget* pages = makePages();
  layout->addWidget(makeRail());
  layout->addWidget(pages, 1);
  setCentralWidget(middle);
  takePlace();
  addShortcuts();
  connectSession();
  connectPages();
  setPage(paintPage);
  showTitle();
  notices_->offerInterrupted();
  paint_->settings().promptEdit().setFocus();
}

QWidget* MainWindow::makePages() {
  paint_ = new PaintPage(session_);
  gallery_ = new GalleryPage(session_);
  compare_ = new ComparePage(session_);
  models_ = new ModelsPage(session_);
  for (QWidget* page : {static_cast<QWidget*>(paint_), static_cast<QWidget*>(gallery_),
                        static_cast<QWidget*>(compare_), static_cast<QWidget*>(models_)})
    pages_->addWidget(page);
  auto* room = new QWidget;
  makeColumn(room, 0)->addWidget(pages_);
  toasts_ = new Toasts(room);
  notices_ = new SessionNotices(session_, *toasts_, this);
  dropTarget_ = new DropTarget(room);
  return room;
}

QToolButton* MainWindow::railButton(const QString& text, const QString& iconName) {
  auto* tool = new QToolButton;
  tool->setText(text);
  tool->setIcon(icon(iconName));
  tool->setIconSize({22, 22});
  tool->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
  tool->setAccessibleName(text);
  tool->setFocusPolicy(Qt::StrongFocus);
  tool->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  return tool;
}

QWidget* MainWindow::makeRail() {
  auto* rail = new QWidget;
  rail->setObjectName("rail");
  rail->setAttribute(Qt::WA_StyledBackground);
  rail->setFixedWidth(kRailWidth);
  auto* layout = new QVBoxLayout(rail);
  layout->setContentsMargins(space::kSmall, space::kMedium, space::kSmall, space::kMedium);
  layout->setSpacing(space::kTight);
  const std::initializer_list<std::pair<QString, QString>> names{{tr("Paint"), "paint"},
                                                                 {tr("Gallery"), "gallery"},
                                                                 {tr("Compare"), "compare"},
                                                                 {tr("Models"), "models"}};
  int page = 0;
  for (const auto& [text, iconName] : names) {
    QToolButton* tool = railButton(text, iconName);
    tool->setCheckable(true);
    tool->setToolTip(tr("%1 (F%2)").arg(text).arg(page + 1));
    rail_.addButton(tool, page++);
    layout->addWidget(tool);
  }
  rail_.button(paintPage)->setChecked(true);
  connect(&rail_, &QButtonGroup::idClicked, this, [this](int id) { setPage(static_cast<Page>(id)); });
  layout->addStretch();
  layout->addWidget(makeMore());
  return rail;
}

QToolButton* MainWindow::makeMore() {
  QToolButton* more = railButton(tr("More"), "more");
  auto* menu = new QMenu(more);
  menu->addAction(tr("Open picture…"), Qt::CTRL | Qt::Key_O, this, &MainWindow::askForFile);
  menu->addAction(tr("Paint a grid…"), Qt::CTRL | Qt::Key_G, this, &MainWindow::paintGrid);
  menu->addAction(tr("Save pictures to…"), this, &MainWindow::choosePictures);
  menu->addSeparator();
  addThemes(*menu->addMenu(tr("Appearance")));
  QAction* column = menu->addAction(tr("Queue and latest pictures"), Qt::Key_F9, this,
                                    [this](bool shown) { paint_->side().setVisible(shown); });
  column->setCheckable(true);
  connect(menu, &QMenu::aboutToShow, this,
          [this, column] { column->setChecked(!paint_->side().isHidden()); });
  column->setChecked(true);
  menu->addAction(tr("Messages…"), this, [this] { (new MessagesDialog(toasts_->history(), this))->open(); });
  menu->addSeparator();
  menu->addAction(tr("About Diorama"), this, [this] { AboutDialog(this).exec(); });
  more->setMenu(menu);
  more->setPopupMode(QToolButton::InstantPopup);
  more->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  return more;
}

void MainWindow::addThemes(QMenu& menu) {
  auto* group = new QActionGroup(&menu);
  const std::initializer_list<std::pair<QString, ThemeChoice>> choices{
      {tr("Follow system"), ThemeChoice::system},
      {tr("Light"), ThemeChoice::light},
      {tr("Dark"), ThemeChoice::dark}};
  for (const auto& choice : choices) {
    QAction* action = group->addAction(
        menu.addAction(choice.first, this, [this, to = choice.second] { session_.store().setTheme(to); }));
    action->setCheckable(true);
    action->setData(static_cast<int>(choice.second));
  }
  connect(&menu, &QMenu::aboutToShow, this, [this, group] {
    const int now = static_cast<int>(session_.store().state().theme);
    for (QAction* action : group->actions()) action->setChecked(action->data().toInt() == now);
  });
}

void MainWindow::takePlace() {
  const WindowState& state = session_.store().state();
  resize(kUsualSize);
  const bool isBack = !state.geometry.isEmpty() && restoreGeometry(state.geometry);
  const QRect room = screen()->availableGeometry().adjusted(0, kTitleBar, 0, 0);
  if (!isMaximized() && !isFullScreen()) resize(size().boundedTo(room.size()));
  if (isBack && !room.contains(geometry())) {
    const QPoint corner = geometry().topLeft();
    move(std::clamp(corner.x(), room.left(), room.right() + 1 - width()),
         std::clamp(corner.y(), room.top(), room.bottom() + 1 - height()) - kTitleBar);
  }
  if (!state.splitter.isEmpty()) paint_->splitter().restoreState(state.splitter);
}

void MainWindow::keepLayout() {
  session_.store().setLayout(saveGeometry(), paint_->splitter().saveState());
}

void MainWindow::setPage(Page page) {
  const bool isThere = page == this->page();
  pages_->setCurrentIndex(page);
  rail_.button(page)->setChecked(true);
  toasts_->setAnchor(page == paintPage ? static_cast<QWidget*>(&paint_->canvas()) : pages_->currentWidget());
  const QWidget* focus = QApplication::focusWidget();
  const bool stays = focus != nullptr && focus->isVisible() && isAncestorOf(focus) &&
                     !static_cast<QWidget*>(pages_)->isAncestorOf(focus);
  if (!isThere && !stays) focusPage();
}

void MainWindow::focusPage() {
  switch (page()) {
    case paintPage:
      return paint_->settings().promptEdit().setFocus();
    case galleryPage:
      return gallery_->view().setFocus();
    case comparePage:
      return compare_->view().setFocus();
    case modelsPage:
      return models_->setFocus();
  }
}

void MainWindow::addShortcuts() {
  const auto on = [this](const QKeySequence& keys, auto action) {
    auto* shortcut = new QShortcut(keys, this);
    connect(shortcut, &QShortcut::activated, this, action);
  };
  const auto onPaint = [this, on](const QKeySequence& keys, auto action) {
    on(keys, [this, action] {
      if (page() == paintPage) action();
    });
  };
  const auto paint = [this] {
    setPage(paintPage);
    paint_->settings().paint();
  };
  on(Qt::CTRL | Qt::Key_Return, paint);
  on(Qt::CTRL | Qt::Key_Enter, paint);
  on(Qt::Key_Escape, [this] { escape(); });
  onPaint(Qt::SHIFT | Qt::Key_Escape, [this] { session_.cancelAll(); });
  onPaint(Qt::CTRL | Qt::Key_L,
          [this] { session_.store().setSeedLocked(!session_.store().state().seedLocked()); });
  onPaint(Qt::CTRL | Qt::Key_R, [this] { session_.rollSeed(); });
  on(Qt::CTRL | Qt::Key_F, [this] {
    setPage(galleryPage);
    gallery_->search().setFocus();
  });
  on(Qt::Key_F6, [this] { toasts_->focusNewest(); });
  on(QKeySequence::Paste, [this] { paste(); });
  on(QKeySequence::Quit, [this] { close(); });
  const int functionKeys[] = {Qt::Key_F1, Qt::Key_F2, Qt::Key_F3, Qt::Key_F4};
  for (int page = paintPage; page <= modelsPage; ++page)
    on(functionKeys[page], [this, page] { setPage(static_cast<Page>(page)); });
}

void MainWindow::escape() {
  if (dropTarget_->isVisible()) return dropTarget_->hide();
  if (toasts_->closeFocused()) return;
  if (page() == galleryPage && gallery_->closeInnermost()) return;
  if (page() != paintPage) return setPage(paintPage);
  if (!paint_->closeInnermost()) session_.cancel();
}

void MainWindow::connectSession() {
  connect(&session_, &Session::compareReady, this, [this] { setPage(comparePage); });
  connect(&session_, &Session::parentStepTaken, this, &MainWindow::showTitle);
  connect(&session_, &Session::stepTaken, this, &MainWindow::showTitle);
  connect(&session_, &Session::idle, this, &MainWindow::showTitle);
  connect(&session_, &Session::idle, this, &MainWindow::closeWhenDone, Qt::QueuedConnection);
  connect(&session_.engine(), &EngineClient::quantised, this, &MainWindow::closeWhenDone,
          Qt::QueuedConnection);
  connect(&session_.engine(), &EngineClient::quantiseFailed, this, &MainWindow::closeWhenDone,
          Qt::QueuedConnection);
  connect(&session_, &Session::painted, this, [this](const PaintedPicture& p) { notify(p.path); });
  connect(&session_, &Session::modelDropped, this, [this](const QString& folder) {
    setPage(modelsPage);
    models_->askImport(folder);
  });
  connect(&session_.store(), &SettingsStore::themeChanged, this, &MainWindow::chooseTheme);
  connect(&scheme_, &ColorScheme::changed, this, [this] { chooseTheme(session_.store().state().theme); });
}

void MainWindow::connectPages() {
  const auto show = [this](const QString& path) {
    setPage(paintPage);
    session_.show(path);
  };
  connect(&gallery_->view(), &GalleryView::opened, this, show);
  connect(&gallery_->view(), &GalleryView::compareWanted, &session_, &Session::compareReady);
  connect(models_, &ModelsPage::chosen, this, [this] { setPage(paintPage); });
  connect(notices_, &SessionNotices::showWanted, this, show);
  connect(notices_, &SessionNotices::modelsWanted, this, [this] { setPage(modelsPage); });
  connect(&paint_->welcome(), &Welcome::modelsWanted, this, [this] { setPage(modelsPage); });
  connect(&paint_->welcome(), &Welcome::importWanted, this, [this] {
    setPage(modelsPage);
    models_->askImport({});
  });
  connect(toasts_, &Toasts::focusLost, this, &MainWindow::focusPage);
  connect(&paint_->splitter(), &QSplitter::splitterMoved, this, &MainWindow::keepLayout);
}

void MainWindow::chooseTheme(ThemeChoice choice) {
  Theme::instance().apply(choice == ThemeChoice::system ? scheme_.isDark() : choice == ThemeChoice::dark);
}

void MainWindow::showTitle() {
  constexpr int kMostLetters = 40;
  const int row = session_.queue().rowOf(session_.running());
  if (row < 0) return setWindowTitle(tr("Diorama"));
  const QueueEntry& entry = session_.queue().entry(row);
  const int percent = entry.steps > 0 ? 100 * entry.step / entry.steps : 0;
  const QString title = session_.queue().index(row).data().toString();
  setWindowTitle(tr("%1% – %2 – Diorama").arg(QString::number(percent), shortened(title, kMostLetters)));
}

void MainWindow::notify(const QString& path) {
  if (isActiveWindow() || path.isEmpty()) return;
  QApplication::alert(this);
  sendNotice(tr("Picture finished"), QFileInfo(path).fileName());
}

void MainWindow::raiseToFront() {
  if (isMinimized()) showNormal();
  show();
  raise();
  activateWindow();
}

void MainWindow::paintGrid() {
  GridDialog dialog(session_.store().settings(), session_.model(), this);
  if (dialog.exec() == QDialog::Accepted) session_.paintGrid(dialog.spec());
}

void MainWindow::choosePictures() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Save pictures to"), session_.pictures());
  if (!folder.isEmpty()) session_.store().setPictures(folder);
}

void MainWindow::askForFile() {
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Use the settings of a picture"), session_.pictures(),
                                   tr("Pictures (*.png *.jpg *.jpeg *.webp)"));
  if (!file.isEmpty()) openFile(file);
}

void MainWindow::paste() {
  const QMimeData* mime = QGuiApplication::clipboard()->mimeData();
  const QString file = mime == nullptr ? QString() : carriedFile(*mime);
  if (!file.isEmpty()) openFile(file);
}

void MainWindow::openFile(const QString& file) {
  setPage(paintPage);
  session_.openFile(file);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  if (isVisible()) keepLayout();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  keepLayout();
  session_.store().save();
  if (quits_ || !session_.busy()) return event->accept();
  event->ignore();
  if (findChild<QMessageBox*>("closing") == nullptr) askBeforeClosing();
}

void MainWindow::askBeforeClosing() {
  auto* box = new QMessageBox(
      QMessageBox::Question, tr("Close Diorama"),
      session_.running() != 0 ? tr("A picture is being painted.") : tr("A model is being quantised."),
      QMessageBox::NoButton, this);
  box->setObjectName("closing");
  box->setAttribute(Qt::WA_DeleteOnClose);
  const bool paints = session_.running() != 0;
  auto* finish = box->addButton(paints ? tr("Finish this picture, then quit") : tr("Finish, then quit"),
                                QMessageBox::AcceptRole);
  auto* quit = box->addButton(paints ? tr("Quit now, paint it again next time") : tr("Quit now"),
                              QMessageBox::DestructiveRole);
  box->addButton(QMessageBox::Cancel);
  box->setDefaultButton(finish);
  connect(finish, &QPushButton::clicked, this, [this] {
    closesWhenDone_ = true;
    session_.stopAfterThis();
    closeWhenDone();  // it may have ended while the question was open
  });
  connect(quit, &QPushButton::clicked, this, [this] {
    quits_ = true;
    session_.quitNow();
    close();
  });
  box->open();
}

void MainWindow::closeWhenDone() {
  if (closesWhenDone_ && !session_.busy()) close();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QString file = carriedFile(*event->mimeData());
  if (event->source() != nullptr || file.isEmpty()) return;
  event->acceptProposedAction();
  dropTarget_->showFor(file);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
  dropTarget_->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
  dropTarget_->hide();
  const QString file = carriedFile(*event->mimeData());
  if (file.isEmpty()) return;
  event->acceptProposedAction();
  openFile(file);
}

}  // namespace diorama::gui
