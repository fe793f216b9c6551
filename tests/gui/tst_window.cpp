// One user's day with the window: paint, watch, steer, compare, keep. Screens of every stage are in the build
// folder, under screens/.
#include <QDragEnterEvent>
#include <QElapsedTimer>
#include <QMimeData>
#include <QProcess>
#include <iostream>
#include <random>

#include "gui/service/picture_file.h"
#include "gui/views/single_instance.h"
#include "gui/views/theme.h"
#include "window_driver.h"

namespace diorama::gui {
namespace {

constexpr auto kChild = "DIORAMA_TEST_CHILD";    // what a child process of the test does
constexpr auto kFolder = "DIORAMA_TEST_FOLDER";  // where
constexpr auto kPrompt = "smiling cat, glossy 3d on a yellow background";
constexpr int kChildPictures = 4;
constexpr int kChildSteps = 12;

// Paints until it is killed; says whatever the engine says.
int paintUntilKilled() {
  Window w(qEnvironmentVariable(kFolder));
  EngineClient& engine = w.session.engine();
  const auto say = [] { std::cout << "signal" << std::endl; };
  QObject::connect(&engine, &EngineClient::deviceOpened, say);
  QObject::connect(&engine, &EngineClient::stageReached, say);
  QObject::connect(&engine, &EngineClient::stepTaken, say);
  QObject::connect(&engine, &EngineClient::painted, say);
  if (!w.begin()) return 1;
  w.type(kPrompt);
  w.set([](PaintSettings& s) { s.steps = kChildSteps; });
  w.session.store().setCount(kChildPictures);
  w.press(Qt::Key_Return, Qt::ControlModifier);
  return QApplication::exec();
}

// An idle window whose model is not there: says when it can be used, and what it takes.
int idle() {
  Window w(qEnvironmentVariable(kFolder));
  w.set([](PaintSettings& s) { s.model = "/no/model"; });
  if (!w.begin()) return 1;
  std::cout << "usable" << std::endl;
  QFile status("/proc/self/status");
  if (!status.open(QIODevice::ReadOnly)) return 1;
  for (const QByteArray& line : status.readAll().split('\n'))
    if (line.startsWith("VmRSS:")) std::cout << line.simplified().split(' ')[1].toInt() / 1024 << " MiB\n";
  return 0;
}

// Every stage again, in the other theme and at the scale the environment says.
int showStages() {
  Window w(qEnvironmentVariable(kFolder));
  w.session.store().setTheme(ThemeChoice::dark);
  if (!w.begin()) return 1;
  keepScreen(w.window, "1-welcome");
  w.type(kPrompt);
  w.set([](PaintSettings& s) { s.acceleration = "fast"; });
  QObject::connect(&w.session, &Session::stepTaken, &w.window, [&w](const StepFrame& frame) {
    if (frame.step == 9) keepScreen(w.window, "2-painting");
  });
  if (!w.paintAndWait()) return 1;
  keepScreen(w.window, "3-painted");
  QSignalSpy compared(&w.window.compare(), &ComparePage::compared);
  w.session.paintExact(w.session.shownPath());
  if (!compared.wait(kPatience)) return 1;
  keepScreen(w.window, "4-compare");
  w.window.setPage(MainWindow::galleryPage);
  keepScreen(w.window, "5-gallery");
  w.window.setPage(MainWindow::modelsPage);
  keepScreen(w.window, "6-models");
  return 0;
}

QProcessEnvironment childEnvironment(const QString& what, const QString& folder) {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert(kChild, what);
  environment.insert(kFolder, folder);
  return environment;
}

QImage readPicture(const QString& path) {
  return QImage(path).convertToFormat(QImage::Format_RGB888);
}

int childMain() {
  const QString what = qEnvironmentVariable(kChild);
  if (what == "idle") return idle();
  return what == "paint" ? paintUntilKilled() : showStages();
}

}  // namespace

class TestWindow : public QObject, private WindowFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { requireScreen(); }

