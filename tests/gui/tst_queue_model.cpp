// The queue: order, states, and what a restart finds.
#include <sys/stat.h>
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "gui/models/queue_model.h"
#include "gui/service/kept_file.h"

namespace diorama::gui {

class TestQueueModel : public QObject {
  Q_OBJECT

 private:
  static PaintJob job(const QString& prompt) {
    PaintJob job;
    job.settings.prompt = prompt;
    job.settings.steps = 10;
    job.settings.seed = 18446744073709551615ULL;  // more than a JSON number keeps
    return job;
  }
  static QStringList prompts(const QueueModel& queue) {
    QStringList list;
    for (int i = 0; i < queue.rowCount(); ++i) list << queue.entry(i).job.settings.prompt;
    return list;
  }
  QString file() const { return folder_.filePath("queue.json"); }
  QTemporaryDir folder_;

 private slots:
  void cleanup() { QFile::remove(file()); }

  void hands_out_one_at_a_time_in_order() {
    QueueModel queue(file());
    QAbstractItemModelTester tester(&queue);
    queue.add({job("a")});
    queue.add({job("b")});
    const auto first = queue.takeNext();
    QCOMPARE(first->settings.prompt, QString("a"));
    QVERIFY(!queue.takeNext());
    queue.remove(first->id);
    QCOMPARE(queue.takeNext()->settings.prompt, QString("b"));
  }

  void many_are_written_at_once() {
    QueueModel queue(file());
    QAbstractItemModelTester tester(&queue);
    QSignalSpy changed(&queue, &QueueModel::changed), removed(&queue, &QueueModel::removed);
    const QList<qint64> ids = queue.add({job("a"), job("b"), job("c")});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(queue.rowOf(ids[2]), 2);
    QVERIFY(queue.takeNext());
    changed.clear();
    queue.removeWaiting();
    QCOMPARE(changed.count(), 1);
    QCOMPARE(removed.count(), 2);
    QCOMPARE(prompts(queue), QStringList({"a"}));
    QCOMPARE(prompts(QueueModel(file())), QStringList({"a"}));
  }

  void steps_of_a_parent_count_as_steps() {
    QueueModel queue(file());
    const qint64 id = queue.add({job("a")}).front();
    queue.takeNext();
    queue.setParentStep({id, 4, 10, 500});
    QCOMPARE(queue.secondsLeft(), 0.5 * 6);
  }

  void moves_rows() {
    QueueModel queue(file());
    QAbstractItemModelTester tester(&queue);
    for (const char* prompt : {"a", "b", "c"}) queue.add({job(prompt)});
    QVERIFY(queue.moveRows({}, 2, 1, {}, 0));
    QCOMPARE(prompts(queue), QStringList({"c", "a", "b"}));
    QVERIFY(queue.moveRows({}, 0, 1, {}, 3));
    QCOMPARE(prompts(queue), QStringList({"a", "b", "c"}));
    QVERIFY(!queue.moveRows({}, 0, 1, {}, 1));
    QVERIFY(!queue.moveRows({}, 5, 1, {}, 0));
    QCOMPARE(prompts(QueueModel(file())), QStringList({"a", "b", "c"}));
  }

  void pauses() {
    QueueModel queue(file());
    QSignalSpy paused(&queue, &QueueModel::pausedChanged);
    queue.add({job("a")});
    queue.setPaused(true);
    QVERIFY(!queue.takeNext());
    QCOMPARE(paused.count(), 1);
    QVERIFY(QueueModel(file()).isPaused());
    queue.setPaused(false);
    QVERIFY(queue.takeNext());
  }

  void offers_again_what_ran_at_the_end() {
    {
      QueueModel queue(file());
      queue.add({job("running")});
      queue.add({job("waiting")});
      QVERIFY(queue.takeNext());
    }
    QueueModel queue(file());
    QAbstractItemModelTester tester(&queue);
    QVERIFY(queue.hasInterrupted());
    QVERIFY(queue.isPaused());
    QCOMPARE(prompts(queue), QStringList({"running", "waiting"}));
    QCOMPARE(queue.entry(0).job.settings, job("running").settings);
    queue.retryInterrupted();
    QCOMPARE(queue.takeNext()->settings.prompt, QString("running"));
  }

