#include "gui/service/model_import.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "gui/service/model_facts.h"
#include "gui/service/pictures.h"
#include "io/model_files.h"

namespace diorama::gui {
namespace {

[[noreturn]] void failWith(const QString& path, const QString& why) {
  throw Error(Fault::file_system, QStringLiteral("%1: %2").arg(path, why).toStdString());
}

}  // namespace

ModelImport::ModelImport(QObject* parent) : QObject(parent) {
  pool_.setMaxThreadCount(1);
}

ModelImport::~ModelImport() {
  cancelled_ = true;
  pool_.waitForDone();
}

void ModelImport::begin(const QString& source, const QString& models, ImportKind kind) {
  cancelled_ = false;
  const QString folder = QFileInfo(source).canonicalFilePath();
  const QString target = QDir(models).filePath(QDir(folder.isEmpty() ? source : folder).dirName());
  pool_.start([this, source, target, kind] {
    try {
      run(source, target, kind);
      emit imported(target);
    } catch (...) {
      emit failed(currentFailure());
    }
  });
}

void ModelImport::run(const QString& source, const QString& target, ImportKind kind) {
  const ModelFacts facts = readModelFacts(source);
  if (!facts.usable()) throw Error(Fault::model_file, facts.problem.toStdString());
  if (kind == ImportKind::link) {
    const QFileInfo info(target);
    if (info.exists() || info.isSymLink())
      failWith(target, tr("is there already; remove it or rename the new folder"));
    if (!QDir().mkpath(info.path())) failWith(info.path(), tr("cannot be made"));
    if (!QFile::link(QDir(source).absolutePath(), target)) failWith(target, tr("cannot be linked"));
    return;
  }
  const ModelFiles files = files_of_model(toPath(source));
  NewFolder folder(toPath(target));
  const auto total = static_cast<qint64>(files.bytes());
  qint64 done = 0;
  copy_files(files, folder, [&](uint64_t bytes) {
    if (cancelled_) fail(Fault::cancelled, "[import] cancelled");
    done += static_cast<qint64>(bytes);
    emit progressed(done, total);
  });
  if (cancelled_) fail(Fault::cancelled, "[import] cancelled");
  folder.finish();
}

}  // namespace diorama::gui
