#include "gui/service/model_import.h"

#include <QDir>
#include <QDirIterator>

#include "gui/service/model_facts.h"

namespace diorama::gui {
namespace {

constexpr qint64 kChunk = qint64{4} << 20;  // bytes between looks at `cancelled_`

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
  const QString target = QDir(models).filePath(QDir(source).dirName());
  pool_.start([this, source, target, kind] {
    try {
      run(source, target, kind);
      emit imported(target);
    } catch (...) {
      QDir(target + ".part").removeRecursively();
      emit failed(currentFailure());
    }
  });
}

void ModelImport::run(const QString& source, const QString& target, ImportKind kind) {
  const ModelFacts facts = readModelFacts(source);
  if (!facts.usable()) throw Error(Fault::model_file, facts.problem.toStdString());
  if (QFileInfo::exists(target)) failWith(target, tr("is there already; remove it or rename the new folder"));
  if (!QDir().mkpath(QFileInfo(target).path())) failWith(QFileInfo(target).path(), tr("cannot be made"));
  if (kind == ImportKind::link) {
    if (!QFile::link(QDir(source).absolutePath(), target)) failWith(target, tr("cannot be linked"));
    return;
  }
  done_ = 0;
  const QString part = target + ".part";
  copyFolder(source, part, facts.bytes);
  if (!QDir().rename(part, target)) failWith(target, tr("cannot be written"));
}

void ModelImport::copyFolder(const QString& from, const QString& to, qint64 total) {
  const QDir source(from);
  QDirIterator files(from, QDir::Files, QDirIterator::Subdirectories | QDirIterator::FollowSymlinks);
  while (files.hasNext()) {
    const QString file = files.next();
    const QString copy = QDir(to).filePath(source.relativeFilePath(file));
    if (!QDir().mkpath(QFileInfo(copy).path())) failWith(copy, tr("cannot be written"));
    copyFile(file, copy, total);
  }
}

void ModelImport::copyFile(const QString& from, const QString& to, qint64 total) {
  QFile in(from), out(to);
  if (!in.open(QIODevice::ReadOnly)) failWith(from, in.errorString());
  if (!out.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) failWith(to, out.errorString());
  while (!in.atEnd()) {
    if (cancelled_) fail(Fault::cancelled, "[import] cancelled");
    const QByteArray bytes = in.read(kChunk);
    if (bytes.isEmpty() && in.error() != QFileDevice::NoError) failWith(from, in.errorString());
    if (out.write(bytes) != bytes.size()) failWith(to, out.errorString());
    done_ += bytes.size();
    emit progressed(done_, total);
  }
}

}  // namespace diorama::gui
