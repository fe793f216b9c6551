// What is behind the window: the picture on the canvas, pictures that were deleted, grids, and models.
#include "session_fixture.h"

namespace diorama::gui {

class TestSessionPictures : public QObject, private SessionFixture {
  Q_OBJECT

 private slots:
  void init() { begin(); }
  void cleanup() { end(); }

  void the_canvas_says_what_it_shows() {
    open();
    QVERIFY(session_->caption().isEmpty());
    set([](PaintSettings& s) {
      s.prompt = "a cat";
      s.sampler = "dpmpp-2m";
    });
    session_->setSeed(42);
    const QString first = paintOne();
    QCOMPARE(factOf("prompt"), QString("a cat"));
    QCOMPARE(factOf("seed"), QString("seed 42"));
    QCOMPARE(factOf("size"), QString("128 × 128"));
    QCOMPARE(factOf("sampler"), QString("DPM++ 2M"));
    QCOMPARE(factOf("steps"), QString("20 steps"));
    QCOMPARE(factOf("acceleration"), QString("exact"));
    QCOMPARE(factOf("time"), QString("2.0 s"));
    QCOMPARE(captionDifferences(), QStringList());
    set([](PaintSettings& s) {
      s.prompt = "a dog";
      s.width = 160;
    });
    QCOMPARE(captionDifferences(), QStringList({"prompt", "size"}));
    session_->setSeed(43);
    paintOne();
    QCOMPARE(captionDifferences(), QStringList());
    session_->show(first);
    QCOMPARE(factOf("seed"), QString("seed 42"));
    QCOMPARE(captionDifferences(), QStringList({"prompt", "seed", "size"}));
  }

  void another_picture_is_shown_with_its_own_steps_while_a_run_goes_on() {
    open();
    const QString first = paintOne();
    set([](PaintSettings& s) { s.steps = 8; });
    QVERIFY(session_->paint());
    engine_->takeSteps(3);
    QVERIFY(session_->canvas().isLive);
    QCOMPARE(session_->timeline().rowCount(), 3);
    session_->show(first);
    QVERIFY(!session_->watching() && !session_->canvas().isLive);
    QCOMPARE(session_->timeline().rowCount(), 20);
    QCOMPARE(session_->strip().columnCount(), 20);
    engine_->takeSteps(2);
    QCOMPARE(session_->timeline().rowCount(), 20);
    QCOMPARE(session_->timeline().runFrames().size(), qsizetype(5));
    session_->watchRun();
    QVERIFY(session_->canvas().isLive);
    QCOMPARE(session_->timeline().rowCount(), 5);
    QCOMPARE(session_->strip().columnCount(), 8);
    session_->show(first);
    engine_->finish();
    QCOMPARE(session_->shownPath(), first);  // what was looked at stays
    QCOMPARE(session_->timeline().rowCount(), 20);
    const QString third = paintOne();
    QVERIFY(third != first);
    QCOMPARE(session_->timeline().rowCount(), 8);
  }

  void deleted_pictures_come_back() {
    open();
    QStringList paths;
    for (int i = 0; i < 3; ++i) {
      paths << paintOne();
      QTest::qSleep(3);  // ms: the gallery orders by them
    }
    QSignalSpy trashed(session_.get(), &Session::trashed);
    session_->moveToTrash({paths[0], paths[2]});
    QCOMPARE(trashed.count(), 1);
    QCOMPARE(trashed[0][0].toStringList().size(), qsizetype(2));
    QCOMPARE(session_->gallery().numPictures(), 1);
    QVERIFY(!QFile::exists(paths[0]));
    const QDir info(folder_->filePath("data/Trash/info"));
    session_->untrash();
    QCOMPARE(session_->gallery().numPictures(), 3);
    for (const QString& path : paths) QVERIFY(!readPicture(path).isNull());
    QCOMPARE(session_->gallery().row(0).path, paths[2]);  // in its place
    QVERIFY(info.entryList(QDir::Files).isEmpty());
    QCOMPARE(session_->gallery().find(paths[0])->seconds, 1.5);
  }

