// What is behind the window: what it finds when it starts, and what becomes of what the user asks for.
#include "session_fixture.h"

namespace diorama::gui {

class TestSession : public QObject, private SessionFixture {
  Q_OBJECT

 private slots:
  void init() { begin(); }
  void cleanup() { end(); }

  void new_pictures_are_read_once_and_those_that_cannot_be_read_too() {
    for (int i = 0; i < 3; ++i) writePicture(QStringLiteral("%1.png").arg(i), "before");
    QVERIFY(replaceFile(library().pictures + "/broken.png", "no picture").isEmpty());
    {
      Session session(library());
      session.start();
      QVERIFY(waitForPictures(session, 4));
    }
    for (int i = 0; i < 3; ++i) writePicture(QStringLiteral("%1.png").arg(i), "after");
    writePicture("broken.png", "after");
    writePicture("new.png", "after");
    Session session(library());
    session.start();
    QVERIFY(waitForPictures(session, 5));
    int read = 0;
    for (int i = 0; i < session.gallery().rowCount(); ++i)
      read += session.gallery().row(i).prompt == "after" ? 1 : 0;
    QCOMPARE(read, 1);
  }

  // What was read when the window closed is not read again: the index is at least as long after every start.
  void closing_at_once_loses_nothing_that_was_read() {
    constexpr int kPictures = 40;
    for (int i = 0; i < kPictures; ++i) writePicture(QStringLiteral("%1.png").arg(i), "p");
    int known = 0;
    for (int start = 0; start < 5; ++start) {
      { Session(library()).start(); }
      const int now = GalleryModel(library().file("gallery.sqlite")).numPictures();
      QVERIFY(now >= known);
      known = now;
    }
    Session session(library());
    session.start();
    QVERIFY(waitForPictures(session, kPictures));
  }

  void damaged_files_are_named_and_kept() {
    const QStringList names{"session.json", "queue.json", "gallery.sqlite"};
    for (const QString& name : names)
      QVERIFY(replaceFile(library().file(name), "damaged " + QByteArray(2000, 'x')).isEmpty());
    Session session(library());
    QSignalSpy messages(&session, &Session::message);
    session.start();
    QString said;
    for (const auto& message : messages) said += message[0].toString() + message[1].toString();
    for (const QString& name : names) {
      QVERIFY2(said.contains(name + ".broken"), qPrintable(said));
      QFile kept(library().file(name + ".broken"));
      QVERIFY(kept.open(QIODevice::ReadOnly));
      QVERIFY(kept.readAll().startsWith("damaged"));
    }
  }

  void a_typed_seed_is_painted_whatever_the_mode() {
    open();
    for (const SeedMode mode : {SeedMode::fresh, SeedMode::keep, SeedMode::next}) {
      session_->store().setSeedMode(mode);
      QCOMPARE(session_->typeSeed("42"), QString());
      QCOMPARE(paintedSeed(), quint64(42));
      QCOMPARE(session_->store().settings().seed, quint64(42));
      QCOMPARE(session_->lastSeed(), std::optional<quint64>(42));
      set([](PaintSettings& s) { s.seed = 43; });  // as a field that writes into the settings does
      QCOMPARE(paintedSeed(), quint64(43));
    }
  }

  void diced_seeds_are_painted() {
    open();
    for (int i = 0; i < 3; ++i) {
      session_->rollSeed();
      const quint64 shown = session_->store().settings().seed;
      QCOMPARE(paintedSeed(), shown);
    }
  }

  void a_painted_seed_is_followed_by_what_the_mode_says() {
    open();
    session_->setSeed(7);
    QCOMPARE(paintedSeed(), quint64(7));
    session_->store().setSeedMode(SeedMode::keep);
    QCOMPARE(paintedSeed(), quint64(7));
    session_->store().setSeedMode(SeedMode::next);
    QCOMPARE(paintedSeed(), quint64(8));
    QCOMPARE(paintedSeed(), quint64(9));
    session_->store().setSeedMode(SeedMode::fresh);
    const quint64 drawn = paintedSeed();
    QVERIFY(drawn != 9 && drawn != 10);
    QCOMPARE(session_->store().settings().seed, drawn);
  }

  void nothing_and_minus_one_mean_a_new_seed_in_every_mode() {
    open();
    for (const char* text : {"", "-1", " -1 "}) {
      session_->setSeed(7);
      QCOMPARE(paintedSeed(), quint64(7));
      session_->store().setSeedMode(SeedMode::keep);
      QCOMPARE(session_->typeSeed(text), QString());
      QCOMPARE(session_->store().state().seedState, SeedState::open);
      const quint64 drawn = paintedSeed();
      QVERIFY(drawn != 7);
      QCOMPARE(session_->store().settings().seed, drawn);  // the number shown is the number used
      QCOMPARE(paintedSeed(), drawn);                      // and kept
    }
  }

