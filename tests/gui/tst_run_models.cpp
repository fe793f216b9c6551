// What is known of a run: its steps, and what was computed in them.
#include <QAbstractItemModelTester>
#include <QtTest>

#include "gui/models/strip_model.h"
#include "gui/models/timeline_model.h"

namespace diorama::gui {

class TestRunModels : public QObject {
  Q_OBJECT

 private:
  static StepFrame frame(int step, std::vector<float> blocks = {1, 0, 0.5F}) {
    return {.job = 1,
            .step = step,
            .steps = 4,
            .milliseconds = 10,
            .executedMacs = 50,
            .fullMacs = 100,
            .blocks = std::move(blocks)};
  }
  static PaintedPicture picture(const QString& path) {
    PaintedPicture picture;
    picture.path = path;
    picture.recipe = "{}";
    return picture;
  }

 private slots:
  void strip_fills_step_by_step() {
    StripModel strip;
    QAbstractItemModelTester tester(&strip);
    strip.reset(4);
    QCOMPARE(strip.rowCount(), 0);
    strip.append(frame(1));
    strip.append(frame(2, {1, 1, 1}));
    QCOMPARE(strip.rowCount(), 3);
    QCOMPARE(strip.columnCount(), 4);
    QCOMPARE(strip.index(1, 0).data(StripModel::ShareRole).toFloat(), 0.0F);
    QCOMPARE(strip.index(2, 0).data(StripModel::ShareRole).toFloat(), 0.5F);
    QCOMPARE(strip.index(1, 1).data(StripModel::ShareRole).toFloat(), 1.0F);
    QVERIFY(!strip.index(0, 2).data(StripModel::ShareRole).isValid());
    QVERIFY(strip.index(1, 0).data(Qt::ToolTipRole).toString().contains("reused"));
    QVERIFY(strip.index(2, 0).data(Qt::ToolTipRole).toString().contains("50 %"));
    QCOMPARE(strip.totals().executedMacs, quint64(100));
    QCOMPARE(strip.totals().saved(), 0.5);
  }

  void strip_of_a_branch_begins_at_its_step() {
    StripModel strip;
    QAbstractItemModelTester tester(&strip);
    strip.show({frame(3), frame(4)});
    QVERIFY(!strip.index(0, 1).data(StripModel::ShareRole).isValid());
    QCOMPARE(strip.index(0, 2).data(StripModel::ShareRole).toFloat(), 1.0F);
    QCOMPARE(strip.totals().milliseconds, 20.0);
  }

  void strip_of_a_model_that_tells_no_blocks_is_empty() {
    StripModel strip;
    QAbstractItemModelTester tester(&strip);
    strip.reset(4);
    strip.append(frame(1, {}));
    QCOMPARE(strip.rowCount(), 0);
    QCOMPARE(strip.totals().fullMacs, quint64(100));
  }

  void timeline_shows_finished_runs_again() {
    TimelineModel timeline;
    QAbstractItemModelTester tester(&timeline);
    for (int step = 1; step <= 4; ++step) timeline.append(frame(step));
    QVERIFY(timeline.recipe().isEmpty());
    timeline.finish(picture("a.png"));
    QCOMPARE(timeline.recipe(), QByteArray("{}"));
    timeline.clear();
    QCOMPARE(timeline.rowCount(), 0);
    QVERIFY(timeline.show("a.png"));
    QCOMPARE(timeline.rowCount(), 4);
    QCOMPARE(timeline.index(2, 0).data().toInt(), 3);
    QVERIFY(!timeline.show("b.png"));
    QCOMPARE(timeline.rowCount(), 0);
  }

  void timeline_forgets_the_oldest_runs_when_they_take_too_much() {
    TimelineModel timeline;
    timeline.append(frame(1));
    for (int i = 0; i < 100; ++i) timeline.finish(picture(QString::number(i)));
    QVERIFY(timeline.show("0"));
    StepFrame large = frame(1);
    large.preview = QImage(1024, 1024, QImage::Format_RGB32);  // 4 MiB
    timeline.clear();
    timeline.append(large);
    for (int i = 100; i < 200; ++i) timeline.finish(picture(QString::number(i)));
    QVERIFY(timeline.show("199"));
    QVERIFY(timeline.show("150"));
    QVERIFY(!timeline.show("110"));
    QVERIFY(!timeline.show("0"));
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestRunModels)
#include "tst_run_models.moc"
