// Ordinary gestures do what they say and nothing else: typing a seed, turning the wheel, Esc, closing a
// message.
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QMessageBox>
#include <QScrollBar>
#include <QSlider>
#include <QWheelEvent>
#include <algorithm>

#include "gui/views/focus_ring.h"
#include "gui/views/size_picker.h"
#include "window_driver.h"

namespace diorama::gui {
namespace {

constexpr auto kPrompt = "cat, 3d on a blue background";

void turnWheel(QWidget& over) {
  const QPointF at = QRectF(over.rect()).center();
  QWheelEvent event(at, over.mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                    false);
  QCoreApplication::sendEvent(&over, &event);
}

double valueOf(const QWidget& control) {
  if (const auto* box = qobject_cast<const QSpinBox*>(&control)) return box->value();
  if (const auto* box = qobject_cast<const QDoubleSpinBox*>(&control)) return box->value();
  if (const auto* box = qobject_cast<const QComboBox*>(&control)) return box->currentIndex();
  return dynamic_cast<const QSlider&>(control).value();
}

double relativeLuminance(const QColor& colour) {
  const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) {
  const auto [dark, light] = std::minmax({relativeLuminance(a), relativeLuminance(b)});
  return (light + 0.05) / (dark + 0.05);
}

}  // namespace

class TestWindowGestures : public QObject, private WindowFixture {
  Q_OBJECT

 private:
  PaintPage& page() { return window().paint(); }
  SettingsPanel& panel() { return page().settings(); }
  QString said() { return window().messages().text(); }
  void pressAction(const QString& text) {
    QCoreApplication::processEvents();  // a toast is placed then
    for (QPushButton* action : window().messages().findChildren<QPushButton*>())
      if (action->text() == text && action->isVisible()) return QTest::mouseClick(action, Qt::LeftButton);
    QFAIL(qPrintable(text + " is not offered: " + said()));
  }
  void ask(int pictures) {
    session().store().setCount(pictures);
    w_->type(kPrompt);
    w_->press(Qt::Key_Return, Qt::ControlModifier);
  }
  QString paintOne() {
    const int before = session().gallery().rowCount();
    ask(1);
    engine_->finish();
    return session().gallery().rowCount() > before ? session().shownPath() : QString();
  }

  FakeEngine* engine_ = nullptr;

 private slots:
  void initTestCase() {
    requireScreen();
    QGuiApplication::setQuitOnLastWindowClosed(false);  // tests close windows and go on
  }
  void init() {
    engine_ = openFake();
    QVERIFY(engine_ != nullptr);
    QCoreApplication::processEvents();  // what is made anew with the model is shown then
  }
  void cleanup() { close(); }

