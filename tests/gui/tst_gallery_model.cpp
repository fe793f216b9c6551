// The gallery: its index survives, search and filter, thumbnails come when they are looked at.
#include <sys/stat.h>
#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QListView>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QtTest>

#include "gui/models/gallery_model.h"
#include "gui/service/kept_file.h"
#include "gui/service/pictures.h"

namespace diorama::gui {

namespace {

constexpr auto kNoDatabase = "not a database, but long enough to be taken for one, page by page";

}  // namespace

class TestGalleryModel : public QObject {
  Q_OBJECT

 private:
  GalleryRow picture(int i, const QString& prompt, const QString& acceleration = "off") const {
    return {.path = folder_.filePath(QStringLiteral("%1.png").arg(i)),
            .prompt = prompt,
            .model = "diorama-mini",
            .seed = 18446744073709551615ULL - static_cast<quint64>(i),
            .width = 128,
            .height = 128,
            .steps = 20,
            .acceleration = acceleration,
            .seconds = 1.5,
            .created = 1000 + i};
  }
  QString file() const { return folder_.filePath("gallery.sqlite"); }
  void execute(const QByteArray& statement) const {
    {
      QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", "another program");
      database.setDatabaseName(file());
      QVERIFY(database.open());
      QSqlQuery query(database);
      QVERIFY2(query.exec(statement), qPrintable(query.lastError().text()));
    }
    QSqlDatabase::removeDatabase("another program");
  }
  QTemporaryDir folder_;

 private slots:
  void cleanup() {
    QDir folder(folder_.path());
    for (const QString& name : folder.entryList(QDir::Files | QDir::System | QDir::Hidden))
      folder.remove(name);
  }

  void comes_back_newest_first() {
    {
      GalleryModel gallery(file());
      QAbstractItemModelTester tester(&gallery);
      gallery.add(picture(1, "a cat"));
      gallery.add(picture(2, "a dog"));
      QCOMPARE(gallery.rowCount(), 2);
    }
    GalleryModel gallery(file());
    QCOMPARE(gallery.row(0).prompt, QString("a dog"));
    QCOMPARE(gallery.row(1).seed, picture(1, "").seed);
    QCOMPARE(gallery.row(1).seconds, 1.5);
  }

  void the_same_file_is_there_once() {
    GalleryModel gallery(file());
    gallery.add(picture(1, "a cat"));
    gallery.add(picture(1, "a cat"));
    QCOMPARE(gallery.rowCount(), 1);
    QCOMPARE(GalleryModel(file()).rowCount(), 1);
  }

  void search_and_filter() {
    GalleryModel gallery(file());
    QAbstractItemModelTester tester(&gallery);
    gallery.add(picture(1, "A red Apple"));
    gallery.add(picture(2, "a red cat", "fast"));
    gallery.add(picture(3, "a blue cat"));
    gallery.setSearch("RED");
    QCOMPARE(gallery.rowCount(), 2);
    gallery.setSearch("red cat");
    QCOMPARE(gallery.rowCount(), 1);
    gallery.setSearch(QString::number(*picture(3, "").seed));
    QCOMPARE(gallery.row(0).prompt, QString("a blue cat"));
    gallery.setSearch("");
    gallery.setFilter(GalleryFilter::accelerated);
    QCOMPARE(gallery.rowCount(), 1);
    gallery.add(picture(4, "hidden"));
    QCOMPARE(gallery.rowCount(), 1);
    gallery.add(picture(5, "seen", "balanced"));
    QCOMPARE(gallery.row(0).prompt, QString("seen"));
    gallery.setFilter(GalleryFilter::exact);
    QCOMPARE(gallery.rowCount(), 3);
    QCOMPARE(gallery.row(0).prompt, QString("hidden"));
  }

  void forgets() {
    GalleryModel gallery(file());
    QAbstractItemModelTester tester(&gallery);
    for (int i = 0; i < 3; ++i) gallery.add(picture(i, "p"));
    gallery.forget(picture(1, "").path);
    QCOMPARE(gallery.rowCount(), 2);
    QCOMPARE(gallery.rowOf(picture(0, "").path), 1);
    QCOMPARE(gallery.rowOf(picture(1, "").path), -1);
    QCOMPARE(GalleryModel(file()).rowCount(), 2);
  }

  void forgets_many_at_once() {
    GalleryModel gallery(file());
    QAbstractItemModelTester tester(&gallery);
    for (int i = 0; i < 5; ++i) gallery.add(picture(i, "p"));
    gallery.forgetAll({picture(1, "").path, picture(3, "").path, "/not/there.png"});
    QCOMPARE(gallery.rowCount(), 3);
    QCOMPARE(gallery.rowOf(picture(2, "").path), 1);
    QCOMPARE(GalleryModel(file()).rowCount(), 3);
  }

  void a_damaged_index_goes_aside_data() {
    QTest::addColumn<QByteArray>("statement");
    QTest::newRow("no database") << QByteArray();
    QTest::newRow("other columns") << QByteArray("CREATE TABLE pictures (something TEXT)");
    QTest::newRow("a view without end") << QByteArray(
        "CREATE VIEW pictures AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS "
        "id, i "
        "AS path, i AS prompt, i AS model, i AS seed, i AS width, i AS height, i AS steps, i AS "
        "acceleration, i AS "
        "seconds, i AS saved, i AS created FROM n");
  }

  void a_damaged_index_goes_aside() {
    QFETCH(QByteArray, statement);
    if (statement.isEmpty())
      QVERIFY(replaceFile(file(), kNoDatabase).isEmpty());
    else
      execute(statement);
    {
      GalleryModel gallery(file());
      QVERIFY(gallery.wasDamaged());
      QVERIFY(gallery.takeProblem().isEmpty());
      QVERIFY(QFile::exists(file() + ".broken"));
      gallery.add(picture(1, "a cat"));
    }
    GalleryModel gallery(file());
    QVERIFY(!gallery.wasDamaged());
    QCOMPARE(gallery.rowCount(), 1);
  }

