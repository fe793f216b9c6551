// What the window asks of the desktop over D-Bus, with a desktop that this test plays, on a bus of its own.
#include <QDBusAbstractAdaptor>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusVariant>
#include <QSignalSpy>
#include <QtTest>

#include "gui/views/color_scheme.h"
#include "gui/views/notice.h"
#include "requirements.h"

namespace diorama::gui {

class Portal : public QDBusAbstractAdaptor {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

 public:
  explicit Portal(QObject* parent) : QDBusAbstractAdaptor(parent) {}

  uint scheme = 0;  // 1: dark, 2: light

 public slots:
  // A variant within a variant, as xdg-desktop-portal answers.
  QDBusVariant Read(const QString& group, const QString& key) {
    asked = group + ' ' + key;
    return QDBusVariant(QVariant::fromValue(QDBusVariant(scheme)));
  }

 signals:
  void SettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 public:
  QString asked;
};

class Notices : public QDBusAbstractAdaptor {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

 public:
  explicit Notices(QObject* parent) : QDBusAbstractAdaptor(parent) {}

 signals:
  void notified(const QString& title, const QString& text);

 public slots:
  uint Notify(const QString& program, uint, const QString& icon, const QString& title, const QString& text,
              const QStringList&, const QVariantMap&, int) {
    emit notified(program + ' ' + icon + ' ' + title, text);
    return 1;
  }
};

class TestDesktop : public QObject {
  Q_OBJECT

 private:
  static constexpr int kPatience = 10000;  // ms
  QDBusConnection desktop_ = QDBusConnection::connectToBus(QDBusConnection::SessionBus, "desktop");
  QObject portalObject_, noticesObject_;
  Portal* portal_ = new Portal(&portalObject_);
  Notices* notices_ = new Notices(&noticesObject_);

 private slots:
  void initTestCase() {
    if (!desktop_.isConnected()) {
      if (test::is_required("window")) QFAIL("a session bus is required, but there is none");
      QSKIP("no session bus");
    }
    QVERIFY(desktop_.registerObject("/org/freedesktop/portal/desktop", &portalObject_));
    QVERIFY(desktop_.registerObject("/org/freedesktop/Notifications", &noticesObject_));
    QVERIFY(desktop_.registerService("org.freedesktop.Notifications"));
  }
  void cleanup() { desktop_.unregisterService("org.freedesktop.portal.Desktop"); }

  void light_where_no_portal_says_otherwise() {
    const ColorScheme scheme;
    const auto* answer = scheme.findChild<QDBusPendingCallWatcher*>();
    QVERIFY(answer != nullptr);
    QSignalSpy refused(answer, &QObject::destroyed);
    QVERIFY(refused.wait(kPatience));
    QVERIFY(!scheme.isDark());
  }

  void follows_the_portal() {
    QVERIFY(desktop_.registerService("org.freedesktop.portal.Desktop"));
    portal_->scheme = 1;
    ColorScheme scheme;
    QSignalSpy changed(&scheme, &ColorScheme::changed);
    QVERIFY(changed.wait(kPatience));
    QCOMPARE(portal_->asked, QString("org.freedesktop.appearance color-scheme"));
    QVERIFY(scheme.isDark());
    emit portal_->SettingChanged("org.freedesktop.appearance", "accent-color", QDBusVariant(2U));
    emit portal_->SettingChanged("org.freedesktop.appearance", "color-scheme", QDBusVariant(2U));
    QVERIFY(changed.wait(kPatience));
    QCOMPARE(changed.count(), 2);
    QVERIFY(!scheme.isDark());
  }

  void a_notice_says_what_is_finished() {
    QSignalSpy notified(notices_, &Notices::notified);
    sendNotice("Picture finished", "0001-cat.png");
    QVERIFY(notified.wait(kPatience));
    QCOMPARE(notified[0][0].toString(), QString("Diorama diorama Picture finished"));
    QCOMPARE(notified[0][1].toString(), QString("0001-cat.png"));
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestDesktop)
#include "tst_desktop.moc"
