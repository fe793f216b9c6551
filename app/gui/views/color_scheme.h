// Whether the desktop is dark, by the settings portal: Qt 6.4 does not say.
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace diorama::gui {

class ColorScheme : public QObject {
  Q_OBJECT

 public:
  explicit ColorScheme(QObject* parent = nullptr);

  bool isDark() const { return dark_; }

 signals:
  void changed(bool dark);

 private slots:
  void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 private:
  void take(const QVariant& value);

  bool dark_ = false;
};

}  // namespace diorama::gui