  void no_damaged_index_takes_the_place_of_another() {
    for (int i = 0; i < 3; ++i) {
      QVERIFY(replaceFile(file(), QByteArray(kNoDatabase) + QByteArray::number(i)).isEmpty());
      QCOMPARE(GalleryModel(file()).aside(),
               file() + (i == 0 ? ".broken" : QString(".broken-%1").arg(i + 1)));
      for (const char* suffix : {"", "-wal", "-shm"}) QFile::remove(file() + suffix);
    }
    QFile first(file() + ".broken");
    QVERIFY(first.open(QIODevice::ReadOnly));
    QVERIFY(first.readAll().endsWith('0'));
  }

  void what_is_no_file_goes_aside_too() {
    QCOMPARE(::mkfifo(QFile::encodeName(file()).constData(), 0600), 0);
    GalleryModel gallery(file());
    QVERIFY(gallery.wasDamaged());
    gallery.add(picture(1, "a cat"));
    QCOMPARE(GalleryModel(file()).rowCount(), 1);
  }

  // A name decides nothing: what a picture's file holds may be made for another reader.
  void thumbnails_are_made_of_png_files_alone() {
    const QString svg = folder_.filePath("1.png");
    QVERIFY(replaceFile(svg,
                        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' "
                        "height='9'/></svg>")
                .isEmpty());
    QVERIFY(readSmallPicture(svg, 256).isNull());
    const QString pipe = folder_.filePath("2.png");
    QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    QString why;
    QVERIFY(readPicture(pipe, &why).isNull());
    QVERIFY2(why.contains("2.png"), qPrintable(why));
    QImage image(300, 100, QImage::Format_RGB888);
    image.fill(Qt::red);
    QVERIFY(image.save(folder_.filePath("3.png")));
    QCOMPARE(readSmallPicture(folder_.filePath("3.png"), 150).size(), QSize(150, 50));
  }

  void what_the_index_cannot_take_is_said_and_shown() {
    GalleryModel gallery(file());
    QSignalSpy problems(&gallery, &GalleryModel::problemFound);
    gallery.add(picture(1, "a cat"));
    QCOMPARE(problems.count(), 0);
    execute("DROP TABLE pictures");
    gallery.add(picture(2, "a dog"));
    QCOMPARE(problems.count(), 1);
    QVERIFY(!problems[0][0].toString().isEmpty());
    QCOMPARE(gallery.row(0).prompt, QString("a dog"));
  }

  void tips_show_prompts_as_they_stand() {
    GalleryModel gallery(file());
    gallery.add(picture(1, "<b>100 %2</b>"));
    const QString tip = gallery.index(0).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains("&lt;b&gt;100 %2&lt;/b&gt;"), qPrintable(tip));
  }

  void what_is_not_known_is_not_told() {
    {
      GalleryModel gallery(file());
      gallery.add({.path = folder_.filePath("holiday.png"), .created = 1});
    }
    GalleryModel gallery(file());
    QVERIFY(!gallery.row(0).seed);
    const QString tip = gallery.index(0).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains("holiday.png") && !tip.contains("seed") && !tip.contains("0 × 0"), qPrintable(tip));
    gallery.setSearch("0");
    QCOMPARE(gallery.rowCount(), 0);
  }

  void thumbnails_are_read_when_looked_at() {
    GalleryModel gallery(file());
    QImage image(512, 256, QImage::Format_RGB888);
    image.fill(Qt::red);
    QVERIFY(image.save(picture(1, "").path));
    gallery.add(picture(1, "a"));
    gallery.add(picture(2, "its file is gone"));
    QCOMPARE(gallery.thumbnails().numRead(), 0);
    QSignalSpy changed(&gallery, &QAbstractItemModel::dataChanged);
    QVERIFY(gallery.index(1).data(Qt::DecorationRole).value<QImage>().isNull());
    QVERIFY(changed.wait());
    QCOMPARE(gallery.index(1).data(Qt::DecorationRole).value<QImage>().size(), QSize(256, 128));
    QCOMPARE(gallery.thumbnails().numRead(), 1);
    QVERIFY(gallery.index(0).data(Qt::DecorationRole).value<QImage>().isNull());
    QVERIFY(changed.wait());
    QVERIFY(gallery.index(0).data(Qt::DecorationRole).value<QImage>().isNull());
  }

  void ten_thousand_open_within_a_second_and_read_only_what_is_seen() {
    constexpr int kPictures = 10000;
    {
      GalleryModel gallery(file());
      QList<GalleryRow> rows;
      for (int i = 0; i < kPictures; ++i) rows << picture(i, QStringLiteral("picture %1 of a cat").arg(i));
      gallery.addAll(rows);
    }
    QElapsedTimer timer;
    timer.start();
    GalleryModel gallery(file());
    QListView view;
    view.setViewMode(QListView::IconMode);
    view.setUniformItemSizes(true);
    view.setLayoutMode(QListView::Batched);
    view.setGridSize({170, 190});
    view.setModel(&gallery);
    view.resize(1200, 800);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const qint64 opened = timer.elapsed();
    QCOMPARE(gallery.rowCount(), kPictures);
    QVERIFY2(opened <= 1000, qPrintable(QString::number(opened)));
    timer.start();
    gallery.setSearch("cat 7777");
    QCOMPARE(gallery.rowCount(), 1);
    QVERIFY2(timer.elapsed() <= 100, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(gallery.thumbnails().numRead() < 500);
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestGalleryModel)
#include "tst_gallery_model.moc"
