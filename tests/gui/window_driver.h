// A real window over the real engine, or over one by script, driven as a user drives it.
#pragma once

#include <QDragEnterEvent>
#include <QElapsedTimer>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "fake_engine.h"
#include "gui/views/main_window.h"
#include "gui/views/theme.h"
#include "requirements.h"

namespace diorama::gui {

inline constexpr int kPatience = 60000;  // ms, where the machine is slow

// Keeps what is seen; the name says the stage.
inline void keepScreen(QWidget& window, const QString& name) {
  const QString folder = QStringLiteral(DIORAMA_BINARY_DIR "/screens");
  QDir().mkpath(folder);
  const double scale = window.devicePixelRatio();
  const QString theme = Theme::instance().isDark() ? QStringLiteral("dark") : QStringLiteral("light");
  constexpr int kLayoutPasses = 4;  // panels within panels
  for (int i = 0; i < kLayoutPasses; ++i) QCoreApplication::processEvents();
  window.grab().save(QStringLiteral("%1/%2-%3-%4x.png").arg(folder, name, theme).arg(scale));
}

inline QElapsedTimer startedTimer() {
  QElapsedTimer timer;
  timer.start();
  return timer;
}

struct Window {
  explicit Window(const QString& folder, std::unique_ptr<EngineClient> engine = nullptr)
      : library{folder + "/library", folder + "/pictures", {}},
        session(library, std::move(engine)),
        window(session) {
    window.show();
  }

  bool begin() {
    QSignalSpy read(&session.models(), &ModelsModel::allRead);
    session.start();
    if (!QTest::qWaitForWindowExposed(&window)) return false;
    QApplication::setActiveWindow(&window);  // there is no window manager that would
    return read.count() > 0 || read.wait(kPatience);
  }

  // What a user does to paint: types into the prompt, presses Ctrl+Enter.
  void type(const QString& prompt) {
    PromptEdit& edit = window.paint().settings().promptEdit();
    edit.setFocus();
    QTest::keyClick(&edit, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(&edit, prompt);
  }
  void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(&window.paint().settings().promptEdit(), static_cast<Qt::Key>(key), modifiers);
  }
  void set(const std::function<void(PaintSettings&)>& change) {
    PaintSettings settings = session.store().settings();
    change(settings);
    session.store().setSettings(settings);
  }
  bool paintAndWait() {
    QSignalSpy painted(&session, &Session::painted);
    press(Qt::Key_Return, Qt::ControlModifier);
    return painted.count() > 0 || painted.wait(kPatience);
  }
  void drop(const QString& file) {
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(file)});
    const QPoint where = window.rect().center();
    QDragEnterEvent enter(where, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QDropEvent event(where, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    if (enter.isAccepted()) QCoreApplication::sendEvent(&window, &event);
  }

  Library library;
  Session session;
  MainWindow window;
};

// What every test of the window begins and ends with: its own folder, a light window on the cpu.
class WindowFixture {
 protected:
  // Of initTestCase.
  static void requireScreen() {
    if (QGuiApplication::platformName() == "xcb") return;
    if (test::is_required("window")) QFAIL("a window is required, but there is no X server");
    QSKIP("no X server");
  }
  // Again, too: a second start in the same folder.
  void open(const std::function<void(PaintSettings&)>& change = {}) {
    if (!folder_) folder_ = std::make_unique<QTemporaryDir>();
    w_.reset();
    w_ = std::make_unique<Window>(folder_->path());
    w_->session.store().setTheme(ThemeChoice::light);
    QVERIFY(w_->begin());
    w_->set([&](PaintSettings& s) {
      s.device = "cpu";
      if (change) change(s);
    });
  }
  // Over an engine by script, which `prepare` may set up; it belongs to the session.
  FakeEngine* openFake(const std::function<void(FakeEngine&)>& prepare = {}) {
    if (!folder_) folder_ = std::make_unique<QTemporaryDir>();
    w_.reset();
    auto engine = std::make_unique<FakeEngine>();
    FakeEngine* fake = engine.get();
    if (prepare) prepare(*fake);
    w_ = std::make_unique<Window>(folder_->path(), std::move(engine));
    w_->session.store().setTheme(ThemeChoice::light);
    return w_->begin() ? fake : nullptr;
  }
  void close() {
    w_.reset();
    folder_.reset();
  }

  Session& session() { return w_->session; }
  MainWindow& window() { return w_->window; }

  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<Window> w_;
};

// The 95th percentile, in milliseconds, of how long a typed letter takes to arrive in `edit`, whose length is
// `length()`.
inline double lateInput(QWidget& edit, const std::function<qsizetype()>& length) {
  constexpr int kKeys = 200;
  std::vector<double> milliseconds;
  for (int i = 0; i < kKeys; ++i) {
    const qsizetype before = length();
    QElapsedTimer timer;
    timer.start();
    QCoreApplication::postEvent(&edit, new QKeyEvent(QEvent::KeyPress, Qt::Key_B, Qt::NoModifier, "b"));
    while (length() == before) QCoreApplication::processEvents();
    milliseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  const double late = milliseconds[kKeys * 95 / 100];
  qInfo("95th percentile of input: %.2f ms", late);
  return late;
}

}  // namespace diorama::gui
