// What the window was set to when it was last seen: written soon after every change.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include "gui/service/paint_settings.h"

namespace diorama::gui {

enum class ThemeChoice { system, light, dark };

struct WindowState {
  PaintSettings settings;
  bool seedLocked = false;
  int count = 1;     // pictures of one press
  QString pictures;  // where they go; empty: the library's own folder
  ThemeChoice theme = ThemeChoice::system;
  bool welcomed = false;
  bool tokensShown = false;
  bool previewsDecoded = false;
  QStringList modelFolders;       // added by the user
  QByteArray geometry, splitter;  // Qt's own formats
  QStringList prompts;            // newest first

  static constexpr int kMostCount = 1000;
  static constexpr int kMostPrompts = 200;

  QJsonObject toJson() const;
  static WindowState fromJson(const QJsonObject& json);
};

class SettingsStore : public QObject {
  Q_OBJECT

 public:
  explicit SettingsStore(const QString& file, QObject* parent = nullptr);
  ~SettingsStore() override;

  // Where settings that could not be read are kept; empty: they could.
  const QString& aside() const { return aside_; }
  const WindowState& state() const { return state_; }
  const PaintSettings& settings() const { return state_.settings; }

  void setSettings(const PaintSettings& settings);
  void setSeedLocked(bool locked);
  void setCount(int count);
  void setPictures(const QString& folder);
  void setTheme(ThemeChoice theme);
  void setWelcomed();
  void setTokensShown(bool shown);
  void setPreviewsDecoded(bool decoded);
  void setModelFolders(const QStringList& folders);
  void setLayout(const QByteArray& geometry, const QByteArray& splitter);
  // To the front of the history; empty ones are not kept.
  void rememberPrompt(const QString& prompt);

  // At once; otherwise it is done when nothing has changed for a moment.
  void save();

 signals:
  void settingsChanged(const diorama::gui::PaintSettings& settings);
  void seedLockedChanged(bool locked);
  void themeChanged(diorama::gui::ThemeChoice theme);
  void promptsChanged();
  void saved();
  void cannotSave(QString file);

 private:
  void saveSoon();

  QString file_, aside_;
  WindowState state_;
  QTimer timer_;
};

}  // namespace diorama::gui