  void a_picture_that_took_the_name_meanwhile_is_not_replaced() {
    open();
    const QString path = paintOne();
    session_->moveToTrash({path});
    QVERIFY(replaceFile(path, "another").isEmpty());
    QSignalSpy messages(session_.get(), &Session::message);
    session_->untrash();
    QCOMPARE(messages.count(), 1);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("another"));
  }

  void pictures_wait_for_a_quantisation_and_say_so() {
    open();
    session_->quantise({"/fake/fake", "/fake/fake-w8a8", "w8a8"});
    QVERIFY(session_->paint());
    QVERIFY(engine_->asked().isEmpty());
    engine_->progressQuantising(49, 160);
    const QString wanted = "Waiting: quantising Fake (49 of 160)";
    QCOMPARE(session_->holdReason(), wanted);
    QCOMPARE(session_->queue().index(0).data(QueueModel::StateTextRole).toString(), wanted);
    QVERIFY(session_->canCancel() && session_->busy());
    session_->cancel();
    QCOMPARE(session_->queue().rowCount(), 0);
    session_->restoreQueue();
    engine_->finishQuantising({});
    QVERIFY(session_->holdReason().isEmpty());
    QCOMPARE(engine_->asked().size(), qsizetype(1));
  }

  void exact_pictures_are_not_painted_again_to_be_compared() {
    open();
    const QString exact = paintOne();
    QVERIFY2(session_->whyNotExact(exact).contains("exact already"),
             qPrintable(session_->whyNotExact(exact)));
    session_->paintExact(exact);
    QCOMPARE(session_->queue().rowCount(), 0);
    set([](PaintSettings& s) { s.acceleration = "fast"; });
    const QString fast = paintOne();
    QCOMPARE(session_->whyNotExact(fast), QString());
    set([](PaintSettings& s) { s.acceleration = "off"; });
    session_->branch(4);
    engine_->finish();
    QCOMPARE(session_->whyNotExact(session_->shownPath()), QString());  // its parent is not exact
    session_->paintExact(fast);
    QCOMPARE(engine_->asked().last().settings.acceleration, QString("off"));
    QSignalSpy ready(session_.get(), &Session::compareReady);
    engine_->finish();
    QCOMPARE(ready[0][0].toString(), fast);
    writePicture("foreign.png", "p");
    QVERIFY(!session_->whyNotExact(library().pictures + "/foreign.png").isEmpty());
  }

  void the_last_picture_is_on_the_canvas_after_a_start() {
    open();
    paintOne();
    const QString last = paintOne();
    open();
    QCOMPARE(session_->shownPath(), last);
    QVERIFY(session_->canvas().isKnown);
    QVERIFY(QFile::remove(last));
    open();
    QVERIFY(!session_->shownPath().isEmpty() && session_->shownPath() != last);
  }

  void a_grid_that_lost_cells_and_got_them_back_has_a_whole_sheet() {
    open();
    QSignalSpy ready(session_.get(), &Session::gridReady);
    QVERIFY(session_->paintGrid(
        {session_->store().settings(), {"seed", {"1", "2"}}, {"acceleration", {"off", "fast"}}}));
    engine_->finish();
    session_->cancelAll();
    QVERIFY(ready.wait(kPatience));
    session_->restoreQueue();
    engine_->setAutomatic(true);
    while (engine_->isPainting()) {
      engine_->finish();
      QCoreApplication::processEvents();
    }
    QVERIFY(ready.count() > 1 || ready.wait(kPatience));
    QVERIFY(ready[0][0].toString() != ready[1][0].toString());
    QCOMPARE(session_->gallery().numPictures(), 4);
  }

