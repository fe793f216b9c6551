// What is known of a run: its steps, what was computed in them, the sheet of a grid.
#include <QAbstractItemModelTester>
#include <QFontMetrics>
#include <QtTest>
#include <limits>

#include "gui/models/strip_model.h"
#include "gui/models/timeline_model.h"
#include "gui/service/grid.h"
#include "gui/service/time_text.h"

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
    QVERIFY(strip.index(2, 0).data(Qt::ToolTipRole).toString().contains("50%"));
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
    timeline.begin();
    QCOMPARE(timeline.rowCount(), 0);
    QVERIFY(timeline.show("a.png"));
    QCOMPARE(timeline.rowCount(), 4);
    timeline.append(frame(1));  // of the run that goes on meanwhile
    QCOMPARE(timeline.rowCount(), 4);
    QCOMPARE(timeline.runFrames().size(), qsizetype(1));
    timeline.showRun();
    QCOMPARE(timeline.rowCount(), 1);
    timeline.append(frame(2));
    QCOMPARE(timeline.rowCount(), 2);
    QVERIFY(timeline.show("a.png"));
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
    timeline.begin();
    timeline.append(large);
    for (int i = 100; i < 200; ++i) timeline.finish(picture(QString::number(i)));
    QVERIFY(timeline.show("199"));
    QVERIFY(timeline.show("150"));
    QVERIFY(!timeline.show("110"));
    QVERIFY(!timeline.show("0"));
  }

  // Pictures of 96 pixels, under and beside longer texts.
  void sheets_have_room_for_every_caption() {
    GridSpec spec;
    spec.rows = {"acceleration", {"off", "a plan with quite a long name"}};
    spec.columns = {"acceleration", {"off", "a plan with an even longer name than the other"}};
    QList<GridCell> cells;
    for (int i = 0; i < spec.size(); ++i) {
      QImage image(96, 160, QImage::Format_RGB888);
      image.fill(QColor(10 * i, 128, 128));
      cells << GridCell{image, 123.456};
    }
    const QImage sheet = gridSheet(spec, cells);
    QFont font;
    font.setPixelSize(13);  // the sheet's
    const QFontMetrics metrics(font);
    const int head = metrics.horizontalAdvance("acceleration a plan with an even longer name than the other");
    const int name = metrics.horizontalAdvance("a plan with quite a long name");
    QVERIFY2(sheet.width() >= 2 * head + name, qPrintable(QString::number(sheet.width())));
    // Below the last row: time, PSNR and SSIM, a line each.
    int bottom = sheet.height() - 1;
    const auto isBlank = [&](int y) {
      for (int x = 0; x < sheet.width(); ++x)
        if (sheet.pixelColor(x, y) != QColor(Qt::white)) return false;
      return true;
    };
    while (isBlank(bottom)) --bottom;
    int lines = 0;
    for (int y = bottom; lines < 4 && y > 0; --y) lines += !isBlank(y) && isBlank(y - 1) ? 1 : 0;
    QVERIFY(bottom < sheet.height() - 1);  // nothing is cut below
    QVERIFY(lines >= 3);
  }

  void values_of_a_grid_are_whole_and_finite() {
    PaintSettings s;
    QVERIFY(applySetting(s, "seed", "18446744073709551615"));
    QCOMPARE(s.seed, std::numeric_limits<quint64>::max());
    for (const char* seed : {"18446744073709551616", "-1", "", "0x10", "5a"})
      QVERIFY2(!applySetting(s, "seed", seed), seed);
    QVERIFY(applySetting(s, "guidance", "4.5"));
    for (const char* guidance : {"inf", "nan", "0.5", "1e999"})
      QVERIFY2(!applySetting(s, "guidance", guidance), guidance);
    for (const char* steps : {"0", "5000abc", "2.5", "99999999999"})
      QVERIFY2(!applySetting(s, "steps", steps), steps);
  }

  void countdowns_have_no_milliseconds() {
    QCOMPARE(timeLeftText(0.074), QString("1 s"));
    QCOMPARE(timeLeftText(0.597), QString("1 s"));
    QCOMPARE(timeLeftText(24.4), QString("24 s"));
    QCOMPARE(timeLeftText(98), QString("1 min 38 s"));
    QCOMPARE(timeLeftText(3720), QString("1 h 2 min"));
    QCOMPARE(timeText(1.04), QString("1.0 s"));
    QCOMPARE(timeText(9.96), QString("10 s"));
    QCOMPARE(timeText(59.9), QString("1 min 0 s"));
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestRunModels)
#include "tst_run_models.moc"
