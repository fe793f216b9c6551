#include "gui/models/gallery_store.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>
#include <atomic>

#include "gui/service/kept_file.h"

namespace diorama::gui {
namespace {

constexpr auto kSchema =
    "CREATE TABLE IF NOT EXISTS pictures ("
    "id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, prompt TEXT NOT NULL, model TEXT NOT NULL, "
    "seed TEXT NOT NULL, width INTEGER, height INTEGER, steps INTEGER, acceleration TEXT NOT NULL, "
    "seconds REAL, saved REAL, created INTEGER)";
constexpr auto kInsert =
    "INSERT OR IGNORE INTO pictures "
    "(path, prompt, model, seed, width, height, steps, acceleration, seconds, saved, created) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kSelect =
    "SELECT id, path, prompt, model, seed, width, height, steps, acceleration, seconds, saved, created "
    "FROM pictures ORDER BY created DESC, id DESC";

QString notNull(const QString& text) {
  return text.isNull() ? QStringLiteral("") : text;
}

// As text: 64 bits are more than SQLite's numbers keep.
QString seedText(const GalleryRow& row) {
  return row.seed ? QString::number(*row.seed) : QStringLiteral("");
}

std::optional<quint64> seedIn(const QString& text) {
  bool fits = false;
  const quint64 seed = text.toULongLong(&fits);
  return fits ? std::optional(seed) : std::nullopt;
}

void bind(QSqlQuery& query, const GalleryRow& row) {
  const QVariantList values{row.path,    notNull(row.prompt), notNull(row.model), seedText(row),
                            row.width,   row.height,          row.steps,          notNull(row.acceleration),
                            row.seconds, row.saved,           row.created};
  for (int i = 0; i < values.size(); ++i) query.bindValue(i, values[i]);
}

GalleryRow readRow(const QSqlQuery& query) {
  return {query.value(0).toLongLong(),
          query.value(1).toString(),
          query.value(2).toString(),
          query.value(3).toString(),
          seedIn(query.value(4).toString()),
          query.value(5).toInt(),
          query.value(6).toInt(),
          query.value(7).toInt(),
          query.value(8).toString(),
          query.value(9).toDouble(),
          query.value(10).toDouble(),
          query.value(11).toLongLong()};
}

}  // namespace

GalleryStore::GalleryStore(const QString& file) {
  static std::atomic<int> number{0};
  connection_ = QStringLiteral("gallery-%1").arg(++number);
  QDir().mkpath(QFileInfo(file).path());
  QSqlDatabase::addDatabase("QSQLITE", connection_).setDatabaseName(file);
  const QFileInfo info(file);
  const bool isFile = info.isFile() || (!info.exists() && !info.isSymLink());
  if (isFile && (!open() || isSound())) return;
  damaged_ = true;
  QSqlDatabase::database(connection_, false).close();
  aside_ = putAside(file);
  for (const char* suffix : {"-wal", "-shm"})
    if (!aside_.isEmpty()) QFile::rename(file + suffix, aside_ + suffix);
  problem_.clear();
  open();
}

GalleryStore::~GalleryStore() {
  QSqlDatabase::database(connection_, false).close();
  QSqlDatabase::removeDatabase(connection_);
}

// False where there can be no index at all. One that is damaged is opened.
bool GalleryStore::open() {
  QSqlDatabase database = QSqlDatabase::database(connection_, false);
  if (!database.open()) {
    problem_ = database.lastError().text();
    return false;
  }
  // A killed program loses nothing that was committed; only a power cut may lose the last picture's row,
  // which the next start finds again in the folder.
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=NORMAL");
  run(kSchema);
  return true;
}

// Also where it is only locked, or on a disk that is full or not to be written.
bool GalleryStore::isSound() {
  static const QList<int> damage{1, 11, 26};  // SQLITE_ERROR: other columns; _CORRUPT, _NOTADB
  if (code_ != 0) return !damage.contains(code_);
  // A view can be longer than any file, and a trigger can run for ever.
  QSqlQuery kinds(QSqlDatabase::database(connection_, false));
  if (kinds.exec("SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')") && kinds.next() &&
      kinds.value(0).toInt() > 0)
    return false;
  if (!run(kSelect)) return !damage.contains(code_);
  QSqlQuery check(QSqlDatabase::database(connection_, false));
  return !check.exec("PRAGMA quick_check(1)") || !check.next() || check.value(0).toString() == "ok";
}

bool GalleryStore::run(const QString& statement) {
  QSqlQuery query(QSqlDatabase::database(connection_, false));
  if (query.exec(statement)) return true;
  problem_ = query.lastError().text();
  code_ = query.lastError().nativeErrorCode().toInt() &
          0xff;  // the low byte of an extended code is the plain one
  return false;
}

QList<GalleryRow> GalleryStore::all() {
  QSqlQuery query(QSqlDatabase::database(connection_, false));
  query.setForwardOnly(true);
  QList<GalleryRow> rows;
  if (!query.exec(kSelect)) problem_ = query.lastError().text();
  while (query.next()) rows << readRow(query);
  return rows;
}

qint64 GalleryStore::insert(const GalleryRow& row) {
  QSqlQuery query(QSqlDatabase::database(connection_, false));
  query.prepare(kInsert);
  bind(query, row);
  if (!query.exec()) problem_ = query.lastError().text();
  return query.numRowsAffected() > 0 ? query.lastInsertId().toLongLong() : 0;
}

void GalleryStore::insertAll(QList<GalleryRow>& rows) {
  run("BEGIN");
  for (GalleryRow& row : rows) row.id = insert(row);
  if (!run("COMMIT")) run("ROLLBACK");
}

void GalleryStore::remove(const QList<qint64>& ids) {
  run("BEGIN");
  QSqlQuery query(QSqlDatabase::database(connection_, false));
  query.prepare("DELETE FROM pictures WHERE id = ?");
  for (const qint64 id : ids) {
    query.bindValue(0, id);
    if (!query.exec()) problem_ = query.lastError().text();
  }
  if (!run("COMMIT")) run("ROLLBACK");
}

}  // namespace diorama::gui
