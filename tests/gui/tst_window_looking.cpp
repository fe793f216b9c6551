// Looking at pictures while others are painted, choosing shortcuts, and what goes wrong on the way.
#include <sys/resource.h>

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QJsonArray>
#include <QScrollBar>
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "gui/service/engine_service.h"
#include "gui/service/picture_file.h"
#include "gui/views/acceleration_panel.h"
#include "gui/views/advanced_panel.h"
#include "gui/views/grid_dialog.h"
#include "gui/views/method_box.h"
#include "gui/views/picture_actions.h"
#include "window_driver.h"

namespace diorama::gui {
namespace {

constexpr auto kPrompt = "smiling cat, glossy 3d on a yellow background";

// A limit of this process, for a while.
class Limit {
 public:
  Limit(__rlimit_resource what, rlim_t most) : what_(what) {
    getrlimit(what, &before_);
    const rlimit now{most, before_.rlim_max};
    setrlimit(what, &now);
  }
  ~Limit() { setrlimit(what_, &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  __rlimit_resource what_;
  rlimit before_{};
};

}  // namespace

class TestWindowLooking : public QObject, private WindowFixture {
  Q_OBJECT

 private:
  PictureTools& tools() { return w_->window.paint().tools(); }
  QString paintOne() {
    w_->type(kPrompt);
    return w_->paintAndWait() ? session().shownPath() : QString();
  }
  void paintLong(QSignalSpy& steps) {
    w_->set([](PaintSettings& s) { s.steps = 1000; });
    w_->press(Qt::Key_Return, Qt::ControlModifier);
    while (steps.count() < 3) QVERIFY(steps.wait(kPatience));
  }
  void cancel() {
    QSignalSpy idle(&session(), &Session::idle);
    session().cancel();
    QVERIFY(idle.count() > 0 || idle.wait(kPatience));
  }

 private slots:
  void initTestCase() { requireScreen(); }
  void init() {
    open([](PaintSettings& s) {
      s.precision = "f32";
      s.steps = 4;
    });
  }
  void cleanup() { close(); }

  void another_picture_is_looked_at_while_one_is_painted() {
    const QString earlier = paintOne();
    QVERIFY(!earlier.isEmpty());
    const QImage image = window().paint().canvas().image();
    QSignalSpy steps(&session(), &Session::stepTaken);
    paintLong(steps);
    QVERIFY(window().paint().canvas().isPreview());
    window().setPage(MainWindow::galleryPage);
    emit window().gallery().view().activated(session().gallery().index(0));
    QCOMPARE(window().page(), MainWindow::paintPage);
    QVERIFY(window().paint().watch().isVisible());
    const auto seen = steps.count();
    while (steps.count() < seen + 3) QVERIFY(steps.wait(kPatience));
    QVERIFY(!window().paint().canvas().isPreview());
    QCOMPARE(window().paint().canvas().image().convertToFormat(QImage::Format_RGB888), image);
    keepScreen(window(), "17-looking");
    QTest::mouseClick(&window().paint().watch(), Qt::LeftButton);
    QVERIFY(window().paint().canvas().isPreview());
    QVERIFY(!window().paint().watch().isVisible());
    session().show(earlier);
    cancel();
    QCOMPARE(window().paint().canvas().image().convertToFormat(QImage::Format_RGB888), image);
    QCOMPARE(session().timeline().rowCount(), 4);
  }

  void copies_and_saves_what_is_shown() {
    QVERIFY(!tools().save().isEnabled());
    const QString path = paintOne();
    QTest::mouseClick(&tools().copy(), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->image().convertToFormat(QImage::Format_RGB888),
             window().paint().canvas().image());
    QVERIFY(tools().save().isEnabled());
    const QString target = folder_->filePath("copy.png");
    QVERIFY(savePicture(session(), {window().paint().canvas().image(), path, {}}, target));
    QCOMPARE(readPictureFile(target).recipe, readPictureFile(path).recipe);
    QVERIFY(!savePicture(session(), {window().paint().canvas().image(), path, {}}, "/proc/no/copy.png"));
    QVERIFY(window().messages().text().contains("/proc/no/copy.png"));
  }