  void init() {
    open([](PaintSettings& s) { s.precision = "f32"; });
  }
  void cleanup() { close(); }

  void welcomes_with_a_picture_in_one_click() {
    keepScreen(window(), "1-welcome");
    auto* first = window().findChild<QPushButton*>("welcomeButton");
    QVERIFY(first != nullptr && first->isVisible());
    for (const QLabel* words : first->parentWidget()->findChildren<QLabel*>())
      if (words->isVisible() && words->wordWrap())
        QVERIFY(words->height() >= words->heightForWidth(words->width()));
    QSignalSpy painted(&session(), &Session::painted);
    QTest::mouseClick(first, Qt::LeftButton);
    QVERIFY(painted.wait(kPatience));
    QVERIFY(!first->isVisible());
    QCOMPARE(session().gallery().rowCount(), 1);
  }

  void paints_what_is_typed_and_shows_every_step() {
    w_->type(kPrompt);
    QCOMPARE(session().store().settings().prompt, QString(kPrompt));
    QSignalSpy steps(&session(), &Session::stepTaken);
    QStringList titles;
    connect(&session(), &Session::stepTaken, &window(), [&](const StepFrame& frame) {
      titles << window().windowTitle();
      QVERIFY(window().paint().canvas().isPreview());
      QCOMPARE(window().paint().canvas().image(), frame.preview);
      if (frame.step == 10) keepScreen(window(), "2-painting");
    });
    QVERIFY(w_->paintAndWait());
    QCOMPARE(steps.count(), 20);
    QVERIFY2(titles.last().startsWith("100%"), qPrintable(titles.last()));
    QVERIFY(!window().paint().canvas().isPreview());
    QCOMPARE(session().gallery().rowCount(), 1);
    const GalleryRow row = session().gallery().row(0);
    QCOMPARE(readPicture(row.path), window().paint().canvas().image());
    QCOMPARE(readPictureFile(row.path).settings.seed, session().store().settings().seed);
    QCOMPARE(row.prompt, QString(kPrompt));
    QCOMPARE(session().timeline().rowCount(), 20);
    QCOMPARE(session().queue().rowCount(), 0);
    keepScreen(window(), "3-painted");
  }

