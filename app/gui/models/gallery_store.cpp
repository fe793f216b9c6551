#include "gui/models/gallery_store.h"

#include <QDir>
#include <QFileInfo>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>
#include <atomic>

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

void bind(QSqlQuery& query, const GalleryRow& row) {
  const QVariantList values{row.path,    notNull(row.prompt), notNull(row.model), QString::number(row.seed),
                            row.width,   row.height,          row.steps,          notNull(row.acceleration),
                            row.seconds, row.saved,           row.created};
  for (int i = 0; i < values.size(); ++i) query.bindValue(i, values[i]);
}

GalleryRow readRow(const QSqlQuery& query) {
  return {query.value(0).toLongLong(), query.value(1).toString(),    query.value(2).toString(),
          query.value(3).toString(),   query.value(4).toULongLong(), query.value(5).toInt(),
          query.value(6).toInt(),      query.value(7).toInt(),       query.value(8).toString(),
          query.value(9).toDouble(),   query.value(10).toDouble(),   query.value(11).toLongLong()};
}

}  // namespace

GalleryStore::GalleryStore(const QString& file) {
  static std::atomic<int> number{0};
  connection_ = QStringLiteral("gallery-%1").arg(++number);
  QDir().mkpath(QFileInfo(file).path());
  QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", connection_);
  database.setDatabaseName(file);
  if (!database.open()) {
    problem_ = database.lastError().text();
    return;
  }
  // A killed program loses nothing that was committed; only a power cut may lose the last picture's row,
  // which the next start finds again in the folder.
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=NORMAL");
  run(kSchema);
}

GalleryStore::~GalleryStore() {
  QSqlDatabase::database(connection_, false).close();
  QSqlDatabase::removeDatabase(connection_);
}

bool GalleryStore::run(const QString& statement) {
  QSqlQuery query(QSqlDatabase::database(connection_, false));
  if (query.exec(statement)) return true;
  problem_ = query.lastError().text();
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

void GalleryStore::remove(qint64 id) {
  QSqlQuery query(QSqlDatabase::database(connection_, false));
  query.prepare("DELETE FROM pictures WHERE id = ?");
  query.bindValue(0, id);
  if (!query.exec()) problem_ = query.lastError().text();
}

}  // namespace diorama::gui
