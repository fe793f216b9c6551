// The models: what ships, read in the background; broken folders are explained.
#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "gui/models/models_model.h"
#include "gui/service/engine_service.h"
#include "gui/service/token_counter.h"

namespace diorama::gui {

class TestModelsModel : public QObject {
  Q_OBJECT

 private slots:
  void the_model_that_ships_is_known() {
    const EngineService engine;
    ModelsModel models(engine);
    QAbstractItemModelTester tester(&models);
    QSignalSpy read(&models, &ModelsModel::allRead);
    models.refresh();
    QVERIFY(models.isReading());
    QVERIFY(read.wait(60000));
    const ModelFacts* mini = models.find("diorama-mini");
    QVERIFY(mini != nullptr);
    QVERIFY2(mini->usable(), qPrintable(mini->problem));
    QCOMPARE(mini->recommended.width, 128);
    QCOMPARE(mini->recommended.steps, 20);
    QCOMPARE(mini->recommended.sampler, QString("euler"));
    QCOMPARE(mini->samplers, QStringList({"euler", "heun", "dpmpp-2m"}));
    QCOMPARE(mini->backgrounds.size(), mini->backgroundColours.size());
    QVERIFY(mini->license.contains("MIT"));
    QVERIFY(mini->hasPreview && mini->numBlocks > 0 && mini->parameters > 1000000);
    QVERIFY(mini->memory.size() >= 4);
    QVERIFY(mini->memory.first().bytes > mini->memory.last().bytes);
    QCOMPARE(mini->plans.size(), 2);
    QVERIFY(mini->classes.isEmpty());
    const TokenCount count = mini->tokens->count("a red apple");
    QVERIFY(count.used >= 3 && count.used < count.most);
    QVERIFY(!mini->tokens->count(QString("apple ").repeated(500)).dropped.isEmpty());
  }

  void a_broken_folder_says_what_is_wrong() {
    QTemporaryDir folder;
    QFile index(folder.filePath("model_index.json"));
    QVERIFY(index.open(QIODevice::WriteOnly));
    index.write("{ broken");
    index.close();
    const EngineService engine;
    ModelsModel models(engine);
    QAbstractItemModelTester tester(&models);
    QSignalSpy read(&models, &ModelsModel::modelRead);
    models.addFolder(folder.path());
    QVERIFY(read.wait(60000));
    QVERIFY(!models.facts(0).usable());
    QVERIFY2(models.facts(0).problem.contains("model_index.json"), qPrintable(models.facts(0).problem));
    models.addFolder(folder.path());
    QVERIFY(read.wait(60000));
    QCOMPARE(models.rowCount(), 1);
    QVERIFY(!models.hasUsable());
    models.forgetFolder(folder.path());
    QCOMPARE(models.rowCount(), 0);
    QVERIFY(models.extraFolders().isEmpty());
  }

  // As `diorama quantise` leaves it in the model's folder.
  void the_report_of_a_quantisation_is_the_models_own() {
    QTemporaryDir folder;
    const std::filesystem::path copy = folder.filePath("mini").toStdString();
    std::filesystem::copy(DIORAMA_SOURCE_DIR "/assets/models/diorama-mini", copy,
                          std::filesystem::copy_options::recursive);
    QFile file(folder.filePath("mini/diorama.json"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    json["quantisation"] =
        QJsonObject{{"format", "w8a8"},
                    {"report", QJsonObject{{"bytes_before", 33345536},
                                           {"bytes_after", 11639194},
                                           {"psnr", QJsonObject{{"mean", 33.24}, {"worst", 28.96}}}}}};
    file.resize(0);
    file.seek(0);
    file.write(QJsonDocument(json).toJson());
    file.close();
    const QString report = readModelFacts(folder.filePath("mini")).report;
    for (const char* part : {"31.8", "11.1", "33.2", "29.0"})
      QVERIFY2(report.contains(part), qPrintable(report));
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestModelsModel)
#include "tst_models_model.moc"
