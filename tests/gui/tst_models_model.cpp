// The models: what ships, read in the background; broken folders are explained.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "gui/models/models_model.h"
#include "gui/service/token_counter.h"

namespace diorama::gui {

class TestModelsModel : public QObject {
  Q_OBJECT

 private slots:
  void the_model_that_ships_is_known() {
    ModelsModel models;
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
    ModelsModel models;
    QAbstractItemModelTester tester(&models);
    QSignalSpy read(&models, &ModelsModel::modelRead);
    models.addFolder(folder.path());
    QVERIFY(read.wait(60000));
    QVERIFY(!models.facts(0).usable());
    QVERIFY2(models.facts(0).problem.contains("model_index.json"), qPrintable(models.facts(0).problem));
    models.addFolder(folder.path());
    QVERIFY(read.wait(60000));
    QCOMPARE(models.rowCount(), 1);
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestModelsModel)
#include "tst_models_model.moc"