  void restored_settings_say_what_they_cannot_be_here() {
    open();
    const QByteArray recipe =
        QByteArray(R"json({"program": "Diorama 0.1.0", "prompt": "p", "width": 500,)json") +
        R"json( "height": 768, "steps": 12, "sampler": "ddim", "seed": 9, "eta": 0.5})json";
    QImage image(8, 8, QImage::Format_RGB888);
    image.fill(Qt::red);
    QCOMPARE(writePictureFile(folder_->filePath("restored.png"), image, recipe), QString());
    QSignalSpy messages(session_.get(), &Session::message);
    session_->openFile(folder_->filePath("restored.png"));
    const QString advice = messages.last()[1].toString();
    for (const char* part : {"DDIM", "Eta", "496", "128"})
      QVERIFY2(advice.contains(part), qPrintable(advice));
    QCOMPARE(session_->store().settings().width, 496);
    QCOMPARE(session_->store().settings().sampler, QString("euler"));
    QVERIFY(session_->store().state().seedLocked());
    QCOMPARE(session_->shownPath(), folder_->filePath("restored.png"));
    QCOMPARE(paintedSeed(), quint64(9));
    QSignalSpy dropped(session_.get(), &Session::modelDropped);
    session_->openFile(folder_->path());
    QCOMPARE(dropped.count(), 1);
  }

  void a_picture_that_names_no_seed_leaves_the_seed_alone() {
    open();
    session_->setSeed(77);
    const Image image{8, 8, std::vector<uint8_t>(192, 128)};
    const std::vector<PngText> texts{{.keyword = "parameters", .text = "a fox\nSteps: 7, Sampler: Euler"}};
    const std::string png = encode_png(image, texts);
    const QString path = folder_->filePath("foreign.png");
    QVERIFY(replaceFile(path, QByteArray::fromStdString(png)).isEmpty());
    session_->restore(path);
    QCOMPARE(session_->store().settings().prompt, QString("a fox"));
    QCOMPARE(session_->store().settings().steps, 7);
    QCOMPARE(session_->store().settings().width, 128);
    QCOMPARE(session_->store().settings().guidance, 4.0);
    QVERIFY(!session_->store().state().seedLocked());
    QCOMPARE(factOf("seed"), QString());
    QCOMPARE(factOf("size"), QString());
    QCOMPARE(paintedSeed(), quint64(77));
  }

  void models_are_renamed_and_removed() {
    open();
    session_->renameModel("/fake/fake", "  Mine ");
    QCOMPARE(session_->model()->title, QString("Mine"));
    QCOMPARE(session_->model()->ownTitle, QString("Fake"));
    open();
    QCOMPARE(session_->model()->title, QString("Mine"));
    session_->renameModel("/fake/fake", "");
    QCOMPARE(session_->model()->title, QString("Fake"));
    QVERIFY(!session_->whyNotRemove("/fake/fake").isEmpty());
    const QString own = library().modelsFolder() + "/own";
    QVERIFY(QDir().mkpath(own + "/vae"));
    QSignalSpy read(&session_->models(), &ModelsModel::modelRead);
    session_->models().addFolder(own);
    QVERIFY(read.wait(kPatience));
    QSignalSpy removed(session_.get(), &Session::modelRemoved);
    session_->removeModel(own);
    QCOMPARE(removed.count(), 1);
    QVERIFY(!QFile::exists(own) && session_->models().find(own) == nullptr);
    session_->restoreModel();
    QVERIFY(QFile::exists(own + "/vae"));
    QVERIFY(read.wait(kPatience) && session_->models().find(own) != nullptr);
  }

  void quantised_models_go_to_the_users_folder() {
    open();
    const QString first = session_->quantisedFolder(*session_->model(), "w4a8");
    QCOMPARE(first, library().modelsFolder() + "/fake-w4a8");
    QVERIFY(QDir().mkpath(first));
    QCOMPARE(session_->quantisedFolder(*session_->model(), "w4a8"), first + "-2");
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestSessionPictures)
#include "tst_session_pictures.moc"