  void seeds_are_whole_numbers_of_64_bits() {
    open();
    QCOMPARE(session_->typeSeed("18446744073709551615"), QString());
    QCOMPARE(paintedSeed(), std::numeric_limits<quint64>::max());
    session_->store().setSeedMode(SeedMode::next);
    QCOMPARE(paintedSeed(), quint64(0));
    session_->setSeed(5);
    for (const char* text :
         {"99999999999999999999", "18446744073709551616", "-2", "5000abc", "1e3", "0x10", "4.5", "+7"}) {
      QVERIFY2(!session_->typeSeed(text).isEmpty(), text);
      QCOMPARE(session_->store().settings().seed, quint64(5));
    }
  }

  void a_batch_leaves_the_seed_of_the_picture_on_the_canvas() {
    open();
    session_->store().setCount(3);
    session_->setSeed(10);
    QVERIFY(session_->paint());
    for (const quint64 seed : {10, 11, 12}) {
      QCOMPARE(engine_->asked().last().settings.seed, seed);
      engine_->finish();
      QCOMPARE(session_->store().settings().seed, seed);
      QCOMPARE(factOf("seed"), QStringLiteral("seed %1").arg(seed));
    }
    session_->store().setSeedMode(SeedMode::next);
    QVERIFY(session_->paint());
    QCOMPARE(engine_->asked().last().settings.seed, quint64(13));
    session_->setSeed(99);  // typed meanwhile: it stays
    engine_->finish();
    QCOMPARE(session_->store().settings().seed, quint64(99));
  }

  void the_last_seed_can_be_had_again() {
    open();
    session_->setSeed(5);
    paintedSeed();
    session_->rollSeed();
    QCOMPARE(session_->lastSeed(), std::optional<quint64>(5));
    session_->takeLastSeed();
    QCOMPARE(paintedSeed(), quint64(5));
  }

  void a_cleared_queue_can_be_put_back_data() {
    QTest::addColumn<bool>("paused");
    QTest::newRow("paused") << true;
    QTest::newRow("not paused") << false;
  }

  void a_cleared_queue_can_be_put_back() {
    QFETCH(bool, paused);
    open();
    session_->store().setCount(4);
    session_->setSeed(1);
    session_->queue().setPaused(paused);
    QVERIFY(session_->paint());
    QSignalSpy cleared(session_.get(), &Session::queueCleared);
    session_->clearQueue();
    QCOMPARE(cleared.count(), 1);
    QCOMPARE(cleared[0][0].toInt(), paused ? 4 : 3);
    QCOMPARE(session_->queue().rowCount(), paused ? 0 : 1);
    session_->restoreQueue();
    QCOMPARE(session_->queue().rowCount(), 4);
    for (int i = 0; i < 4; ++i) QCOMPARE(session_->queue().entry(i).job.settings.seed, quint64(1 + i));
    session_->queue().setPaused(false);
    for (int i = 0; i < 4; ++i) engine_->finish();
    QCOMPARE(session_->gallery().numPictures(), 4);
    session_->restoreQueue();  // once
    QCOMPARE(session_->queue().rowCount(), 0);
  }

  void cancelling_everything_can_be_undone_too() {
    open();
    session_->store().setCount(3);
    session_->setSeed(1);
    QVERIFY(session_->paint());
    QSignalSpy cancelled(session_.get(), &Session::cancelled);
    session_->cancelAll();
    QVERIFY(cancelled.wait(kPatience));
    QCOMPARE(session_->queue().rowCount(), 0);
    session_->restoreQueue();
    QCOMPARE(session_->queue().rowCount(), 3);
    for (int i = 0; i < 3; ++i) engine_->finish();
    QCOMPARE(session_->gallery().numPictures(), 3);
    session_->queue().setPaused(true);
    QVERIFY(session_->paint());
    session_->removeFromQueue(session_->queue().entry(1).job.id);
    QCOMPARE(session_->queue().rowCount(), 2);
    session_->restoreQueue();
    QCOMPARE(session_->queue().rowCount(), 3);
  }

  void painting_on_a_paused_queue_says_so() {
    open();
    QSignalSpy said(session_.get(), &Session::queuedWhilePaused);
    session_->queue().setPaused(true);
    session_->store().setCount(2);
    QVERIFY(session_->paint());
    QCOMPARE(said.count(), 1);
    QCOMPARE(said[0][0].toInt(), 2);
    QCOMPARE(session_->queue().numWaiting(), 2);
    QVERIFY(engine_->asked().isEmpty());
  }