  void a_quit_is_told_from_a_crash() {
    for (const bool closed : {false, true}) {
      {
        QueueModel queue(file());
        queue.add({job("a")});
        QVERIFY(queue.takeNext());
        if (closed) queue.close();
      }
      QueueModel queue(file());
      QVERIFY(queue.hasInterrupted());
      QCOMPARE(queue.wasClosed(), closed);
      queue.discardInterrupted();
      QCOMPARE(queue.rowCount(), 0);
      QVERIFY(!queue.isPaused());  // nothing waits, and nobody had paused it
    }
  }

  void discarding_begins_nothing_data() {
    QTest::addColumn<bool>("pausedByUser");
    QTest::newRow("by the user") << true;
    QTest::newRow("by the crash") << false;
  }

  void discarding_begins_nothing() {
    QFETCH(bool, pausedByUser);
    {
      QueueModel queue(file());
      queue.add({job("a"), job("b")});
      QVERIFY(queue.takeNext());
      queue.setPaused(pausedByUser);
    }
    QueueModel queue(file());
    const auto discarded = queue.discardInterrupted();
    QCOMPARE(discarded.size(), qsizetype(1));
    QVERIFY(queue.isPaused() && !queue.takeNext());
    queue.putBack(discarded);
    QCOMPARE(prompts(queue), QStringList({"a", "b"}));
    QVERIFY(queue.hasInterrupted());
    queue.discardInterrupted();
    queue.removeWaiting();
    QCOMPARE(QueueModel(file()).isPaused(), pausedByUser);
  }

  void what_was_removed_comes_back_in_its_place() {
    QueueModel queue(file());
    QAbstractItemModelTester tester(&queue);
    queue.add({job("a"), job("b"), job("c"), job("d")});
    const qint64 running = queue.takeNext()->id;
    queue.moveRows({}, 0, 1, {}, 2);  // b, a, c, d
    const qint64 b = queue.entry(0).job.id;
    const auto removed = queue.removeWaiting();
    QCOMPARE(prompts(queue), QStringList({"a"}));
    QSignalSpy returned(&queue, &QueueModel::returned);
    queue.putBack(removed);
    QCOMPARE(prompts(queue), QStringList({"b", "a", "c", "d"}));
    QCOMPARE(queue.entry(0).job.id, b);
    QCOMPARE(returned.count(), 3);
    QCOMPARE(prompts(QueueModel(file())), QStringList({"b", "a", "c", "d"}));
    const auto alone = queue.remove(b);
    QCOMPARE(queue.remove(b).size(), qsizetype(0));
    queue.putBack(alone);
    QCOMPARE(queue.rowOf(b), 0);
    QVERIFY(queue.rowOf(running) == 1);
  }

  void entries_say_what_sets_them_apart() {
    QueueModel queue(file());
    QList<PaintJob> jobs{job("a"), job("a"), job("a"), job("b")};
    for (int i = 0; i < 4; ++i) jobs[i].settings.seed = 3695065825 + static_cast<quint64>(i);
    jobs[2].settings.acceleration = "fast";
    jobs[2].branch = BranchPoint{"{}", 17, nullptr};
    queue.add(jobs);
    const auto detail = [&](int row) { return queue.index(row).data(QueueModel::DetailRole).toString(); };
    QCOMPARE(detail(0), QString("seed …825 · exact"));
    QCOMPARE(detail(2), QString("seed …827 · fast · from step 17"));
    QCOMPARE(detail(3), QString());
    const auto position = [&](int row) { return queue.index(row).data(QueueModel::PositionRole).toString(); };
    QCOMPARE(position(1), QString("2 of 4"));
    queue.takeNext();
    QCOMPARE(position(0), QString());
    QCOMPARE(position(1), QString("1 of 3"));
    QCOMPARE(queue.numWaiting(), 3);
    queue.setHold("Waiting: quantising Mini");
    QCOMPARE(queue.index(1).data(QueueModel::StateTextRole).toString(), QString("Waiting: quantising Mini"));
  }

  void keeps_ids_apart_after_a_restart() {
    qint64 last = 0;
    {
      QueueModel queue(file());
      last = queue.add({job("a")}).front();
      queue.remove(last);
    }
    QVERIFY(QueueModel(file()).add({job("b")}).front() > last);
  }

  void keeps_branches() {
    PaintJob branch = job("a");
    branch.branch = BranchPoint{R"({"seed":18446744073709551615})", 5, nullptr};
    branch.compareWith = "/pictures/a.png";
    {
      QueueModel queue(file());
      queue.add({branch});
    }
    const PaintJob back = QueueModel(file()).entry(0).job;
    QVERIFY(back.branch == branch.branch);
    QCOMPARE(back.compareWith, branch.compareWith);
  }

