// What the window was set to when it was last seen: written soon after every change.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QObject>
#include <QTimer>
#include <optional>

#include "gui/service/paint_settings.h"

namespace diorama::gui {

enum class ThemeChoice { system, light, dark };

// Which seed a picture gets when the one in the settings was painted already: a new one, the same, or the one
// after the last.
enum class SeedMode { fresh, keep, next };
// open: a new one is to be drawn, whatever the mode. chosen: the next picture has it, whatever the mode.
enum class SeedState { open, chosen, painted };

struct WindowState {
  PaintSettings settings;
  SeedMode seedMode = SeedMode::fresh;
  SeedState seedState = SeedState::open;
  std::optional<quint64> lastSeed;  // of the last picture that was asked for
  int count = 1;                    // pictures of one press
  QString pictures;                 // where they go; empty: the library's own folder
  ThemeChoice theme = ThemeChoice::system;
  bool welcomed = false;
  bool tokensShown = false;
  bool previewsDecoded = false;
  QStringList modelFolders;            // added by the user
  QByteArray geometry, splitter;       // Qt's own formats
  QStringList prompts;                 // newest first
  QMap<QString, QString> modelTitles;  // given by the user, by folder

  bool seedLocked() const { return seedMode == SeedMode::keep; }

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

  // Another seed than before is one that was chosen.
  void setSettings(const PaintSettings& settings);
  void setSeed(quint64 seed, SeedState state);
  void setLastSeed(quint64 seed);
  void setSeedMode(SeedMode mode);
  // Keep it, or draw a new one each time.
  void setSeedLocked(bool locked) { setSeedMode(locked ? SeedMode::keep : SeedMode::fresh); }
  void setCount(int count);
  void setPictures(const QString& folder);
  void setTheme(ThemeChoice theme);
  void setWelcomed();
  void setTokensShown(bool shown);
  void setPreviewsDecoded(bool decoded);
  void setModelFolders(const QStringList& folders);
  void setModelTitles(const QMap<QString, QString>& titles);
  void setLayout(const QByteArray& geometry, const QByteArray& splitter);
  // To the front of the history; empty ones are not kept.
  void rememberPrompt(const QString& prompt);

  // At once; otherwise it is done when nothing has changed for a moment.
  void save();

 signals:
  void settingsChanged(const diorama::gui::PaintSettings& settings);  // also of the seed's state
  void seedModeChanged(diorama::gui::SeedMode mode);
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