  void a_typed_seed_is_painted_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<quint64>("seed");
    QTest::newRow("a small one") << "42" << quint64{42};
    QTest::newRow("the largest") << "18446744073709551615" << ~quint64{0};
  }
  void a_typed_seed_is_painted() {
    QFETCH(QString, typed);
    QFETCH(quint64, seed);
    w_->type(kPrompt);
    panel().seed().setFocus();
    panel().seed().selectAll();
    QTest::keyClicks(&panel().seed(), typed);
    QTest::keyClick(&panel().seed(), Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(engine_->asked().size(), 1);
    QCOMPARE(engine_->asked().last().settings.seed, seed);
  }

  void a_diced_seed_is_painted() {
    w_->type(kPrompt);
    w_->press(Qt::Key_R, Qt::ControlModifier);
    const QString shown = panel().seed().text();
    QVERIFY(!shown.isEmpty());
    w_->press(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(QString::number(engine_->asked().last().settings.seed), shown);
    QCOMPARE(panel().seed().text(), shown);
  }

  void what_is_no_seed_is_said_and_not_painted() {
    w_->type(kPrompt);
    panel().seed().setFocus();
    panel().seed().selectAll();
    QTest::keyClicks(&panel().seed(), "99999999999999999999");
    QTest::keyClick(&panel().seed(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(engine_->asked().isEmpty());
    QVERIFY(panel().seed().property("wrong").toBool());
    QCOMPARE(panel().seed().text(), QString("99999999999999999999"));
  }

  void closing_a_message_does_nothing_else() {
    session().queue().setPaused(true);
    ask(3);
    QCOMPARE(session().queue().rowCount(), 3);
    const QRect canvas(page().canvas().mapTo(&window(), QPoint()), page().canvas().size());
    emit session().message("plain.png contains no settings.", "", true);
    QCOMPARE(QRect(page().canvas().mapTo(&window(), QPoint()), page().canvas().size()), canvas);
    auto* close = window().messages().findChildren<QToolButton*>().last();
    const auto middle = [&] { return close->mapTo(&window(), close->rect().center()); };
    QTRY_COMPARE(window().childAt(middle()), close);
    const QPoint at = middle();
    for (int i = 0; i < 2; ++i) {
      QWidget* under = window().childAt(at);
      QVERIFY(under != nullptr);
      QTest::mouseClick(under, Qt::LeftButton, {}, under->mapFrom(&window(), at));
    }
    QCOMPARE(session().queue().rowCount(), 3);
  }

  void a_cleared_queue_comes_back() {
    session().queue().setPaused(true);
    ask(3);
    w_->press(Qt::Key_Escape, Qt::ShiftModifier);
    QCOMPARE(session().queue().rowCount(), 0);
    pressAction("Undo");
    QCOMPARE(session().queue().rowCount(), 3);
  }

  void one_event_is_one_toast() {
    emit session().message("the folder vae/ is missing", "", true);
    emit session().message("good-mini is ready.", "", false);
    QCOMPARE(window().messages().count(), 2);
    QCOMPARE(said(), QString("the folder vae/ is missing\ngood-mini is ready."));  // no capital of our own
    QCOMPARE(window().messages().history().size(), 2);
  }

  void notes_leave_and_errors_stay() {
    window().messages().setNoteMilliseconds(1);
    emit session().message("an error", "", true);
    emit session().message("a note", "", false);
    QTRY_COMPARE_WITH_TIMEOUT(said(), QString("an error"), kPatience);
  }

  void escape_closes_the_innermost_thing_first() {
    ask(1);
    engine_->takeSteps(5);
    QTest::keyClick(&window(), Qt::Key_F2);
    QLineEdit& search = window().gallery().search();
    search.setFocus();
    QTest::keyClicks(&search, "rocket");
    QTest::keyClick(&search, Qt::Key_Escape);
    QCOMPARE(search.text(), QString());
    QVERIFY(engine_->isPainting());
    QTest::keyClick(&search, Qt::Key_Escape);
    QCOMPARE(window().page(), MainWindow::paintPage);
    QVERIFY(engine_->isPainting());
    w_->press(Qt::Key_Escape);
    QVERIFY(!engine_->isPainting());
  }

  void escape_leaves_a_step_before_it_cancels() {
    const QString path = paintOne();
    QVERIFY(!path.isEmpty());
    page().timeline().setCurrent(3);
    QVERIFY(page().canvas().isPreview());
    w_->press(Qt::Key_Escape);
    QVERIFY(!page().canvas().isPreview());
    QCOMPARE(page().timeline().current(), -1);
  }

  void the_wheel_changes_nothing_that_has_no_focus() {
    panel().promptEdit().setFocus();
    window().setPage(MainWindow::paintPage);
    int seen = 0;
    for (QWidget* control : window().findChildren<QWidget*>()) {
      const bool isControl = qobject_cast<QAbstractSpinBox*>(control) != nullptr ||
                             qobject_cast<QComboBox*>(control) != nullptr ||
                             qobject_cast<QSlider*>(control) != nullptr;
      if (!isControl) continue;
      ++seen;
      const double before = valueOf(*control);
      turnWheel(*control);
      for (QLineEdit* inner : control->findChildren<QLineEdit*>()) turnWheel(*inner);
      QVERIFY2(valueOf(*control) == before, qPrintable(control->accessibleName()));
      QVERIFY2(!control->hasFocus(), qPrintable(control->accessibleName()));
    }
    QVERIFY(seen > 10);
  }

  void the_wheel_over_a_field_scrolls_the_panel() {
    window().resize(900, 600);
    QCoreApplication::processEvents();
    auto* scroll = panel().findChild<QScrollArea*>();
    QVERIFY(scroll->verticalScrollBar()->maximum() > 0);
    for (QSpinBox* box : panel().findChildren<QSpinBox*>())
      if (box->accessibleName() == "Steps") turnWheel(*box);
    QVERIFY(scroll->verticalScrollBar()->value() > 0);
  }

  void the_wheel_turns_what_has_the_focus() {
    for (QSpinBox* box : panel().findChildren<QSpinBox*>()) {
      if (box->accessibleName() != "Steps") continue;
      box->setFocus();
      turnWheel(*box);
      QCOMPARE(box->value(), 19);
    }
  }

  void a_branch_keeps_its_parents_seed_size_and_steps() {
    ask(3);
    for (int i = 0; i < 3; ++i) engine_->finish();
    const quint64 third = engine_->asked().last().settings.seed;
    w_->set([](PaintSettings& s) {
      s.steps = 10;
      s.width = 160;
      s.height = 96;
    });
    page().timeline().setCurrent(8);
    w_->press(Qt::Key_B, Qt::ControlModifier);
    QTRY_COMPARE(engine_->asked().size(), 4);
    const PaintJob& branch = engine_->asked().last();
    QVERIFY(branch.branch.has_value());
    QCOMPARE(branch.settings.seed, third);
    QCOMPARE(branch.settings.steps, 20);
    QCOMPARE(QSize(branch.settings.width, branch.settings.height), QSize(128, 128));
  }

  void without_a_model_there_are_ways_to_get_one() {
    engine_ = openFake([](FakeEngine& engine) { engine.setModels({}); });
    QVERIFY(engine_ != nullptr);
    QVERIFY(!panel().paintButton().isEnabled());
    QVERIFY(!panel().paintButton().toolTip().isEmpty());
    auto* import = window().findChild<QPushButton*>("welcomeImport");
    QVERIFY(import != nullptr && import->isVisible());
    QVERIFY(!window().findChild<QPushButton*>("welcomeButton")->isVisible());
    keepScreen(window(), "23-no-model");
    ask(1);
    QCOMPARE(session().queue().rowCount(), 0);
    for (const QComboBox* box : panel().findChildren<QComboBox*>())
      if (box->accessibleName() == "Model") QVERIFY(!box->currentText().contains("Looking"));
  }

  void a_size_that_will_not_do_is_said_at_its_field() {
    w_->set([](PaintSettings& s) { s.height = 101; });
    auto* size = panel().findChild<SizePicker*>();
    QVERIFY2(size->problem().contains("multiple of 16"), qPrintable(size->problem()));
    QVERIFY(!panel().paintButton().isEnabled());
    keepScreen(window(), "24-size");
    ask(2);
    QCOMPARE(session().queue().rowCount(), 0);
    w_->set([](PaintSettings& s) { s.height = 96; });
    QVERIFY(size->problem().isEmpty());
    QVERIFY(panel().paintButton().isEnabled());
  }

  void a_paused_queue_is_seen_at_the_button() {
    QCOMPARE(panel().paintButton().accessibleName(), QString("Paint"));
    session().queue().setPaused(true);
    QCOMPARE(panel().paintButton().accessibleName(), QString("Add to queue"));
    ask(1);
    QVERIFY(engine_->asked().isEmpty());
    keepScreen(window(), "25-paused");
    for (QPushButton* resume : panel().findChildren<QPushButton*>())
      if (resume->accessibleName() == "Resume the queue") QTest::mouseClick(resume, Qt::LeftButton);
    QCOMPARE(engine_->asked().size(), 1);
    QCOMPARE(panel().paintButton().accessibleName(), QString("Paint"));
  }

  void closing_while_painting_asks() {
    ask(1);
    engine_->takeSteps(3);
    window().close();
    QVERIFY(window().isVisible());
    auto* box = window().findChild<QMessageBox*>("closing");
    QVERIFY(box != nullptr);
    for (QAbstractButton* answer : box->buttons())
      if (box->buttonRole(answer) == QMessageBox::AcceptRole) answer->click();
    QVERIFY(engine_->isPainting());
    engine_->finish();
    QTRY_VERIFY(!window().isVisible());
    QCOMPARE(session().gallery().rowCount(), 1);
  }

  void what_was_closed_is_not_called_a_crash() {
    ask(2);
    engine_->takeSteps(3);
    window().close();
    auto* box = window().findChild<QMessageBox*>("closing");
    for (QAbstractButton* answer : box->buttons())
      if (box->buttonRole(answer) == QMessageBox::DestructiveRole) answer->click();
    QVERIFY(!window().isVisible());
    engine_ = openFake();
    QVERIFY2(said().contains("was closed"), qPrintable(said()));
    pressAction("Discard");
    QVERIFY(engine_->asked().isEmpty());  // the other picture does not begin by itself
    QCOMPARE(session().queue().rowCount(), 1);
  }

  void a_chip_keeps_the_users_words() {
    w_->type("my cat Tom on the moon");
    QPushButton* rocket = nullptr;
    for (QPushButton* chip : panel().findChildren<QPushButton*>())
      if (chip->property("word") == "rocket") rocket = chip;
    QVERIFY(rocket != nullptr);
    QVERIFY(rocket->isVisible());
    QTest::mouseClick(rocket, Qt::LeftButton);
    const QString prompt = session().store().settings().prompt;
    QVERIFY2(prompt.contains("Tom on the moon") && prompt.contains("rocket"), qPrintable(prompt));
    QVERIFY(rocket->isChecked());
    QTest::mouseClick(rocket, Qt::LeftButton);
    QVERIFY(!session().store().settings().prompt.contains("rocket"));
    QVERIFY(!rocket->isChecked());
  }

  void the_caption_says_what_is_on_the_canvas() {
    const QString first = paintOne();
    const QString seed = QString::number(engine_->asked().last().settings.seed);
    QVERIFY2(page().caption().text().contains(seed), qPrintable(page().caption().text()));
    ask(1);
    engine_->takeSteps(4);
    const QString running = QString::number(engine_->asked().last().settings.seed);
    QVERIFY2(page().caption().text().contains(running), qPrintable(page().caption().text()));
    session().show(first);
    QVERIFY2(page().caption().text().contains(seed), qPrintable(page().caption().text()));
    QCOMPARE(session().timeline().rowCount(), 20);  // the steps are the picture's
    engine_->takeSteps(1);
    QVERIFY(page().watch().isVisible());
    QVERIFY2(page().watch().text().contains("step 5 of 20"), qPrintable(page().watch().text()));
    keepScreen(window(), "26-away");
    QTest::mouseClick(&page().watch(), Qt::LeftButton);
    QVERIFY(!page().watch().isVisible());
    QCOMPARE(session().timeline().rowCount(), 5);
    QVERIFY(page().canvas().isPreview());
  }

  void a_failure_takes_no_picture_away() {
    const QString path = paintOne();
    const QString caption = page().caption().text();
    ask(1);
    engine_->fail(Fault::out_of_memory, "no room");
    QCOMPARE(page().caption().text(), caption);
    QCOMPARE(session().timeline().rowCount(), 20);
    QVERIFY(!page().canvas().isPreview());
  }

  void deleted_pictures_come_back() {
    const QString path = paintOne();
    window().setPage(MainWindow::galleryPage);
    GalleryView& view = window().gallery().view();
    view.selectAll();
    QTest::keyClick(&view, Qt::Key_Delete);
    QCOMPARE(session().gallery().rowCount(), 0);
    QVERIFY(!QFile::exists(path));
    pressAction("Undo");
    QCOMPARE(session().gallery().rowCount(), 1);
    QVERIFY(QFile::exists(path));
  }

  void a_long_prompt_pushes_nothing_out() {
    PromptEdit& edit = panel().promptEdit();
    const int low = edit.height();
    QStringList words;
    for (int i = 0; i < 120; ++i) words << QStringLiteral("lorem%1").arg(i);
    w_->set([&](PaintSettings& s) { s.prompt = words.join(' '); });
    QCoreApplication::processEvents();
    const int high = edit.height();
    QVERIFY(high > 2 * low && high < 5 * low);
    edit.setDropped("lorem118  LOREM119");
    QCOMPARE(edit.droppedFrom(), edit.prompt().indexOf("lorem118"));
    QCOMPARE(edit.extraSelections().size(), 1);
    edit.setDropped("");
    QVERIFY(edit.extraSelections().isEmpty());
  }

  void a_picture_that_waits_for_a_quantisation_says_so() {
    session().quantise({session().store().settings().model, folder_->filePath("less"), "w8a8"});
    engine_->progressQuantising(49, 160);
    ask(1);
    QVERIFY(engine_->asked().isEmpty());
    QVERIFY2(page().tools().status().contains("quantising"), qPrintable(page().tools().status()));
    QVERIFY(panel().cancelButton().isEnabled());
  }

  void the_focus_chooses_no_step() {
    QVERIFY(!paintOne().isEmpty());
    page().timeline().setFocus(Qt::TabFocusReason);
    QCOMPARE(page().timeline().current(), -1);
    QVERIFY(!page().canvas().isPreview());
    QTest::keyClick(&page().timeline(), Qt::Key_Left);
    QCOMPARE(page().timeline().current(), 18);
  }

  void tab_goes_from_the_prompt_over_the_chips_to_the_negative_prompt() {
    panel().promptEdit().setFocus();
    QStringList names;
    for (int i = 0; i < 12; ++i) {
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
      names << QApplication::focusWidget()->accessibleName();
    }
    const auto chip = names.indexOf("rocket"), negative = names.indexOf("Negative prompt");
    QVERIFY2(chip >= 0 && negative > chip, qPrintable(names.join(", ")));
  }

  void one_ring_follows_the_focus() {
    const auto* ring = window().findChild<FocusRing*>();
    QVERIFY(ring != nullptr);
    for (QWidget* widget :
         {static_cast<QWidget*>(&panel().paintButton()), static_cast<QWidget*>(&page().canvas()),
          static_cast<QWidget*>(&panel().promptEdit())}) {
      widget->setFocus(Qt::TabFocusReason);
      QVERIFY(ring->isShown());
      QCOMPARE(ring->target(), widget);
    }
  }

  void frames_and_cells_are_seen_data() {
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
  }
  void frames_and_cells_are_seen() {
    QFETCH(bool, dark);
    constexpr double kLeast = 3;
    Theme::instance().apply(dark);
    const Colours& colours = Theme::instance().colours();
    for (const QColor& ground : {colours.window, colours.surface, colours.raised}) {
      QVERIFY(contrast(colours.frame, ground) >= kLeast);
      QVERIFY(contrast(colours.focus, ground) >= kLeast);
    }
    QVERIFY(contrast(colours.reused, colours.window) >= kLeast);
    QVERIFY(contrast(colours.onWarning, colours.amber) >= kLeast);
  }

  void a_step_stands_under_its_column() {
    QVERIFY(!paintOne().isEmpty());
    QCoreApplication::processEvents();
    TimelineView& timeline = page().timeline();
    StripView& strip = page().strip();
    QCOMPARE(timeline.mapTo(&window(), QPoint()).x(), strip.mapTo(&window(), QPoint()).x());
    QCOMPARE(timeline.width(), strip.width());
    for (const int row : {0, 9, 19}) {
      QSignalSpy clicked(&strip, &StripView::stepClicked);
      QTest::mouseClick(&strip, Qt::LeftButton, {}, {timeline.columnCentre(row), 2});
      QCOMPARE(clicked.last()[0].toInt(), row);
    }
  }

  void the_window_is_no_larger_than_asked_or_than_the_screen() {
    const QRect room = window().screen()->availableGeometry();
    QVERIFY(window().width() <= room.width() && window().height() <= room.height());
    QVERIFY2(window().minimumSizeHint().width() <= 900,
             qPrintable(QString::number(window().minimumSizeHint().width())));
    QVERIFY(window().minimumSizeHint().height() <= 600);
  }

  void empty_pages_say_why() {
    GalleryPage& gallery = window().gallery();
    QVERIFY(!gallery.view().emptyText().isEmpty());
    QVERIFY(!paintOne().isEmpty());
    gallery.search().setText("zzz");
    QVERIFY2(gallery.view().emptyText().contains("zzz"), qPrintable(gallery.view().emptyText()));
  }
};

}  // namespace diorama::gui

QTEST_MAIN(diorama::gui::TestWindowGestures)
#include "tst_window_gestures.moc"
