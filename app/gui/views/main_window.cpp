#include "gui/views/main_window.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QShortcut>
#include <QVBoxLayout>

#include "gui/views/about_dialog.h"
#include "gui/views/grid_dialog.h"
#include "gui/views/icons.h"
#include "gui/views/notice.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kRailWidth = 72;  // pixels

QString droppedFile(const QMimeData& mime) {
  return mime.urls().size() == 1 ? mime.urls().front().toLocalFile() : QString();
}

}  // namespace

MainWindow::MainWindow(Session& session)
    : session_(session), pages_(new QStackedWidget), messages_(new MessageBar), paint_(nullptr) {
  loadIcons();
  setWindowIcon(QIcon(":/icons/diorama.svg"));
  setAcceptDrops(true);
  chooseTheme(session.store().state().theme);
  paint_ = new PaintPage(session);
  gallery_ = new GalleryPage(session);
  compare_ = new ComparePage(session);
  models_ = new ModelsPage(session);
  for (QWidget* page : {static_cast<QWidget*>(paint_), static_cast<QWidget*>(gallery_),
                        static_cast<QWidget*>(compare_), static_cast<QWidget*>(models_)})
    pages_->addWidget(page);
  auto* column = new QWidget;
  auto* columnLayout = new QVBoxLayout(column);
  columnLayout->setContentsMargins(0, 0, 0, 0);
  columnLayout->setSpacing(0);
  columnLayout->addWidget(messages_);
  columnLayout->addWidget(pages_, 1);
  auto* middle = new QWidget;
  auto* layout = new QHBoxLayout(middle);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeRail());
  layout->addWidget(column, 1);
  setCentralWidget(middle);
  resize(1280, 800);
  const WindowState& state = session.store().state();
  if (!state.geometry.isEmpty()) restoreGeometry(state.geometry);
  if (!state.splitter.isEmpty()) paint_->splitter().restoreState(state.splitter);
  addShortcuts();
  connectSession();
  showTitle();
  offerInterrupted();
  paint_->settings().promptEdit().setFocus();
}

QToolButton* MainWindow::railButton(const QString& text, const QString& iconName) {
  auto* tool = new QToolButton;
  tool->setText(text);
  tool->setIcon(icon(iconName));
  tool->setIconSize({22, 22});
  tool->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
  tool->setAccessibleName(text);
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
    tool->setToolTip(QStringLiteral("%1 (F%2)").arg(text).arg(page + 1));
    rail_.addButton(tool, page++);
    layout->addWidget(tool);
  }
  rail_.button(paintPage)->setChecked(true);
  connect(&rail_, &QButtonGroup::idClicked, this, [this](int id) { setPage(static_cast<Page>(id)); });
  layout->addStretch();
  QToolButton* more = railButton(tr("More"), "more");
  auto* menu = new QMenu(more);
  auto* themes = menu->addMenu(tr("Appearance"));
  const std::initializer_list<std::pair<QString, ThemeChoice>> choices{
      {tr("As the desktop"), ThemeChoice::system},
      {tr("Light"), ThemeChoice::light},
      {tr("Dark"), ThemeChoice::dark}};
  for (const auto& choice : choices)
    themes->addAction(choice.first, this, [this, to = choice.second] { session_.store().setTheme(to); });
  menu->addAction(tr("Paint a grid…"), Qt::CTRL | Qt::Key_G, this, [this] {
    GridDialog dialog(session_.store().settings(), session_.model(), this);
    if (dialog.exec() == QDialog::Accepted) session_.paintGrid(dialog.spec());
  });
  menu->addAction(tr("Folder for pictures…"), this, [this] {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Folder for pictures"), session_.pictures());
    if (!folder.isEmpty()) session_.store().setPictures(folder);
  });
  menu->addSeparator();
  menu->addAction(tr("About Diorama"), this, [this] { AboutDialog(this).exec(); });
  more->setMenu(menu);
  more->setPopupMode(QToolButton::InstantPopup);
  more->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  layout->addWidget(more);
  return rail;
}

void MainWindow::setPage(Page page) {
  if (page != this->page()) messages_->leavePage();
  pages_->setCurrentIndex(page);
  rail_.button(page)->setChecked(true);
}

