#include "gui/views/notice.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QVariantMap>

namespace diorama::gui {

void sendNotice(const QString& title, const QString& text) {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  QDBusMessage notice =
      QDBusMessage::createMethodCall("org.freedesktop.Notifications", "/org/freedesktop/Notifications",
                                     "org.freedesktop.Notifications", "Notify");
  constexpr int kAsLongAsUsual = -1;
  notice << QStringLiteral("Diorama") << 0U << QStringLiteral("diorama") << title << text << QStringList()
         << QVariantMap() << kAsLongAsUsual;
  bus.asyncCall(notice);
}

}  // namespace diorama::gui