  void previews_are_decoded_on_request_and_say_what_they_cost() {
    QSignalSpy steps(&session(), &Session::stepTaken);
    paintLong(steps);
    QVERIFY(!steps.last()[0].value<StepFrame>().decoded);
    QTest::mouseClick(&tools().decoded(), Qt::LeftButton);
    while (!steps.last()[0].value<StepFrame>().decoded) QVERIFY(steps.wait(kPatience));
    const auto frame = steps.last()[0].value<StepFrame>();
    QCOMPARE(frame.preview.size(), QSize(128, 128));
    QVERIFY(frame.previewMilliseconds > 0);
    QVERIFY2(tools().status().contains("previews"), qPrintable(tools().status()));
    qInfo("a step %.1f ms, its decoded preview %.1f ms", frame.milliseconds, frame.previewMilliseconds);
    keepScreen(window(), "18-decoded");
    QTest::mouseClick(&tools().decoded(), Qt::LeftButton);
    while (steps.last()[0].value<StepFrame>().decoded) QVERIFY(steps.wait(kPatience));
    cancel();
  }

  void custom_acceleration_begins_with_a_plan_and_every_method_can_be_set() {
    auto* panel = window().findChild<AccelerationPanel*>();
    for (QAbstractButton* segment : panel->findChildren<QAbstractButton*>())
      if (segment->property("word") == kCustomAcceleration) segment->click();
    QCOMPARE(session().store().settings().acceleration, QString(kCustomAcceleration));
    QVERIFY(panel->customPlan().isEmpty());
    const auto boxes = panel->findChildren<MethodBox*>();
    QCOMPARE(boxes.size(), accelerationMethods().size());
    for (MethodBox* box : boxes) {
      auto* on = box->findChild<QCheckBox*>();
      on->click();
      QVERIFY2(box->isOn(), qPrintable(box->name()));
      const QJsonObject use = box->use();
      QCOMPARE(use["method"].toString(), box->name());
      QCOMPARE(session().store().settings().customPlan["methods"].toArray().size(), 1);
      on->click();
    }
    auto* begin = panel->findChildren<QComboBox*>().last();
    QVERIFY(begin->findData("fast") > 0);
    begin->setCurrentIndex(begin->findData("fast"));
    emit begin->activated(begin->currentIndex());
    const QJsonArray uses = session().store().settings().customPlan["methods"].toArray();
    QCOMPARE(uses.size(), 1);
    QCOMPARE(uses[0]["method"].toString(), QString("evaluation_caching"));
    auto* scroll = window().paint().settings().findChild<QScrollArea*>();
    QCoreApplication::processEvents();
    scroll->verticalScrollBar()->setValue(panel->mapTo(scroll->widget(), QPoint()).y());
    keepScreen(window(), "19-custom");
    w_->set([](PaintSettings& s) { s.steps = 20; });
    QVERIFY(w_->paintAndWait());
    QVERIFY(session().strip().totals().saved() > 0.2);
    QVERIFY2(tools().totals().contains("skipped"), qPrintable(tools().totals()));
    QVERIFY2(tools().totals().contains("cache"), qPrintable(tools().totals()));
  }

  void a_plan_of_any_name_is_kept() {
    auto* panel = window().findChild<AccelerationPanel*>();
    ModelFacts facts = *session().model();
    facts.plans << PlanFacts{"quality", "slower, closer"};
    panel->setModel(facts);
    panel->setChoice("quality", {});
    QCOMPARE(panel->choice(), QString("quality"));
    auto* others = panel->findChildren<QComboBox*>().first();
    QVERIFY(others->isVisibleTo(panel));
    QCOMPARE(others->currentData().toString(), QString("quality"));
    panel->setChoice("off", {});
    QCOMPARE(others->currentIndex(), 0);
  }

  void a_plan_the_model_has_not_is_taken_from_the_picture() {
    const QString path = paintOne();
    const auto dropped = [&](const char* name, const nlohmann::json& decisions) {
      nlohmann::json recipe = nlohmann::json::parse(readPictureFile(path).recipe.toStdString());
      recipe["acceleration"] = name;
      recipe["decisions"] = decisions;
      const QString copy = folder_->filePath("copy.png");
      QCOMPARE(writePictureFile(copy, QImage(path), QByteArray::fromStdString(recipe.dump())), QString());
      w_->drop(copy);
    };
    const nlohmann::json method{{"method", "block_caching"}, {"interval", 2}};
    dropped("mine", {{"plan", {{"name", "mine"}, {"methods", {method}}}}});
    QCOMPARE(session().store().settings().acceleration, QString(kCustomAcceleration));
    QCOMPARE(session().store().settings().customPlan["methods"].toArray().size(), 1);
    dropped("/etc/plan.json", nullptr);
    QCOMPARE(session().store().settings().acceleration, QString("off"));
    QVERIFY2(window().messages().text().contains("/etc/plan.json"), qPrintable(window().messages().text()));
  }