  void a_branch_keeps_what_its_parent_was_painted_with() {
    open();
    session_->store().setCount(3);
    session_->setSeed(825);
    QVERIFY(session_->paint());
    for (int i = 0; i < 3; ++i) engine_->finish();
    session_->store().setSeedMode(SeedMode::keep);
    set([](PaintSettings& s) {
      s.width = 160;
      s.height = 96;
      s.steps = 10;
      s.precision = "w8a8";
      s.prompt = "another";
    });
    QStringList changes;
    for (const SettingFact& fact : session_->branchChanges()) changes << fact.setting;
    QCOMPARE(changes, QStringList("prompt"));
    session_->branch(8);
    const PaintJob job = engine_->asked().last();
    QVERIFY(job.branch && job.branch->step == 9 && job.branch->state);
    QCOMPARE(job.settings.seed, quint64(827));  // of the picture on the canvas
    QCOMPARE(job.settings.width, 128);
    QCOMPARE(job.settings.height, 128);
    QCOMPARE(job.settings.steps, 20);
    QCOMPARE(job.settings.precision, QString("f32"));
    QCOMPARE(job.settings.prompt, QString("another"));
    engine_->finish();
    session_->setSeed(5);  // one that was chosen since is meant
    session_->branch(5);
    QCOMPARE(engine_->asked().last().settings.seed, quint64(5));
  }

  void a_branch_stays_with_its_parents_model() {
    open({FakeEngine::model("a"), FakeEngine::model("b")});
    session_->chooseModel("/fake/a");
    paintOne();
    session_->chooseModel("/fake/b");
    set([](PaintSettings& s) { s.acceleration = "fast"; });
    session_->branch(3);
    QCOMPARE(engine_->asked().last().settings.model, QString("/fake/a"));
    QCOMPARE(engine_->asked().last().settings.acceleration, QString("off"));
  }

  void what_cannot_be_branched_from_says_why() {
    open();
    QVERIFY(!session_->whyNotBranch(0).isEmpty());
    QVERIFY(session_->paint());
    engine_->takeSteps(5);
    QVERIFY2(session_->whyNotBranch(2).contains("still being painted"),
             qPrintable(session_->whyNotBranch(2)));
    QSignalSpy cancelled(session_.get(), &Session::cancelled);
    session_->cancel();
    QVERIFY(cancelled.wait(kPatience));
    QCOMPARE(session_->timeline().rowCount(), 5);
    QVERIFY(session_->canvas().wasCancelled);
    QVERIFY2(session_->whyNotBranch(2).contains("cancelled"), qPrintable(session_->whyNotBranch(2)));
    paintOne();
    QCOMPARE(session_->whyNotBranch(2), QString());
    QVERIFY(!session_->whyNotBranch(19).isEmpty());
  }

  void nothing_is_cleared_before_the_request_was_checked() {
    open();
    const QString picture = paintOne();
    const quint64 work = session_->strip().totals().fullMacs;
    QVERIFY(work > 0);
    QVERIFY(session_->paint());
    engine_->fail(Fault::usage, "[branch] the sampler does not fit");
    QCOMPARE(session_->shownPath(), picture);
    QCOMPARE(session_->timeline().rowCount(), 20);
    QVERIFY(!session_->timeline().recipe().isEmpty());
    QCOMPARE(session_->strip().totals().fullMacs, work);
    QVERIFY(session_->paint());
    engine_->takeSteps(3);
    engine_->fail(Fault::device_lost, "[device] gone");
    QCOMPARE(session_->strip().totals().fullMacs, quint64(0));  // of no picture
    QCOMPARE(session_->timeline().rowCount(), 0);
    QVERIFY(session_->shownPath().isEmpty() && !session_->canvas().isLive);
  }

  void sizes_that_do_not_fit_never_reach_the_queue_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("text");
    QTest::newRow("height") << 128 << 101 << "height"
                            << "Height must be a multiple of 16: 96 or 112.";
    QTest::newRow("width") << 130 << 128 << "width"
                           << "Width must be a multiple of 16: 128 or 144.";
    QTest::newRow("small") << 128 << 8 << "height"
                           << "Height must be from 16 to 8192 pixels.";
    QTest::newRow("large") << 9008 << 128 << "width"
                           << "Width must be from 16 to 8192 pixels.";
  }

