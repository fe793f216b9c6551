// Settings, prompts and the layout are on disk soon after they change.
#include <QJsonArray>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "gui/models/settings_store.h"
#include "gui/service/kept_file.h"

namespace diorama::gui {

class TestSettingsStore : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir folder_;
  QString file() const { return folder_.filePath("session.json"); }

 private slots:
  void cleanup() { QFile::remove(file()); }

  void everything_comes_back() {
    PaintSettings settings;
    settings.prompt = "ein Fuchs, \"3d\"\n狐";
    settings.negativePrompt = "blur";
    settings.seed = 18446744073709551615ULL;
    settings.guidance = 4.25;
    settings.shift = 3.0;
    settings.acceleration = kCustomAcceleration;
    settings.customPlan = {{"methods", QJsonArray{QJsonObject{{"method", "block_caching"}}}}};
    SettingsStore store(file());
    QSignalSpy saved(&store, &SettingsStore::saved);
    store.setSettings(settings);
    store.setSeedLocked(true);
    store.setTheme(ThemeChoice::dark);
    store.setCount(4);
    store.setLayout("geometry", "splitter");
    store.setWelcomed();
    QVERIFY(saved.wait());
    QCOMPARE(saved.count(), 1);
    const SettingsStore back(file());
    QCOMPARE(back.settings(), settings);
    QVERIFY(back.state().seedLocked() && back.state().welcomed);
    QCOMPARE(back.state().theme, ThemeChoice::dark);
    QCOMPARE(back.state().count, 4);
    QCOMPARE(back.state().geometry, QByteArray("geometry"));
    QCOMPARE(back.state().splitter, QByteArray("splitter"));
  }

  void seeds_their_mode_and_the_last_one_come_back() {
    {
      SettingsStore store(file());
      QCOMPARE(store.state().seedState, SeedState::open);  // nobody chose one yet
      QSignalSpy changed(&store, &SettingsStore::settingsChanged);
      QSignalSpy mode(&store, &SettingsStore::seedModeChanged),
          locked(&store, &SettingsStore::seedLockedChanged);
      PaintSettings settings = store.settings();
      settings.seed = 18446744073709551615ULL;
      store.setSettings(settings);
      QCOMPARE(store.state().seedState, SeedState::chosen);
      store.setSeed(settings.seed, SeedState::painted);
      QCOMPARE(changed.count(), 2);
      settings.steps = 5;
      store.setSettings(settings);
      QCOMPARE(store.state().seedState, SeedState::painted);
      store.setLastSeed(settings.seed);
      store.setSeedMode(SeedMode::next);
      QCOMPARE(mode.count(), 1);
      QCOMPARE(locked.count(), 0);
    }
    const SettingsStore back(file());
    QCOMPARE(back.state().seedMode, SeedMode::next);
    QCOMPARE(back.state().seedState, SeedState::painted);
    QCOMPARE(back.state().lastSeed, std::optional<quint64>(18446744073709551615ULL));
  }

  void what_earlier_versions_kept_of_the_seed_is_read() {
    for (const bool locked : {true, false}) {
      QVERIFY(replaceFile(file(), QByteArray("{\"settings\": {\"seed\": \"7\"}, \"seed_locked\": ") +
                                      (locked ? "true}" : "false}"))
                  .isEmpty());
      const SettingsStore store(file());
      QCOMPARE(store.state().seedLocked(), locked);
      QCOMPARE(store.state().seedState, SeedState::painted);
      QCOMPARE(store.settings().seed, quint64(7));
    }
  }

  void prompts_are_kept_once_newest_first() {
    SettingsStore store(file());
    for (const char* prompt : {"a", "b", "a", " ", ""}) store.rememberPrompt(prompt);
    QCOMPARE(store.state().prompts, QStringList({"a", "b"}));
    store.save();
    QCOMPARE(SettingsStore(file()).state().prompts, QStringList({"a", "b"}));
  }

  void only_changes_are_told() {
    SettingsStore store(file());
    QSignalSpy changed(&store, &SettingsStore::settingsChanged);
    PaintSettings settings = store.settings();
    store.setSettings(settings);
    QCOMPARE(changed.count(), 0);
    settings.steps = 7;
    store.setSettings(settings);
    QCOMPARE(changed.count(), 1);
  }

  void what_is_not_yet_written_is_written_at_the_end() {
    {
      SettingsStore store(file());
      store.setCount(9);
    }
    QCOMPARE(SettingsStore(file()).state().count, 9);
  }

  void damaged_settings_are_kept_under_another_name() {
    for (const char* damaged : {"{ cut off", "[1]", R"({"settings": "none"})"}) {
      QVERIFY(replaceFile(file(), damaged).isEmpty());
      {
        SettingsStore store(file());
        QVERIFY2(QFile::exists(store.aside()), damaged);
        store.setCount(3);
        QFile kept(store.aside());
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray(damaged));
        QVERIFY(kept.remove());
      }
      SettingsStore back(file());
      QVERIFY(back.aside().isEmpty());
      QCOMPARE(back.state().count, 3);
    }
  }

  void numbers_and_lists_are_bounded() {
    QByteArray prompts = "\"p\"";
    for (int i = 0; i < 10000; ++i) prompts += ", \"p\"";
    QVERIFY(replaceFile(file(),
                        R"({"settings": {}, "count": 2000000000, "theme": 99, "prompts": [)" + prompts + "]}")
                .isEmpty());
    const SettingsStore store(file());
    QCOMPARE(store.state().count, WindowState::kMostCount);
    QCOMPARE(store.state().prompts.size(), qsizetype(WindowState::kMostPrompts));
  }

  void says_when_it_cannot_be_saved() {
    SettingsStore store("/proc/no/session.json");
    QSignalSpy cannot(&store, &SettingsStore::cannotSave);
    store.save();
    QCOMPARE(cannot.count(), 1);
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestSettingsStore)
#include "tst_settings_store.moc"