  void what_the_model_cannot_do_is_not_taken_over() {
    const QString path = paintOne();
    nlohmann::json recipe = nlohmann::json::parse(readPictureFile(path).recipe.toStdString());
    recipe["sampler"] = "ddim";
    recipe["class"] = 7;
    const QString copy = folder_->filePath("copy.png");
    QCOMPARE(writePictureFile(copy, QImage(path), QByteArray::fromStdString(recipe.dump())), QString());
    w_->drop(copy);
    QCOMPARE(session().store().settings().sampler, QString("euler"));
    QCOMPARE(session().store().settings().classLabel, -1);
    for (const char* part : {"DDIM", "Class 7"})
      QVERIFY2(window().messages().text().contains(part), qPrintable(window().messages().text()));
    QVERIFY(w_->paintAndWait());
    QVERIFY(!session().shownPath().isEmpty());
  }

  void an_error_takes_no_question_away() {
    Toasts& toasts = window().messages();
    int answered = 0;
    toasts.show({.kind = Notice::Kind::question,
                 .text = "again?",
                 .actions = {{"Paint it", [&] { ++answered; }}, {"Leave it", {}}}});
    for (int i = 0; i < 10; ++i) toasts.show(QStringLiteral("error %1").arg(i), "", true);
    QVERIFY2(toasts.text().contains("again?") && toasts.text().contains("error 9"),
             qPrintable(toasts.text()));
    for (QPushButton* button : toasts.findChildren<QPushButton*>())
      if (button->text() == "Paint it") button->click();
    QCOMPARE(answered, 1);
    QVERIFY(!toasts.text().contains("again?"));
    QCOMPARE(toasts.history().size(), 11);
  }

  void a_grid_takes_only_values_that_there_are() {
    GridDialog dialog(session().store().settings(), session().model(), nullptr);
    dialog.show();
    QPushButton* paint = nullptr;
    for (QPushButton* button : dialog.findChildren<QPushButton*>())
      if (button->property("role") == "primary") paint = button;
    QVERIFY(paint->isEnabled());
    QCOMPARE(dialog.spec().columns.values, QStringList({"off", "balanced", "fast"}));
    keepScreen(dialog, "7-grid-dialog");
    QLineEdit* columns = dialog.findChildren<QLineEdit*>().last();
    columns->setText("off, blanced");
    QVERIFY(!paint->isEnabled());
    columns->setText("fast");
    QVERIFY(paint->isEnabled());
    QCOMPARE(dialog.spec().size(), 3);
    for (QComboBox* setting : dialog.findChildren<QComboBox*>())
      for (int i = 0; i < setting->count(); ++i) {
        setting->setCurrentIndex(i);
        const GridSpec spec = dialog.spec();
        QCOMPARE(paint->isEnabled(), spec.rows.setting != spec.columns.setting);
      }
  }

  void shift_and_guidance_interval_reach_the_recipe() {
    auto* advanced = window().findChild<AdvancedPanel*>();
    QTest::mouseClick(advanced->parentWidget()->findChild<QToolButton*>(), Qt::LeftButton);
    QVERIFY(advanced->isVisible());
    keepScreen(window(), "19-advanced");
    const auto numbers = advanced->findChildren<QDoubleSpinBox*>();
    const auto shares = advanced->findChildren<QSpinBox*>();
    QCOMPARE(shares.size(), 2);
    for (QSpinBox* share : shares) share->setValue(share->value() == 0 ? 20 : 80);
    for (QDoubleSpinBox* number : numbers) {
      if (number->accessibleName() == "Shift") number->setValue(2.5);
      if (number->accessibleName() == "Eta") QVERIFY(!number->isVisibleTo(advanced));  // euler has none
    }
    QSignalSpy painted(&session(), &Session::painted);
    QVERIFY(w_->paintAndWait());
    const auto settings = painted[0][0].value<PaintedPicture>().settings;
    QCOMPARE(settings.shift, std::optional(2.5));
    QCOMPARE(settings.guidanceBegin, 0.2);
    QCOMPARE(settings.guidanceEnd, 0.8);
  }

