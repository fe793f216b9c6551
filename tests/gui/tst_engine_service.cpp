// The engine behind its signals, with the model that ships.
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <thread>
#include <vector>

#include "gui/service/engine_service.h"
#include "gui/service/picture_file.h"
#include "gui/service/step_frame.h"
#include "pipeline/devices.h"

namespace diorama::gui {
namespace {

constexpr int kPatience = 120000;  // ms, where the machine is slow

}  // namespace

class TestEngineService : public QObject {
  Q_OBJECT

 private:
  PaintJob job(qint64 id, int steps) const {
    PaintJob job;
    job.id = id;
    job.settings.model = QStringLiteral(DIORAMA_SOURCE_DIR "/assets/models/diorama-mini");
    job.settings.prompt = "smiling cat, 3d on a yellow background";
    job.settings.seed = 7;
    job.settings.steps = steps;
    job.settings.precision = "f32";
    job.settings.device = "cpu";
    job.folder = folder_.path();
    return job;
  }
  QTemporaryDir folder_;

 private slots:
  void paints_with_a_preview_of_every_step() {
    EngineService engine;
    QSignalSpy steps(&engine, &EngineService::stepTaken);
    QSignalSpy stages(&engine, &EngineService::stageReached);
    QSignalSpy painted(&engine, &EngineService::painted);
    engine.paint(job(1, 6));
    QVERIFY(painted.wait(kPatience));
    QCOMPARE(steps.count(), 6);
    for (int i = 0; i < 6; ++i) {
      const auto frame = steps[i][0].value<StepFrame>();
      QCOMPARE(frame.job, 1);
      QCOMPARE(frame.step, i + 1);
      QVERIFY(!frame.preview.isNull());
      QCOMPARE(frame.state->step, i + 1);
      QVERIFY(frame.fullMacs > 0 && frame.executedMacs == frame.fullMacs);
    }
    QVERIFY(stages.count() >= 4);
    const auto picture = painted[0][0].value<PaintedPicture>();
    QCOMPARE(picture.image.size(), QSize(128, 128));
    QCOMPARE(QImage(picture.path).convertToFormat(QImage::Format_RGB888), picture.image);
    const PictureFile file = readPictureFile(picture.path);
    QCOMPARE(file.settings.prompt, job(1, 6).settings.prompt);
    QCOMPARE(file.settings.seed, quint64(7));
    QCOMPARE(file.recipe, picture.recipe);
    QVERIFY(file.unmapped.isEmpty());
  }

  void previews_cost_little_beside_a_step() {
    const auto device = open_device({.name = "cpu"});
    const ModelFolder folder = ModelFolder::open(job(1, 1).settings.model.toStdString());
    Pipeline pipeline(folder, *device, choose_precision("f32", *device, folder));
    double step = 0, preview = 0;  // ms
    RenderObserver observer;
    observer.on_step = [&](const StepReport& report) {
      QElapsedTimer timer;
      timer.start();
      const StepFrame frame = frameOf(1, report, pipeline, PreviewKind::matrix);
      preview += static_cast<double>(timer.nsecsElapsed()) / 1e6;
      step += report.milliseconds;
    };
    pipeline.render({.prompt = "a rocket", .width = 384, .height = 384, .steps = 3}, observer);
    qInfo("a step %.0f ms, its preview %.2f ms", step / 3, preview / 3);
    QVERIFY(step / 3 >= 100);
    QVERIFY(preview <= 0.03 * step);
  }

