// A model's folder into the user's own: with the files that its links lead to, and nothing from elsewhere.
#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <memory>

#include "dit_folder.h"
#include "gui/service/model_facts.h"
#include "gui/service/model_import.h"

namespace diorama::gui {
namespace {

namespace fs = std::filesystem;

constexpr int kPatience = 60000;  // ms, where the machine is slow

}  // namespace

class TestModelImport : public QObject {
  Q_OBJECT

 private:
  fs::path root() const { return folder_->path().toStdString(); }
  QString models() const { return folder_->filePath("models"); }

  // Every file in `blobs`, and links to them where it stood.
  QString hub() {
    const QString source = folder_->filePath("dit");
    writeDitFolder(source, {});
    const fs::path from = source.toStdString(), hub = root() / "hub";
    fs::create_directories(hub / "blobs");
    int number = 0;
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
      if (!entry.is_regular_file()) continue;
      const fs::path blob = hub / "blobs" / std::to_string(++number);
      const fs::path link = hub / "snapshots/rev" / fs::relative(entry.path(), from);
      fs::create_directories(link.parent_path());
      fs::copy_file(entry.path(), blob);
      fs::create_symlink(fs::relative(blob, link.parent_path()), link);
    }
    return QString::fromStdString((hub / "snapshots/rev").string());
  }
  Failure fails(const QString& source) {
    ModelImport import;
    QSignalSpy failed(&import, &ModelImport::failed), imported(&import, &ModelImport::imported);
    import.begin(source, models(), ImportKind::copy);
    if (failed.isEmpty()) failed.wait(kPatience);
    return failed.isEmpty() ? Failure() : failed[0][0].value<Failure>();
  }
  QString imports(const QString& source, ImportKind kind = ImportKind::copy) {
    ModelImport import;
    QSignalSpy imported(&import, &ModelImport::imported);
    import.begin(source, models(), kind);
    if (imported.isEmpty()) imported.wait(kPatience);
    return imported.isEmpty() ? QString() : imported[0][0].toString();
  }

  std::unique_ptr<QTemporaryDir> folder_;

 private slots:
  void initTestCase() { qRegisterMetaType<Failure>(); }
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void a_hubs_cache_becomes_files() {
    const QString source = hub();
    fs::create_symlink("../../../secret", source.toStdString() + "/NOTICE");
    QFile(folder_->filePath("secret")).open(QIODevice::WriteOnly);
    const QString folder = imports(source);
    QCOMPARE(folder, models() + "/rev");
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.toStdString())) {
      QVERIFY2(!entry.is_symlink(), entry.path().c_str());
      files += entry.is_regular_file() ? 1 : 0;
    }
    QVERIFY(files > 4 && !QFile::exists(folder + "/NOTICE"));
    const QString problem = readModelFacts(folder).problem;
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
  }

  void parts_from_elsewhere_are_refused_and_can_be_linked() {
    const QString source = folder_->filePath("dit");
    writeDitFolder(source, {});
    QVERIFY(QDir(source).rename("vae", folder_->filePath("vae")));
    fs::create_symlink(root() / "vae", root() / "dit/vae");
    const Failure failure = fails(source);
    QVERIFY2(failure.what.contains("dit/vae") && failure.what.contains("leads out"),
             qPrintable(failure.what));
    QVERIFY(QDir(models()).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    QCOMPARE(imports(source, ImportKind::link), models() + "/dit");
  }

  void what_a_killed_import_left_is_cleaned_up() {
    const QString source = folder_->filePath("dit");
    writeDitFolder(source, {});
    writeText(models() + "/dit.partial/.diorama-unfinished", "");
    writeText(models() + "/dit.partial/transformer/half", "half");
    const QString folder = imports(source);
    QVERIFY(!folder.isEmpty() && !QFile::exists(folder + "/transformer/half"));
    QCOMPARE(QDir(models()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList("dit"));
    QVERIFY(fails(source).what.contains("already"));
  }
};

}  // namespace diorama::gui

QTEST_GUILESS_MAIN(diorama::gui::TestModelImport)
#include "tst_model_import.moc"