  void cancels_mid_run_with_escape() {
    w_->type(kPrompt);
    w_->set([](PaintSettings& s) { s.steps = 1000; });
    QSignalSpy steps(&session(), &Session::stepTaken);
    QSignalSpy cancelled(&session(), &Session::cancelled);
    w_->press(Qt::Key_Return, Qt::ControlModifier);
    while (steps.count() < 3) QVERIFY(steps.wait(kPatience));
    QElapsedTimer timer;
    timer.start();
    w_->press(Qt::Key_Escape);
    QVERIFY(cancelled.count() > 0 || cancelled.wait(kPatience));
    QVERIFY2(timer.elapsed() <= 200, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(session().gallery().rowCount(), 0);
    QCOMPARE(session().queue().rowCount(), 0);
  }

  void scrubs_and_branches_from_step_5() {
    w_->type(kPrompt);
    QVERIFY(w_->paintAndWait());
    const QString parent = session().shownPath();
    TimelineView& timeline = window().paint().timeline();
    timeline.setFocus();
    QTest::keyClick(&timeline, Qt::Key_Home);
    QCOMPARE(timeline.current(), 0);
    QVERIFY(window().paint().canvas().isPreview());
    for (int i = 0; i < 4; ++i) QTest::keyClick(&timeline, Qt::Key_Right);
    QCOMPARE(timeline.current(), 4);
    QCOMPARE(window().paint().canvas().image(), session().timeline().frame(4).preview);
    keepScreen(window(), "4-scrubbed");
    QTest::keyClick(&timeline, Qt::Key_End);
    QVERIFY(!window().paint().canvas().isPreview());
    QVERIFY(!window().paint().tools().branch().isEnabled());
    timeline.setCurrent(4);
    w_->type("robot, glossy 3d on a yellow background");
    QVERIFY(window().paint().tools().branch().isEnabled());
    QSignalSpy steps(&session(), &Session::stepTaken);
    QSignalSpy painted(&session(), &Session::painted);
    QTest::mouseClick(&window().paint().tools().branch(), Qt::LeftButton);
    QVERIFY(painted.wait(kPatience));
    QCOMPARE(steps.count(), 15);
    QCOMPARE(steps[0][0].value<StepFrame>().step, 6);
    const auto picture = painted[0][0].value<PaintedPicture>();
    const QJsonObject branch = QJsonDocument::fromJson(picture.recipe)["branch"].toObject();
    QCOMPARE(branch["step"].toInt(), 5);
    QCOMPARE(branch["parent"]["prompt"].toString(), QString(kPrompt));
    QCOMPARE(branch["change"].toObject().keys(), QStringList({"prompt"}));
    QCOMPARE(session().gallery().rowCount(), 2);
    QVERIFY(readPicture(parent) != picture.image);
    keepScreen(window(), "5-branched");
  }

  void compares_accelerated_with_exact() {
    w_->type(kPrompt);
    w_->set([](PaintSettings& s) { s.acceleration = "fast"; });
    QVERIFY(w_->paintAndWait());
    QVERIFY(session().strip().totals().saved() > 0.3);
    keepScreen(window(), "6-accelerated");
    QSignalSpy compared(&window().compare(), &ComparePage::compared);
    w_->press(Qt::Key_E, Qt::ControlModifier);
    QVERIFY(compared.wait(kPatience));
    QCOMPARE(window().page(), MainWindow::comparePage);
    const PictureComparison& result = window().compare().result();
    QVERIFY(result.problem.isEmpty());
    QVERIFY(result.psnr > 10 && result.psnr < 60 && result.ssim < 1);
    QTest::keyClick(&window().compare().view(), Qt::Key_Left);
    QVERIFY(window().compare().view().swipe() < 0.5);
    keepScreen(window(), "7-compare-swipe");
    window().compare().setMode(CompareView::Mode::sideBySide);
    keepScreen(window(), "7-compare-side");
    window().compare().setMode(CompareView::Mode::difference);
    QTRY_VERIFY_WITH_TIMEOUT(!window().compare().view().difference().isNull(), kPatience);
    keepScreen(window(), "7-compare-difference");
  }

  void strip_and_overlay_show_what_was_left_out() {
    w_->type(kPrompt);
    w_->set([](PaintSettings& s) {
      s.acceleration = kCustomAcceleration;
      s.customPlan = {{"name", kCustomAcceleration},
                      {"methods", QJsonArray{QJsonObject{{"method", "token_pruning"}, {"start", 0.2}}}}};
    });
    QSignalSpy steps(&session(), &Session::stepTaken);
    QVERIFY(w_->paintAndWait());
    QCOMPARE(session().strip().columnCount(), 20);
    QVERIFY(session().strip().rowCount() > 0);
    QCOMPARE(session().strip().index(0, 0).data(StripModel::ShareRole).toFloat(), 1.0F);
    int pruned = -1;
    float least = 1;
    for (int i = 0; i < 20; ++i) {
      const auto frame = steps[i][0].value<StepFrame>();
      if (pruned < 0 && !frame.kept.empty()) pruned = i;
      for (const float share : frame.blocks) least = std::min(least, share);
    }
    QVERIFY(pruned > 0 && least < 1);
    const QPoint cell(window().paint().strip().width() * (2 * pruned + 1) / 40, 1);
    QVERIFY(window().paint().strip().explanationAt(cell).contains("computed"));
    TimelineView& timeline = window().paint().timeline();
    timeline.setCurrent(pruned);
    const QImage plain = window().paint().canvas().grab().toImage();
    QSignalSpy toggled(&window().paint().tools().tokens(), &QToolButton::toggled);
    w_->press(Qt::Key_T, Qt::ControlModifier);
    QVERIFY(toggled.count() > 0 || toggled.wait(kPatience));
    QVERIFY(session().store().state().tokensShown);
    QVERIFY(window().paint().canvas().grab().toImage() != plain);
    keepScreen(window(), "6-tokens");
  }

  void paints_a_grid_on_one_sheet() {
    w_->type(kPrompt);
    w_->set([](PaintSettings& s) { s.steps = 4; });
    const GridSpec spec{
        session().store().settings(), {"seed", {"1", "2"}}, {"acceleration", {"off", "fast"}}};
    QSignalSpy ready(&session(), &Session::gridReady);
    session().paintGrid(spec);
    QCOMPARE(session().queue().rowCount(), 4);
    QVERIFY(ready.wait(kPatience));
    QCOMPARE(session().gallery().rowCount(), 4);
    QVERIFY(!QImage(ready[0][0].toString()).isNull());
    keepScreen(window(), "7-grid");
    PaintSettings settings;
    QVERIFY(!applySetting(settings, "steps", "many"));
    QVERIFY(!applySetting(settings, "colour", "red"));
  }

  void takes_settings_from_a_dropped_picture() {
    w_->type(kPrompt);
    w_->set([](PaintSettings& s) { s.guidance = 5.5; });
    QVERIFY(w_->paintAndWait());
    const QString picture = session().shownPath();
    const PaintSettings painted = session().store().settings();
    w_->type("something else");
    w_->set([](PaintSettings& s) {
      s.guidance = 2;
      s.steps = 3;
      s.seed = 1;
    });
    w_->drop(picture);
    QCOMPARE(session().store().settings(), painted);
    QVERIFY(session().store().state().seedLocked());
    QVERIFY(window().messages().text().contains("locked its seed"));
    keepScreen(window(), "8-dropped");
    QVERIFY(w_->paintAndWait());
    QCOMPARE(readPicture(session().shownPath()), readPicture(picture));
  }

  void explains_wrong_input_and_goes_on() {
    QFile broken(folder_->filePath("broken.png"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("\x89PNG\r\n\x1a\nnonsense");
    broken.close();
    w_->drop(broken.fileName());
    QVERIFY(window().messages().text().contains("broken.png"));
    keepScreen(window(), "9-message");

    w_->type(kPrompt);
    w_->set([](PaintSettings& s) { s.steps = 2; });
    session().store().setPictures("/proc/no/pictures");
    QVERIFY(w_->paintAndWait());
    QVERIFY(window().messages().text().contains("/proc/no/pictures"));
    QVERIFY(!window().paint().canvas().image().isNull());
    QVERIFY(session().queue().isPaused());
    session().store().setPictures(folder_->filePath("elsewhere"));  // as the message advises
    session().queue().setPaused(false);
    QSignalSpy again(&session(), &Session::painted);
    session().queue().retry(session().queue().entry(0).job.id);
    QVERIFY(again.count() > 0 || again.wait(kPatience));
    QVERIFY2(again[0][0].value<PaintedPicture>().path.contains("elsewhere"),
             qPrintable(window().messages().text()));

    const QString model = session().store().settings().model;
    w_->set([this](PaintSettings& s) { s.model = folder_->filePath("removed"); });
    QVERIFY(!window().paint().settings().paintButton().isEnabled());
    w_->press(Qt::Key_Return, Qt::ControlModifier);
    QVERIFY2(window().messages().text().contains("removed"), qPrintable(window().messages().text()));
    QCOMPARE(session().queue().rowCount(), 0);

    w_->set([&model](PaintSettings& s) { s.model = model; });
    QVERIFY(w_->paintAndWait());
    QCOMPARE(session().gallery().rowCount(), 2);
  }

  void keys_lock_the_seed_and_change_pages() {
    constexpr quint64 seed = 4711;
    session().setSeed(seed);
    w_->press(Qt::Key_L, Qt::ControlModifier);
    QVERIFY(session().store().state().seedLocked());
    w_->set([](PaintSettings& s) { s.steps = 1; });
    QVERIFY(w_->paintAndWait());
    QCOMPARE(session().store().settings().seed, seed);
    w_->press(Qt::Key_L, Qt::ControlModifier);
    QVERIFY(w_->paintAndWait());
    QVERIFY(session().store().settings().seed != seed);
    QTest::keyClick(&window(), Qt::Key_F2);
    QCOMPARE(window().page(), MainWindow::galleryPage);
    keepScreen(window(), "10-gallery");
    QTest::keyClick(&window(), Qt::Key_F4);
    QCOMPARE(window().page(), MainWindow::modelsPage);
    keepScreen(window(), "11-models");
  }

  void everything_that_takes_the_focus_has_a_name() {
    for (const QWidget* widget : window().findChildren<QWidget*>()) {
      const auto* button = qobject_cast<const QAbstractButton*>(widget);
      if (widget->focusPolicy() == Qt::NoFocus || qobject_cast<const QLabel*>(widget) != nullptr ||
          (button != nullptr && !button->text().isEmpty()))
        continue;
      const bool isInner = qobject_cast<const QLineEdit*>(widget) != nullptr &&
                           qobject_cast<const QAbstractSpinBox*>(widget->parent()) != nullptr;
      const bool isPart = widget->objectName().startsWith("qt_") || isInner ||
                          widget->parent()->inherits("QComboBox") || widget->inherits("QScrollArea") ||
                          widget->inherits("QMenu") || widget->inherits("QComboBoxPrivateContainer") ||
                          widget->inherits("QComboBoxListView");
      if (!isPart)
        QVERIFY2(!widget->accessibleName().isEmpty(),
                 qPrintable(QStringLiteral("%1 in %2")
                                .arg(widget->metaObject()->className(),
                                     widget->parent()->metaObject()->className())));
    }
  }

  void answers_input_within_50_ms_while_all_cores_work() {
    w_->set([](PaintSettings& s) {
      s.width = s.height = 768;  // a step takes seconds
      s.steps = 50;
    });
    w_->type("a");
    QSignalSpy stages(&session(), &Session::stageReached);
    w_->press(Qt::Key_Return, Qt::ControlModifier);
    while (stages.isEmpty() || stages.last()[0].value<PaintStage>() != PaintStage::denoise)
      QVERIFY(stages.wait(kPatience));
    PromptEdit& edit = window().paint().settings().promptEdit();
    const double late = lateInput(edit, [&] { return edit.prompt().size(); });
    QVERIFY2(late <= 50, qPrintable(QString::number(late)));
    QSignalSpy cancelled(&session(), &Session::cancelled);
    w_->press(Qt::Key_Escape);
    QVERIFY(cancelled.count() > 0 || cancelled.wait(kPatience));
  }

  void opens_within_a_second_and_idles_in_150_mib() {
    QProcess child;
    child.setProcessEnvironment(childEnvironment("idle", folder_->filePath("idle")));
    const QElapsedTimer timer = startedTimer();
    child.start(QCoreApplication::applicationFilePath(), {});
    QVERIFY(child.waitForReadyRead(kPatience));
    const qint64 usableAfter = timer.elapsed();
    QVERIFY(child.waitForFinished(kPatience));
    const QStringList words = QString::fromLatin1(child.readAllStandardOutput()).simplified().split(' ');
    qInfo("%s after %lld ms", qPrintable(words.join(' ')), static_cast<long long>(usableAfter));
    QCOMPARE(words.size(), 3);
    QVERIFY2(usableAfter <= 1000, qPrintable(QString::number(usableAfter)));
    QVERIFY2(words[1].toInt() <= 150, qPrintable(words[1]));
  }

  void a_second_start_raises_the_first() {
    SingleInstance first(folder_->path());
    QVERIFY(first.claim());
    QSignalSpy raised(&first, &SingleInstance::raised);
    SingleInstance second(folder_->path());
    QVERIFY(!second.claim());
    QVERIFY(raised.count() > 0 || raised.wait(kPatience));
    SingleInstance other(folder_->filePath("other"));
    QVERIFY(other.claim());
  }

  void loses_nothing_when_it_is_killed_data() {
    QTest::addColumn<int>("numSignals");
    const unsigned seed = std::random_device()();
    qInfo("seed of the kills: %u", seed);
    std::mt19937 random(seed);
    constexpr int kSignals = kChildPictures * (kChildSteps + 5) - 1;  // four stages and the end beside steps
    for (int i = 0; i < 10; ++i) QTest::addRow("kill %d", i) << static_cast<int>(random() % kSignals) + 1;
  }
  void loses_nothing_when_it_is_killed() {
    QFETCH(int, numSignals);
    const QString folder = folder_->filePath("killed");
    QProcess child;
    child.setProcessEnvironment(childEnvironment("paint", folder));
    child.start(QCoreApplication::applicationFilePath(), {});
    for (int seen = 0; seen < numSignals;) {
      QVERIFY(child.canReadLine() || child.waitForReadyRead(kPatience));
      while (child.canReadLine()) seen += child.readLine().startsWith("signal") ? 1 : 0;
    }
    child.kill();
    QVERIFY(child.waitForFinished(kPatience));

    Window again(folder);
    QCOMPARE(again.session.store().settings().prompt, QString(kPrompt));
    QCOMPARE(again.session.store().state().count, kChildPictures);
    QCOMPARE(again.session.store().state().prompts, QStringList({kPrompt}));
    QVERIFY(again.begin());
    const QDir pictures(again.library.pictures);
    const QStringList files = pictures.entryList({"*.png"});
    QTRY_COMPARE(again.session.gallery().numPictures(), files.size());
    for (const QString& file : files) QVERIFY(!QImage(pictures.filePath(file)).isNull());
    QVERIFY(again.session.queue().rowCount() + files.size() >= kChildPictures);
    if (again.session.queue().hasInterrupted()) {
      QVERIFY(again.window.messages().isVisible());
      if (numSignals > 2 * kChildSteps) keepScreen(again.window, "12-offered-again");
    }
  }

  void every_stage_in_the_dark_at_two_scales_data() {
    QTest::addColumn<QString>("scale");
    QTest::newRow("1280x800") << "1";
    QTest::newRow("2560x1600 at 2") << "2";
  }
  void every_stage_in_the_dark_at_two_scales() {
    QFETCH(QString, scale);
    const QDateTime begin = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch());
    QProcess child;
    QProcessEnvironment environment = childEnvironment("stages", folder_->filePath("stages"));
    environment.insert("QT_SCALE_FACTOR", scale);
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::ForwardedChannels);
    child.start(QCoreApplication::applicationFilePath(), {});
    QVERIFY(child.waitForFinished(kPatience));
    QCOMPARE(child.exitCode(), 0);
    for (const char* stage : {"1-welcome", "2-painting", "3-painted", "4-compare", "5-gallery", "6-models"}) {
      const QFileInfo file(
          QStringLiteral(DIORAMA_BINARY_DIR "/screens/%1-dark-%2x.png").arg(QLatin1String(stage), scale));
      QVERIFY2(file.lastModified() >= begin, qPrintable(file.filePath()));
      const QImage screen(file.filePath());
      // The screen is 1280 x 800 at scale 2, and a title bar has its place there.
      QCOMPARE(screen.width(), 1280 * scale.toInt());
      QVERIFY(screen.height() <= 800 * scale.toInt() && screen.height() >= 740 * scale.toInt());
      const QColor mean =
          screen.scaled(1, 1, Qt::IgnoreAspectRatio, Qt::SmoothTransformation).pixelColor(0, 0);
      QVERIFY2(mean.lightness() < 96, qPrintable(file.filePath()));
    }
  }
};

}  // namespace diorama::gui

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  if (qEnvironmentVariableIsSet(diorama::gui::kChild)) return diorama::gui::childMain();
  diorama::gui::TestWindow test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window.moc"