  void cancels_within_200_ms() {
    EngineService engine;
    QSignalSpy failed(&engine, &EngineService::failed);
    QSignalSpy steps(&engine, &EngineService::stepTaken);
    engine.paint(job(2, 1000));
    QVERIFY(steps.wait(kPatience));
    QElapsedTimer timer;
    timer.start();
    engine.cancel(2);
    QVERIFY(failed.wait(kPatience));
    QVERIFY2(timer.elapsed() <= 200, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(failed[0][1].value<Failure>().cancelled());
  }

  void cancelled_before_it_begins_and_the_next_one_runs() {
    EngineService engine;
    QSignalSpy failed(&engine, &EngineService::failed);
    QSignalSpy painted(&engine, &EngineService::painted);
    engine.cancel(3);
    engine.paint(job(3, 1000));
    QVERIFY(failed.wait(kPatience));
    engine.paint(job(4, 2));
    QVERIFY(painted.wait(kPatience));
    QCOMPARE(failed.count(), 1);
  }

  void failures_say_what_to_do() {
    EngineService engine;
    QSignalSpy failed(&engine, &EngineService::failed);
    PaintJob odd = job(5, 2);
    odd.settings.width = 130;
    PaintJob gone = job(6, 2);
    gone.settings.model = folder_.filePath("no-model");
    PaintJob device = job(7, 2);
    device.settings.device = "toaster";
    for (const PaintJob& wrong : {odd, gone, device}) {
      engine.paint(wrong);
      QVERIFY(failed.wait(kPatience));
      const auto failure = failed.last()[1].value<Failure>();
      QVERIFY(!failure.cancelled() && !failure.what.isEmpty() && !failure.advice.isEmpty());
    }
    QVERIFY(failed[0][1].value<Failure>().what.contains("130"));
    QVERIFY(failed[1][1].value<Failure>().what.contains("no-model"));
  }

  // Cut anew while each picture is on its way, wherever that is: the window goes on.
  void a_model_that_becomes_shorter_is_an_error() {
    namespace fs = std::filesystem;
    const fs::path model = folder_.filePath("cut").toStdString();
    const std::vector<fs::path> weights{model / "transformer/diffusion_pytorch_model.safetensors",
                                        model / "text_encoder/model.safetensors",
                                        model / "vae/diffusion_pytorch_model.safetensors"};
    EngineService engine;
    QSignalSpy painted(&engine, &EngineService::painted), failed(&engine, &EngineService::failed);
    qint64 id = 100;
    for (const fs::path& cut : weights) {
      fs::remove_all(model);
      fs::copy(job(0, 1).settings.model.toStdString(), model, fs::copy_options::recursive);
      if (!fs::exists(cut)) QFAIL(cut.c_str());
      std::thread cutter;
      const auto cutting = connect(
          &engine, &EngineService::stageReached, this,
          [&] {
            if (!cutter.joinable())
              cutter = std::thread([&] { fs::resize_file(cut, fs::file_size(cut) / 3); });
          },
          Qt::DirectConnection);
      PaintJob on_its_way = job(++id, 2);
      on_its_way.settings.model = QString::fromStdString(model.string());
      const auto ends = painted.count() + failed.count();
      engine.paint(on_its_way);
      QVERIFY(QTest::qWaitFor([&] { return painted.count() + failed.count() > ends; }, kPatience));
      disconnect(cutting);
      cutter.join();
      if (!failed.isEmpty()) {
        const auto failure = failed.last()[1].value<Failure>();
        QVERIFY2(failure.what.contains(QString::fromStdString(cut.parent_path().filename().string())),
                 qPrintable(failure.what));
      }
    }
    const auto before = painted.count();
    engine.paint(job(++id, 2));
    QVERIFY(QTest::qWaitFor([&] { return painted.count() > before; }, kPatience));
  }

  void a_picture_that_cannot_be_saved_is_not_lost() {
    EngineService engine;
    QSignalSpy painted(&engine, &EngineService::painted);
    PaintJob unwritable = job(8, 2);
    unwritable.folder = "/proc/no/pictures";
    engine.paint(unwritable);
    QVERIFY(painted.wait(kPatience));
    const auto picture = painted[0][0].value<PaintedPicture>();
    QVERIFY(picture.path.isEmpty());
    QVERIFY(picture.problem.contains("/proc/no/pictures"));
    QVERIFY(!picture.image.isNull());
  }

  void branches_from_a_kept_step_or_from_its_recipe_alone() {
    EngineService engine;
    QSignalSpy painted(&engine, &EngineService::painted);
    QSignalSpy steps(&engine, &EngineService::stepTaken);
    engine.paint(job(9, 6));
    QVERIFY(painted.wait(kPatience));
    PaintJob branch = job(10, 6);
    branch.settings.prompt = "rocket, 3d on a teal background";
    branch.branch =
        BranchPoint{painted[0][0].value<PaintedPicture>().recipe, 3, steps[2][0].value<StepFrame>().state};
    engine.paint(branch);
    QVERIFY(painted.wait(kPatience));
    branch.branch->state.reset();
    engine.paint(branch);
    QVERIFY(painted.wait(kPatience));
    const auto kept = painted[1][0].value<PaintedPicture>();
    QCOMPARE(steps.count(), 6 + 3 + 3);
    QVERIFY(kept.image != painted[0][0].value<PaintedPicture>().image);
    QVERIFY(kept.image == painted[2][0].value<PaintedPicture>().image);
    QCOMPARE(kept.recipe, painted[2][0].value<PaintedPicture>().recipe);
  }

  void two_programs_in_one_folder_keep_all_pictures() {
    EngineService a, b;
    QSignalSpy fromA(&a, &EngineService::painted), fromB(&b, &EngineService::painted);
    constexpr int kPictures = 4;
    const QString shared = folder_.filePath("shared");
    for (qint64 i = 0; i < kPictures; ++i)
      for (EngineService* engine : {&a, &b}) {
        PaintJob same = job(200 + i, 1);
        same.folder = shared;
        engine->paint(same);
      }
    QVERIFY(QTest::qWaitFor([&] { return fromA.count() + fromB.count() == 2 * kPictures; }, kPatience));
    QCOMPARE(QDir(shared).entryList(QDir::Files | QDir::Hidden).size(), 2 * kPictures);
  }

  void quantising_that_is_cancelled_leaves_nothing() {
    EngineService engine;
    QSignalSpy progressed(&engine, &EngineService::quantiseProgressed);
    QSignalSpy failed(&engine, &EngineService::quantiseFailed);
    const QString folder = folder_.filePath("mini-w8a8");
    engine.quantise({job(0, 1).settings.model, folder, "w8a8"});
    QVERIFY(progressed.wait(kPatience));
    engine.cancelQuantising();
    QVERIFY(failed.wait(kPatience));
    QVERIFY(failed[0][0].value<Failure>().cancelled());
    QVERIFY(!QFileInfo::exists(folder));
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestEngineService)
#include "tst_engine_service.moc"
