// A session over an engine by script, with a library, pictures and a trash of its own.
#pragma once

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <functional>
#include <limits>
#include <memory>

#include "fake_engine.h"
#include "gui/models/session.h"
#include "gui/service/kept_file.h"
#include "gui/service/paint_check.h"
#include "gui/service/picture_file.h"
#include "gui/service/pictures.h"
#include "io/png.h"

namespace diorama::gui {

class SessionFixture {
 protected:
  static constexpr int kPatience = 60000;  // ms, where the machine is slow

  void begin() {
    folder_ = std::make_unique<QTemporaryDir>();
    qputenv("XDG_DATA_HOME", QFile::encodeName(folder_->filePath("data")));  // where the trash is
  }
  void end() {
    session_.reset();
    folder_.reset();
  }
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

  // A session that knows its models.
  void open(const QList<ModelFacts>& models = {FakeEngine::model()}) {
    session_.reset();
    auto engine = std::make_unique<FakeEngine>();
    engine_ = engine.get();
    engine_->setModels(models);
    session_ = std::make_unique<Session>(library(), std::move(engine));
    QSignalSpy read(&session_->models(), &ModelsModel::allRead);
    session_->start();
    QVERIFY(!session_->models().isReading() || read.wait(kPatience));
  }
  void set(const std::function<void(PaintSettings&)>& change) {
    PaintSettings settings = session_->store().settings();
    change(settings);
    session_->store().setSettings(settings);
  }
  quint64 paintedSeed() {
    if (!session_->paint()) return 0;
    const quint64 seed = engine_->asked().last().settings.seed;
    engine_->finish();
    return seed;
  }
  QString paintOne() {
    session_->paint();
    engine_->finish();
    return session_->shownPath();
  }
  QString factOf(const char* setting) const {
    for (const SettingFact& fact : session_->caption())
      if (fact.setting == QLatin1String(setting)) return fact.text;
    return {};
  }
  QStringList captionDifferences() const {
    QStringList settings;
    for (const SettingFact& fact : session_->caption())
      if (fact.differs) settings << fact.setting;
    return settings;
  }

  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<Session> session_;
  FakeEngine* engine_ = nullptr;  // the session's
};

}  // namespace diorama::gui
