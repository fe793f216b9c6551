#include "gui/service/failure.h"

#include <QCoreApplication>
#include <exception>
#include <new>
#include <system_error>

namespace diorama::gui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Failure", text);
}

QString adviceFor(Fault fault) {
  switch (fault) {
    case Fault::usage:
      return tr("Change the setting that is named and paint again.");
    case Fault::model_file:
      return tr("Choose another model, or repair or download this one again.");
    case Fault::unsupported_device:
      return tr("Choose another device, or Automatic.");
    case Fault::out_of_memory:
      return tr("Choose a smaller picture or a smaller precision, or close other programs.");
    case Fault::device_lost:
      return tr("The driver gave up. Paint again; if it comes back, choose the processor as device.");
    case Fault::file_system:
      return tr("Check the folder and the space on the disk, then try again.");
    case Fault::unusable_result:
      return tr("Choose precision f32 and paint again.");
    case Fault::cancelled:
      return {};
    case Fault::internal:
      return tr("This is a defect of Diorama. Please report it with the message.");
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
    return failureOf(Fault::out_of_memory, tr("There is not enough memory."));
  } catch (const std::system_error& error) {
    return failureOf(Fault::file_system, QString::fromUtf8(error.what()));
  } catch (const std::exception& error) {
    return failureOf(Fault::internal, QString::fromUtf8(error.what()));
  }
}

}  // namespace diorama::gui
