#include "gui/service/failure.h"

#include <QCoreApplication>
#include <exception>
#include <new>
#include <system_error>

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(Failure)
};

QString adviceFor(Fault fault) {
  switch (fault) {
    case Fault::usage:
      return Text::tr("Change the setting that is named and paint again.");
    case Fault::model_file:
      return Text::tr("Choose another model, or repair or download this one again.");
    case Fault::unsupported_device:
      return Text::tr("Choose another device, or Automatic.");
    case Fault::out_of_memory:
      return Text::tr("Choose a smaller picture or a smaller precision, or close other programs.");
    case Fault::device_lost:
      return Text::tr("The driver gave up. Paint again; if it comes back, choose the processor as device.");
    case Fault::file_system:
      return Text::tr("Check the folder and the space on the disk, then try again.");
    case Fault::unusable_result:
      return Text::tr("Choose precision f32 and paint again.");
    case Fault::cancelled:
      return {};
    case Fault::internal:
      return Text::tr("This is a defect of Diorama. Please report it with the message.");
  }
  return {};
}

Failure failureOf(Fault fault, const QString& what) {
  return {fault, what, adviceFor(fault)};
}

}  // namespace

Failure currentFailure() {
  try {
    throw;
  } catch (const Error& error) {
    return failureOf(error.fault(), QString::fromUtf8(error.what()));
  } catch (const std::bad_alloc&) {
    return failureOf(Fault::out_of_memory, Text::tr("There is not enough memory."));
  } catch (const std::system_error& error) {
    return failureOf(Fault::file_system, QString::fromUtf8(error.what()));
  } catch (const std::exception& error) {
    return failureOf(Fault::internal, QString::fromUtf8(error.what()));
  }
}

}  // namespace diorama::gui
