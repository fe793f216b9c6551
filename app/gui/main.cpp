#include <QApplication>
#include <QCommandLineParser>
#include <QDir>

#include "base/process.h"
#include "cpu/waiting.h"
#include "gui/views/main_window.h"
#include "gui/views/single_instance.h"

namespace diorama::gui {
namespace {

Library readArguments(const QApplication& app) {
  QCommandLineParser parser;
  parser.setApplicationDescription(QApplication::translate("main", "Paints pictures from text."));
  parser.addHelpOption();
  parser.addVersionOption();
  const QCommandLineOption library(
      "library", QApplication::translate("main", "Keep queue, gallery and settings in this folder."),
      "folder");
  const QCommandLineOption pictures(
      "pictures", QApplication::translate("main", "Save pictures in this folder."), "folder");
  parser.addOptions({library, pictures});
  parser.process(app);
  Library chosen = Library::standard();
  if (parser.isSet(library)) chosen.folder = QDir(parser.value(library)).absolutePath();
  if (parser.isSet(pictures)) chosen.pictures = QDir(parser.value(pictures)).absolutePath();
  return chosen;
}

int run(int argc, char** argv) {
  QApplication app(argc, argv);
  QApplication::setApplicationName("diorama-app");
  QApplication::setApplicationVersion(DIORAMA_VERSION);
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
