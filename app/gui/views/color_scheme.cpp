#include "gui/views/color_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>
#include <QPalette>

namespace diorama::gui {
namespace {

constexpr auto kService = "org.freedesktop.portal.Desktop";
constexpr auto kPath = "/org/freedesktop/portal/desktop";
constexpr auto kInterface = "org.freedesktop.portal.Settings";
constexpr auto kGroup = "org.freedesktop.appearance";
constexpr auto kKey = "color-scheme";
constexpr uint kPrefersDark = 1;

// The portal wraps values once or twice.
QVariant unwrapped(QVariant value) {
  while (value.canConvert<QDBusVariant>() && value.userType() == qMetaTypeId<QDBusVariant>())
    value = value.value<QDBusVariant>().variant();
  return value;
}

}  // namespace

ColorScheme::ColorScheme(QObject* parent) : QObject(parent) {
  const QPalette palette = QGuiApplication::palette();
  dark_ = palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  qRegisterMetaType<QDBusVariant>();  // QtDBus looks for the slot's types by name
  bus.connect(kService, kPath, kInterface, "SettingChanged", this,
              SLOT(settingChanged(QString, QString, QDBusVariant)));
  QDBusMessage ask = QDBusMessage::createMethodCall(kService, kPath, kInterface, "Read");
  ask << QString(kGroup) << QString(kKey);
  auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(ask), this);
  connect(answer, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* call) {
    const QDBusPendingReply<QDBusVariant> reply = *call;
    if (reply.isValid()) take(reply.value().variant());
    call->deleteLater();
  });
}

void ColorScheme::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
  if (group == kGroup && key == kKey) take(value.variant());
}

void ColorScheme::take(const QVariant& value) {
  const bool dark = unwrapped(value).toUInt() == kPrefersDark;
  if (dark == dark_) return;
  dark_ = dark;
  emit changed(dark);
}

}  // namespace diorama::gui