  void failed_ones_stay_until_tried_again() {
    QueueModel queue(file());
    QAbstractItemModelTester tester(&queue);
    queue.add({job("a")});
    const qint64 id = queue.takeNext()->id;
    queue.setFailed(id, "no memory");
    QVERIFY(!queue.takeNext());
    QCOMPARE(QueueModel(file()).entry(0).problem, QString("no memory"));
    queue.retry(id);
    QVERIFY(queue.entry(0).problem.isEmpty());
    const auto again = queue.takeNext();
    QVERIFY(again);
    QVERIFY(again->id > id);  // late news of the old one does not concern it
    queue.retry(again->id);   // it runs
    QCOMPARE(queue.entry(0).state, QueueEntry::State::running);
  }

  void knows_what_is_left() {
    QueueModel queue(file());
    queue.add({job("a")});
    queue.add({job("b")});
    const qint64 id = queue.takeNext()->id;
    QCOMPARE(queue.secondsLeft(), 0.0);
    queue.setStep({.job = id, .step = 4, .steps = 10, .milliseconds = 500});
    QCOMPARE(queue.secondsLeft(), 0.5 * (6 + 10));
  }

  void a_broken_file_is_an_empty_queue() {
    QVERIFY(replaceFile(file(), "{ not JSON").isEmpty());
    QCOMPARE(QueueModel(file()).rowCount(), 0);
  }

  void a_damaged_file_is_kept_under_another_name_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no JSON") << QByteArray("{ not JSON");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("another shape") << QByteArray(R"({"entries": {"job": 5}})");
    QTest::newRow("entries that are none") << QByteArray(R"({"entries": [5]})");
    QTest::newRow("deep") << QByteArray(100000, '[');
    QTest::newRow("a pipe") << QByteArray();
  }

  void a_damaged_file_is_kept_under_another_name() {
    QFETCH(QByteArray, text);
    for (const char* suffix : {".broken", ".broken-2"}) QFile::remove(file() + suffix);  // of other tests
    for (int i = 1; i <= 2; ++i) {
      if (text.isNull())
        QCOMPARE(::mkfifo(QFile::encodeName(file()).constData(), 0600), 0);
      else
        QVERIFY(replaceFile(file(), text).isEmpty());
      QueueModel queue(file());
      QCOMPARE(queue.aside(), file() + (i == 1 ? ".broken" : ".broken-2"));
      queue.add({job("a")});
      QCOMPARE(QueueModel(file()).rowCount(), 1);
      QVERIFY(QueueModel(file()).aside().isEmpty());
      QFile::remove(file());
    }
    for (const char* suffix : {".broken", ".broken-2"}) {
      QFile kept(file() + suffix);
      if (!text.isNull()) {
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), text);
      }
      QVERIFY(kept.remove());
    }
  }

  // Numbers from a file that was damaged count on from nowhere.
  void numbers_of_jobs_begin_anew() {
    QVERIFY(replaceFile(file(), R"({"last_id": 9223372036854775807, "entries": [
        {"job": {"id": 9223372036854775807, "settings": {"prompt": "a"}}, "state": "waiting"},
        {"job": {"id": 9223372036854775807, "settings": {"prompt": "b"}}, "state": "waiting"},
        {"job": {"id": -5, "settings": {"prompt": "c"}}, "state": "failed"}]})")
                .isEmpty());
    QueueModel queue(file());
    QCOMPARE(prompts(queue), QStringList({"a", "b", "c"}));
    QSet<qint64> ids;
    for (int i = 0; i < queue.rowCount(); ++i) ids << queue.entry(i).job.id;
    for (const qint64 id : queue.add({job("d")})) ids << id;
    QCOMPARE(ids.size(), 4);
    for (const qint64 id : ids) QVERIFY(id > 0);
  }

  void says_when_it_cannot_be_saved() {
    QueueModel queue("/proc/no/queue.json");
    QSignalSpy cannot(&queue, &QueueModel::cannotSave);
    queue.add({job("a")});
    QCOMPARE(cannot.count(), 1);
    QCOMPARE(queue.rowCount(), 1);
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestQueueModel)
#include "tst_queue_model.moc"
