#include <QApplication>
#include <QCommandLineParser>
#include <QDir>

#include "base/process.h"
#include "cpu/waiting.h"
#include "gui/views/main_window.h"
#include "gui/views/single_instance.h"

namespace diorama::gui {
namespace {

struct Arguments {
  QCommandLineParser parser;
  QCommandLineOption library{
      "library", QCoreApplication::translate("main", "Keep queue, gallery and settings in this folder."),
      "folder"};
  QCommandLineOption pictures{"pictures",
                              QCoreApplication::translate("main", "Save pictures in this folder."), "folder"};

  Arguments() {
    parser.setApplicationDescription(QCoreApplication::translate("main", "Paints pictures from text."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({library, pictures});
  }
};

// --help and --version need no display. Options of Qt's own ("-platform") are not this parser's to judge.
void answerQuestions(int argc, char** argv) {
  const QCoreApplication app(argc, argv);
  Arguments arguments;
  QCommandLineParser& parser = arguments.parser;
  parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
  parser.parse(QCoreApplication::arguments());
  if (parser.isSet("version")) parser.showVersion();
  if (parser.isSet("help")) parser.showHelp();
}

Library readArguments(const QApplication& app) {
  Arguments arguments;
  const QCommandLineParser& parser = arguments.parser;
  arguments.parser.process(app);
  Library chosen = Library::standard();
  if (parser.isSet(arguments.library)) chosen.folder = QDir(parser.value(arguments.library)).absolutePath();
  if (parser.isSet(arguments.pictures))
    chosen.pictures = QDir(parser.value(arguments.pictures)).absolutePath();
  return chosen;
}

int run(int argc, char** argv) {
  QCoreApplication::setApplicationName("diorama-app");
  QCoreApplication::setApplicationVersion(DIORAMA_VERSION);
  answerQuestions(argc, argv);
  const QApplication app(argc, argv);
  QApplication::setDesktopFileName("diorama");
  const Library library = readArguments(app);
  SingleInstance instance(library.folder);
  if (!instance.claim()) return 0;  // the one that is there was raised
  Session session(library);
  MainWindow window(session);
  QObject::connect(&instance, &SingleInstance::raised, &window, &MainWindow::raiseToFront);
  window.show();
  session.start();
  return QApplication::exec();
}

}  // namespace
}  // namespace diorama::gui

int main(int argc, char** argv) {
  diorama::prepare_process();
  diorama::cpu::wait_passively(argv);
  return diorama::gui::run(argc, argv);
}