  void a_full_disk_loses_no_picture() {
    std::signal(SIGXFSZ, SIG_IGN);
    w_->type(kPrompt);
    session().store().setCount(3);
    QSignalSpy painted(&session(), &Session::painted), idle(&session(), &Session::idle);
    {
      const Limit disk(RLIMIT_FSIZE, 12 << 10);
      QVERIFY(w_->paintAndWait());
      QVERIFY(idle.count() > 0 || idle.wait(kPatience));
    }
    QCOMPARE(painted.count(), 1);  // the others wait for room
    QCOMPARE(session().queue().rowCount(), 3);
    QVERIFY(session().queue().isPaused());
    const auto picture = painted[0][0].value<PaintedPicture>();
    QVERIFY(picture.path.isEmpty());
    QVERIFY2(window().messages().text().contains("could not be saved"),
             qPrintable(window().messages().text()));
    keepScreen(window(), "20-disk-full");
    QVERIFY(tools().save().isEnabled());
    const QString target = folder_->filePath("elsewhere.png");
    QVERIFY(savePicture(session(), {picture.image, {}, picture.recipe}, target));
    QCOMPARE(readPictureFile(target).settings.prompt, QString(kPrompt));
    session().queue().setPaused(false);
    session().queue().retry(session().queue().entry(0).job.id);
    QTRY_COMPARE_WITH_TIMEOUT(session().queue().rowCount(), 0, kPatience);
    QCOMPARE(session().gallery().rowCount(), 3);
  }

  void a_lost_device_and_a_lack_of_memory_are_explained_data() {
    QTest::addColumn<int>("fault");
    QTest::addColumn<QString>("advice");
    QTest::newRow("device lost") << static_cast<int>(Fault::device_lost) << "processor";
    QTest::newRow("out of memory") << static_cast<int>(Fault::out_of_memory) << "smaller";
  }
  void a_lost_device_and_a_lack_of_memory_are_explained() {
    QFETCH(int, fault);
    QFETCH(QString, advice);
    auto& engine = static_cast<EngineService&>(session().engine());
    engine.watchSteps([fault](const StepFrame& frame) {
      if (frame.step == 2) throw Error(static_cast<Fault>(fault), "[device] what the driver says");
    });
    w_->type(kPrompt);
    QSignalSpy told(&session(), &Session::message);
    w_->press(Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(told.count() > 0 || told.wait(kPatience));
    QVERIFY2(window().messages().text().contains("what the driver says"),
             qPrintable(window().messages().text()));
    QVERIFY2(window().messages().text().contains(advice), qPrintable(window().messages().text()));
    QCOMPARE(session().queue().entry(0).state, QueueEntry::State::failed);
    keepScreen(window(), QStringLiteral("21-%1").arg(QTest::currentDataTag()).replace(' ', '-'));
    engine.watchSteps([](const StepFrame&) {});
    session().queue().removeWaiting();
    QVERIFY(w_->paintAndWait());
    QCOMPARE(session().gallery().rowCount(), 1);
  }

  void scrolls_ten_thousand_pictures_without_stutter() {
    constexpr int kPictures = 10000, kFiles = 200, kScrolls = 200;
    QDir().mkpath(w_->library.pictures);
    QImage image(512, 512, QImage::Format_RGB888);
    QList<GalleryRow> rows;
    for (int i = 0; i < kPictures; ++i) {
      const QString path = QStringLiteral("%1/%2.png").arg(w_->library.pictures).arg(i);
      image.fill(QColor::fromHsv(i % 360, 200, 200));
      if (i < kFiles)
        QVERIFY(image.save(path));
      else
        QVERIFY(QFile::link(QStringLiteral("%1/%2.png").arg(w_->library.pictures).arg(i % kFiles), path));
      rows << GalleryRow{.path = path, .prompt = QStringLiteral("picture %1").arg(i), .created = i};
    }
    session().gallery().addAll(rows);
    QSignalSpy ready(&session().gallery().thumbnails(), &Thumbnails::ready);
    window().setPage(MainWindow::galleryPage);
    QVERIFY(ready.wait(kPatience));
    GalleryView& view = window().gallery().view();
    QScrollBar* bar = view.verticalScrollBar();
    constexpr int kLeastHeight = kPictures / 10 * 160;  // pixels: all of them are laid out
    QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > kLeastHeight, kPatience);
    const int read = session().gallery().thumbnails().numRead();
    std::vector<double> milliseconds;
    for (int i = 1; i <= kScrolls; ++i) {
      QElapsedTimer timer;
      timer.start();
      bar->setValue(i * bar->maximum() / kScrolls);
      view.viewport()->repaint();
      milliseconds.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
      QCOMPARE(session().gallery().thumbnails().numRead(), read);  // none on this thread
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    qInfo("a scroll step: median %.2f ms, 95th percentile %.2f ms", milliseconds[kScrolls / 2],
          milliseconds[kScrolls * 95 / 100]);
    QVERIFY2(milliseconds[kScrolls * 95 / 100] <= 33, qPrintable(QString::number(milliseconds.back())));
    QVERIFY(ready.wait(kPatience));
    QVERIFY(session().gallery().thumbnails().numRead() > read);
    keepScreen(window(), "22-ten-thousand");
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestWindowLooking)
#include "tst_window_looking.moc"
