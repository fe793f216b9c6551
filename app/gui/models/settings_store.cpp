#include "gui/models/settings_store.h"

#include <QJsonArray>
#include <algorithm>

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

template <typename Choice>
Choice choiceAt(const QJsonValue& value, Choice fallback, Choice last) {
  return static_cast<Choice>(std::clamp(value.toInt(static_cast<int>(fallback)), 0, static_cast<int>(last)));
}

// As text: 64 bits are more than a JSON number keeps.
std::optional<quint64> seedIn(const QJsonValue& value) {
  bool fits = false;
  const quint64 seed = value.toString().toULongLong(&fits);
  return fits ? std::optional(seed) : std::nullopt;
}

QJsonObject titlesToJson(const QMap<QString, QString>& titles) {
  QJsonObject json;
  for (auto title = titles.begin(); title != titles.end(); ++title) json[title.key()] = title.value();
  return json;
}

// What versions without modes kept is a seed that was painted, locked or not.
void readSeedState(const QJsonObject& json, WindowState& state) {
  const bool knowsModes = json.contains("seed_mode");
  const SeedMode before = json["seed_locked"].toBool() ? SeedMode::keep : SeedMode::fresh;
  const SeedState fallback = knowsModes || json.isEmpty() ? SeedState::open : SeedState::painted;
  state.seedMode = choiceAt(json["seed_mode"], before, SeedMode::next);
  state.seedState = choiceAt(json["seed_state"], fallback, SeedState::painted);
  state.lastSeed = seedIn(json["last_seed"]);
}

}  // namespace

QJsonObject WindowState::toJson() const {
  return {{"settings", settings.toJson()},
          {"seed_mode", static_cast<int>(seedMode)},
          {"seed_state", static_cast<int>(seedState)},
          {"last_seed", lastSeed ? QString::number(*lastSeed) : QString()},
          {"count", count},
          {"pictures", pictures},
          {"theme", static_cast<int>(theme)},
          {"welcomed", welcomed},
          {"tokens_shown", tokensShown},
          {"previews_decoded", previewsDecoded},
          {"model_folders", QJsonArray::fromStringList(modelFolders)},
          {"geometry", encoded(geometry)},
          {"splitter", encoded(splitter)},
          {"prompts", QJsonArray::fromStringList(prompts)},
          {"model_titles", titlesToJson(modelTitles)}};
}

WindowState WindowState::fromJson(const QJsonObject& json) {
  WindowState state;
  state.settings = PaintSettings::fromJson(json["settings"].toObject());
  readSeedState(json, state);
  state.count = std::clamp(json["count"].toInt(1), 1, kMostCount);
  state.pictures = json["pictures"].toString();
  state.theme = choiceAt(json["theme"], ThemeChoice::system, ThemeChoice::dark);
  state.welcomed = json["welcomed"].toBool();
  state.tokensShown = json["tokens_shown"].toBool();
  state.previewsDecoded = json["previews_decoded"].toBool();
  for (const QJsonValue& folder : json["model_folders"].toArray()) state.modelFolders << folder.toString();
  state.geometry = decoded(json["geometry"]);
  state.splitter = decoded(json["splitter"]);
  for (const QJsonValue& prompt : json["prompts"].toArray())
    if (state.prompts.size() < kMostPrompts) state.prompts << prompt.toString();
  const QJsonObject titles = json["model_titles"].toObject();
  for (auto title = titles.begin(); title != titles.end(); ++title)
    state.modelTitles[title.key()] = title.value().toString();
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
  if (settings.seed != state_.settings.seed) state_.seedState = SeedState::chosen;
  state_.settings = settings;
  saveSoon();
  emit settingsChanged(settings);
}

void SettingsStore::setSeed(quint64 seed, SeedState state) {
  if (seed == state_.settings.seed && state == state_.seedState) return;
  state_.settings.seed = seed;
  state_.seedState = state;
  saveSoon();
  emit settingsChanged(state_.settings);
}

void SettingsStore::setLastSeed(quint64 seed) {
  if (seed == state_.lastSeed) return;
  state_.lastSeed = seed;
  saveSoon();
  emit settingsChanged(state_.settings);
}

void SettingsStore::setSeedMode(SeedMode mode) {
  if (mode == state_.seedMode) return;
  const bool wasLocked = state_.seedLocked();
  state_.seedMode = mode;
  saveSoon();
  emit seedModeChanged(mode);
  if (state_.seedLocked() != wasLocked) emit seedLockedChanged(state_.seedLocked());
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

void SettingsStore::setModelTitles(const QMap<QString, QString>& titles) {
  state_.modelTitles = titles;
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