  void sizes_that_do_not_fit_never_reach_the_queue() {
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(QString, field);
    QFETCH(QString, text);
    open();
    set([&](PaintSettings& s) {
      s.width = width;
      s.height = height;
    });
    session_->store().setCount(2);
    const SeedState before = session_->store().state().seedState;
    QSignalSpy refused(session_.get(), &Session::refused);
    QVERIFY(!session_->paint());
    QCOMPARE(refused.count(), 1);
    QCOMPARE(refused[0][0].toString(), field);
    QCOMPARE(refused[0][1].toString(), text);
    QCOMPARE(session_->queue().rowCount(), 0);
    QCOMPARE(session_->store().state().seedState, before);
    QVERIFY(!session_->paintGrid(
        {session_->store().settings(), {"seed", {"1", "2"}}, {"acceleration", {"off", "fast"}}}));
    QCOMPARE(session_->queue().rowCount(), 0);
  }

  void other_settings_are_checked_as_well() {
    open();
    const PaintSettings good = session_->store().settings();
    QCOMPARE(refusalOf(good, *session_->model()).has_value(), false);
    const auto fieldOf = [&](const std::function<void(PaintSettings&)>& change) {
      PaintSettings s = good;
      change(s);
      const auto refusal = refusalOf(s, *session_->model());
      return refusal ? refusal->field : QString();
    };
    QCOMPARE(fieldOf([](auto& s) { s.steps = 1001; }), QString("steps"));
    QCOMPARE(fieldOf([](auto& s) { s.guidance = 0.5; }), QString("guidance"));
    QCOMPARE(fieldOf([](auto& s) { s.guidance = std::numeric_limits<double>::quiet_NaN(); }),
             QString("guidance"));
    QCOMPARE(fieldOf([](auto& s) { s.sampler = "magic"; }), QString("sampler"));
    QCOMPARE(fieldOf([](auto& s) { s.prompt = QString("a") + QChar(0) + "b"; }), QString("prompt"));
  }

  void without_a_model_nothing_is_queued() {
    open({});
    QVERIFY2(session_->whyNotPaint().contains("No model yet"), qPrintable(session_->whyNotPaint()));
    QSignalSpy refused(session_.get(), &Session::refused);
    QVERIFY(!session_->paint());
    QCOMPARE(refused.count(), 1);
    QCOMPARE(refused[0][0].toString(), QString("model"));
    QCOMPARE(session_->queue().rowCount(), 0);
    ModelFacts broken = FakeEngine::model();
    broken.problem = "the folder vae/ is missing";
    open({broken});
    QVERIFY(!session_->whyNotPaint().isEmpty());
    open({FakeEngine::model("other")});  // the only one there is becomes the one that is set
    QCOMPARE(session_->whyNotPaint(), QString());
    QCOMPARE(session_->store().settings().width, 128);
    set([](PaintSettings& s) { s.model = "/gone/model"; });
    QVERIFY2(session_->whyNotPaint().contains("/gone/model"), qPrintable(session_->whyNotPaint()));
  }

  void what_is_discarded_does_not_resume_the_queue() {
    open();
    session_->store().setCount(2);
    QVERIFY(session_->paint());
    QVERIFY(engine_->isPainting());
    open();
    QVERIFY(session_->queue().hasInterrupted());
    session_->discardInterrupted();
    QCOMPARE(session_->queue().rowCount(), 1);
    QVERIFY(session_->queue().isPaused());
    QVERIFY(engine_->asked().isEmpty());
    session_->restoreQueue();
    QVERIFY(session_->queue().hasInterrupted());
  }

  void closing_while_painting_is_no_crash() {
    open();
    session_->setSeed(3);
    QVERIFY(session_->paint());
    engine_->takeSteps(4);
    QVERIFY(session_->busy());
    session_->quitNow();
    QCoreApplication::processEvents();  // the engine says that it gave up
    open();
    QVERIFY(session_->queue().hasInterrupted() && session_->queue().wasClosed());
    QVERIFY(!session_->busy());
    session_->queue().retryInterrupted();
    QCOMPARE(engine_->asked().size(), qsizetype(1));
    QCOMPARE(engine_->asked().last().settings.seed, quint64(3));
  }

  void the_last_one_is_finished_before_closing() {
    open();
    session_->store().setCount(2);
    QVERIFY(session_->paint());
    QSignalSpy idle(session_.get(), &Session::idle);
    session_->stopAfterThis();
    engine_->finish();
    QCOMPARE(idle.count(), 1);
    QVERIFY(!session_->busy());
    QCOMPARE(session_->queue().numWaiting(), 1);
    open();
    QVERIFY(!session_->queue().hasInterrupted());
    QCOMPARE(engine_->asked().size(), qsizetype(1));  // the other one goes on
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestSession)
#include "tst_session.moc"
