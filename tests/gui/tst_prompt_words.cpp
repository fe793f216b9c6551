// Chips and the prompt: words are put in, swapped and taken out, and the user's own stay.
#include <QtTest>

#include "gui/views/english_plurals.h"
#include "gui/views/prompt_words.h"
#include "gui/views/words.h"

namespace diorama::gui {

class TestPromptWords : public QObject {
  Q_OBJECT

 private:
  const PromptWords words_{"{subject}, {style} on a {background} background",
                           {"red apple", "robot", "rocket", "pizza"},
                           {"3d", "glossy 3d", "3d render"},
                           {"blue", "light blue", "yellow"}};

 private slots:
  void an_empty_prompt_takes_the_word() {
    QCOMPARE(words_.with("", PromptWords::subject, "robot"), QString("robot"));
    QCOMPARE(words_.with("  ", PromptWords::background, "blue"), QString("on a blue background"));
  }

  void own_words_stay() {
    const QString own = "my cat Tom on the moon, best quality";
    QCOMPARE(words_.with(own, PromptWords::subject, "rocket"), own + ", rocket");
    QCOMPARE(words_.with(own, PromptWords::style, "3d"), own + ", 3d");
    QCOMPARE(words_.with(own, PromptWords::background, "blue"), own + " on a blue background");
    const QString with = words_.with(own, PromptWords::subject, "rocket");
    QCOMPARE(words_.without(with, PromptWords::subject), own);
  }

  void parts_come_where_the_pattern_has_them() {
    QString prompt = words_.with("", PromptWords::background, "blue");
    prompt = words_.with(prompt, PromptWords::subject, "robot");
    QCOMPARE(prompt, QString("robot on a blue background"));
    prompt = words_.with(prompt, PromptWords::style, "glossy 3d");
    QCOMPARE(prompt, QString("robot, glossy 3d on a blue background"));
    prompt = words_.without(prompt, PromptWords::subject);
    QCOMPARE(prompt, QString("glossy 3d on a blue background"));
    QCOMPARE(words_.with(prompt, PromptWords::subject, "pizza"),
             QString("pizza, glossy 3d on a blue background"));
  }

  void a_word_is_swapped_in_its_place() {
    const QString prompt = "a tiny Robot with a hat, 3d, sharp";
    QCOMPARE(words_.chosen(prompt, PromptWords::subject), QString("robot"));
    QCOMPARE(words_.with(prompt, PromptWords::subject, "rocket"),
             QString("a tiny rocket with a hat, 3d, sharp"));
    QCOMPARE(words_.with(prompt, PromptWords::style, "3d render"),
             QString("a tiny Robot with a hat, 3d render, sharp"));
  }

  void the_longest_word_that_stands_there_is_meant() {
    QCOMPARE(words_.chosen("pizza, glossy 3d", PromptWords::style), QString("glossy 3d"));
    QCOMPARE(words_.chosen("a pizza on a light blue background", PromptWords::background),
             QString("light blue"));
    QCOMPARE(words_.chosen("robotics and a blue sky", PromptWords::subject), QString());
    QCOMPARE(words_.chosen("robotics and a blue sky", PromptWords::background), QString());
  }

  void what_was_put_in_can_be_taken_out() {
    const QString whole = "robot, glossy 3d on a blue background";
    QCOMPARE(words_.without(whole, PromptWords::style), QString("robot on a blue background"));
    QCOMPARE(words_.without(whole, PromptWords::background), QString("robot, glossy 3d"));
    QCOMPARE(words_.without("robot", PromptWords::subject), QString());
    QCOMPARE(words_.without("a cat", PromptWords::subject), QString("a cat"));
    QCOMPARE(words_.without("my robot Tom", PromptWords::subject), QString("my Tom"));
  }

  void a_model_without_a_pattern_changes_nothing() {
    const PromptWords none;
    QVERIFY(none.isEmpty());
    QCOMPARE(none.chosen("robot", PromptWords::subject), QString());
    QCOMPARE(none.with("robot", PromptWords::subject, "rocket"), QString("robot"));
    QCOMPARE(none.without("robot", PromptWords::subject), QString("robot"));
  }

  void one_picture_and_two_pictures() {
    EnglishPlurals plurals;
    QVERIFY(QCoreApplication::installTranslator(&plurals));
    QCOMPARE(picturesText(1), QString("1 picture"));
    QCOMPARE(picturesText(2), QString("2 pictures"));
    QCOMPARE(picturesText(0), QString("0 pictures"));
    QCoreApplication::removeTranslator(&plurals);
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestPromptWords)
#include "tst_prompt_words.moc"
