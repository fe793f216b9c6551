#include "gui/views/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace diorama::gui {

SingleInstance::SingleInstance(const QString& library, QObject* parent)
    : QObject(parent), lock_(QDir(library).filePath(QStringLiteral("window.lock"))) {
  QDir().mkpath(library);
  lock_.setStaleLockTime(0);  // stale only when its program is gone, however long it runs
  constexpr int kDigits = 16;
  const QByteArray path = QDir(library).absolutePath().toUtf8();
  const QByteArray digest = QCryptographicHash::hash(path, QCryptographicHash::Sha1).toHex().left(kDigits);
  name_ = QStringLiteral("diorama-%1").arg(QLatin1String(digest));
  server_.setSocketOptions(QLocalServer::UserAccessOption);
  connect(&server_, &QLocalServer::newConnection, this, [this] {
    while (QLocalSocket* socket = server_.nextPendingConnection()) socket->deleteLater();
    emit raised();
  });
}

bool SingleInstance::claim() {
  constexpr int kMilliseconds = 500;
  if (!lock_.tryLock(kMilliseconds) && lock_.error() == QLockFile::LockFailedError) {
    QLocalSocket socket;
    socket.connectToServer(name_);
    socket.waitForConnected(kMilliseconds);
    return false;
  }
  // A folder that cannot be written to has no lock; the window says so, and opens.
  QLocalServer::removeServer(name_);  // left behind by a crash
  server_.listen(name_);
  return true;
}

}  // namespace diorama::gui
