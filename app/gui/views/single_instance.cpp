#include "gui/views/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace diorama::gui {

SingleInstance::SingleInstance(const QString& library, QObject* parent) : QObject(parent) {
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
  QLocalSocket socket;
  socket.connectToServer(name_);
  if (socket.waitForConnected(kMilliseconds)) return false;
  QLocalServer::removeServer(name_);  // left behind by a crash
  return server_.listen(name_);
}

}  // namespace diorama::gui
