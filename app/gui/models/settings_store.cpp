#include "gui/models/settings_store.h"

#include <QJsonArray>

#include "gui/models/library.h"
#include "gui/service/kept_file.h"

namespace diorama::gui {
namespace {

constexpr int kQuietMilliseconds = 150;

QString encoded(const QByteArray& bytes) {
  return QString::fromLatin1(bytes.toBase64());
}

QByteArray decoded(const QJsonValue& value) {
  return QByteArray::fromBase64(value.toString().toLatin1());
}

}  // namespace

QJsonObject WindowState::toJson() const {
  return {{"settings", settings.toJson()},
          {"seed_locked", seedLocked},
          {"count", count},
          {"pictures", pictures},
          {"theme", static_cast<int>(theme)},
          {"welcomed", welcomed},
          {"tokens_shown", tokensShown},
          {"previews_decoded", previewsDecoded},
          {"model_folders", QJsonArray::fromStringList(modelFolders)},
          {"geometry", encoded(geometry)},
          {"splitter", encoded(splitter)},
          {"prompts", QJsonArray::fromStringList(prompts)}};
}

WindowState WindowState::fromJson(const QJsonObject& json) {
  WindowState state;
  state.settings = PaintSettings::fromJson(json["settings"].toObject());
  state.seedLocked = json["seed_locked"].toBool();
  state.count = std::clamp(json["count"].toInt(1), 1, kMostCount);
  state.pictures = json["pictures"].toString();
  state.theme = static_cast<ThemeChoice>(std::clamp(json["theme"].toInt(), 0, 2));
  state.welcomed = json["welcomed"].toBool();
  state.tokensShown = json["tokens_shown"].toBool();
  state.previewsDecoded = json["previews_decoded"].toBool();
  for (const QJsonValue& folder : json["model_folders"].toArray()) state.modelFolders << folder.toString();
  state.geometry = decoded(json["geometry"]);
  state.splitter = decoded(json["splitter"]);
  for (const QJsonValue& prompt : json["prompts"].toArray())
    if (state.prompts.size() < kMostPrompts) state.prompts << prompt.toString();
  return state;
}

SettingsStore::SettingsStore(const QString& file, QObject* parent) : QObject(parent), file_(file) {
  const KeptJson kept = readKeptJson(
      file, [](const QJsonObject& json) { return json.isEmpty() || json["settings"].isObject(); });
  state_ = WindowState::fromJson(kept.json);
  aside_ = kept.aside;
  timer_.setSingleShot(true);
  timer_.setInterval(kQuietMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &SettingsStore::save);
}

SettingsStore::~SettingsStore() {
  if (timer_.isActive()) writeJson(file_, state_.toJson());
}

void SettingsStore::saveSoon() {
  timer_.start();
}

void SettingsStore::save() {
  timer_.stop();
  if (writeJson(file_, state_.toJson()))
    emit saved();
  else
    emit cannotSave(file_);
}

void SettingsStore::setSettings(const PaintSettings& settings) {
  if (settings == state_.settings) return;
  state_.settings = settings;
  saveSoon();
  emit settingsChanged(settings);
}

void SettingsStore::setSeedLocked(bool locked) {
  if (locked == state_.seedLocked) return;
  state_.seedLocked = locked;
  saveSoon();
  emit seedLockedChanged(locked);
}

void SettingsStore::setCount(int count) {
  state_.count = count;
  saveSoon();
}

void SettingsStore::setPictures(const QString& folder) {
  state_.pictures = folder;
  saveSoon();
}

void SettingsStore::setTheme(ThemeChoice theme) {
  if (theme == state_.theme) return;
  state_.theme = theme;
  saveSoon();
  emit themeChanged(theme);
}

void SettingsStore::setWelcomed() {
  state_.welcomed = true;
  saveSoon();
}

void SettingsStore::setTokensShown(bool shown) {
  state_.tokensShown = shown;
  saveSoon();
}

void SettingsStore::setPreviewsDecoded(bool decoded) {
  state_.previewsDecoded = decoded;
  saveSoon();
}

void SettingsStore::setModelFolders(const QStringList& folders) {
  state_.modelFolders = folders;
  saveSoon();
}

void SettingsStore::setLayout(const QByteArray& geometry, const QByteArray& splitter) {
  state_.geometry = geometry;
  state_.splitter = splitter;
  saveSoon();
}

void SettingsStore::rememberPrompt(const QString& prompt) {
  if (prompt.trimmed().isEmpty()) return;
  state_.prompts.removeAll(prompt);
  state_.prompts.prepend(prompt);
  while (state_.prompts.size() > WindowState::kMostPrompts) state_.prompts.removeLast();
  saveSoon();
  emit promptsChanged();
}

}  // namespace diorama::gui
