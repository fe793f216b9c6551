// What is behind the window when it starts: pictures that it does not know, files that are damaged.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "gui/models/session.h"
#include "gui/service/kept_file.h"
#include "gui/service/picture_file.h"

namespace diorama::gui {
namespace {

constexpr int kPatience = 60000;  // ms, where the machine is slow

}  // namespace

class TestSession : public QObject {
  Q_OBJECT

 private:
  Library library() const { return {folder_->filePath("library"), folder_->filePath("pictures"), {}}; }
  void writePicture(const QString& name, const QByteArray& prompt) const {
    QDir().mkpath(library().pictures);
    QImage image(8, 8, QImage::Format_RGB888);
    image.fill(Qt::red);
    const QByteArray recipe = "{\"program\": \"Diorama 0.1.0\", \"prompt\": \"" + prompt + "\"}";
    QCOMPARE(writePictureFile(library().pictures + '/' + name, image, recipe), QString());
  }
  static bool waitForPictures(Session& session, int count) {
    return QTest::qWaitFor([&] { return session.gallery().numPictures() == count; }, kPatience);
  }

  std::unique_ptr<QTemporaryDir> folder_;

 private slots:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

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
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestSession)
#include "tst_session.moc"