void MainWindow::addShortcuts() {
  const auto on = [this](const QKeySequence& keys, auto action) {
    auto* shortcut = new QShortcut(keys, this);
    connect(shortcut, &QShortcut::activated, this, action);
  };
  const auto paint = [this] {
    // A number that is still being typed counts.
    if (auto* box = qobject_cast<QAbstractSpinBox*>(QApplication::focusWidget())) box->interpretText();
    session_.paint();
  };
  on(Qt::CTRL | Qt::Key_Return, paint);
  on(Qt::CTRL | Qt::Key_Enter, paint);
  on(Qt::Key_Escape, [this] { session_.cancel(); });
  on(Qt::SHIFT | Qt::Key_Escape, [this] { session_.cancelAll(); });
  on(Qt::CTRL | Qt::Key_L, [this] { session_.store().setSeedLocked(!session_.store().state().seedLocked); });
  on(Qt::CTRL | Qt::Key_R, [this] { session_.rollSeed(); });
  on(Qt::CTRL | Qt::Key_F, [this] {
    setPage(galleryPage);
    gallery_->search().setFocus();
  });
  on(QKeySequence::Quit, [this] { close(); });
  const int functionKeys[] = {Qt::Key_F1, Qt::Key_F2, Qt::Key_F3, Qt::Key_F4};
  for (int page = paintPage; page <= modelsPage; ++page)
    on(functionKeys[page], [this, page] { setPage(static_cast<Page>(page)); });
}

void MainWindow::connectSession() {
  connect(&session_, &Session::message, messages_, &MessageBar::show);
  connect(&session_, &Session::compareReady, this, [this] { setPage(comparePage); });
  connect(&session_, &Session::parentStepTaken, this, &MainWindow::showTitle);
  connect(&session_, &Session::stepTaken, this, &MainWindow::showTitle);
  connect(&session_, &Session::idle, this, &MainWindow::showTitle);
  connect(&session_, &Session::painted, this, [this](const PaintedPicture& p) { notify(p.path); });
  connect(&gallery_->view(), &GalleryView::opened, this, [this](const QString& path) {
    setPage(paintPage);
    session_.show(path);
  });
  connect(&gallery_->view(), &GalleryView::compareWanted, &session_, &Session::compareReady);
  connect(models_, &ModelsPage::chosen, this, [this] { setPage(paintPage); });
  connect(&session_.store(), &SettingsStore::themeChanged, this, &MainWindow::chooseTheme);
  connect(&scheme_, &ColorScheme::changed, this, [this] { chooseTheme(session_.store().state().theme); });
  connect(&paint_->splitter(), &QSplitter::splitterMoved, this,
          [this] { session_.store().setLayout(saveGeometry(), paint_->splitter().saveState()); });
}

void MainWindow::chooseTheme(ThemeChoice choice) {
  Theme::instance().apply(choice == ThemeChoice::system ? scheme_.isDark() : choice == ThemeChoice::dark);
}

void MainWindow::showTitle() {
  const int row = session_.queue().rowOf(session_.running());
  if (row < 0) return setWindowTitle(tr("Diorama"));
  const QueueEntry& entry = session_.queue().entry(row);
  const int percent = entry.steps > 0 ? 100 * entry.step / entry.steps : 0;
  setWindowTitle(tr("%1 % – %2 – Diorama").arg(percent).arg(entry.job.settings.prompt.left(40).simplified()));
}

void MainWindow::offerInterrupted() {
  if (!session_.queue().hasInterrupted()) return;
  messages_->ask(
      tr("Diorama ended while a picture was being painted. The queue waits."), tr("Paint it again"),
      [this] { session_.queue().retryInterrupted(); }, tr("Drop it"),
      [this] { session_.queue().discardInterrupted(); });
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

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  if (isVisible()) session_.store().setLayout(saveGeometry(), paint_->splitter().saveState());
}

void MainWindow::closeEvent(QCloseEvent* event) {
  session_.store().setLayout(saveGeometry(), paint_->splitter().saveState());
  session_.store().save();
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->source() == nullptr && !droppedFile(*event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QString file = droppedFile(*event->mimeData());
  if (file.isEmpty()) return;
  event->acceptProposedAction();
  setPage(paintPage);
  session_.restore(file);
}

}  // namespace diorama::gui
