// What went wrong, in words that a user can act on.
#pragma once

#include <QMetaType>
#include <QString>

#include "base/error.h"

namespace diorama::gui {

struct Failure {
  Fault fault = Fault::internal;
  QString what;    // what happened
  QString advice;  // what to do about it

  bool cancelled() const { return fault == Fault::cancelled; }
};

// Call it in a catch block.
Failure currentFailure();

}  // namespace diorama::gui

Q_DECLARE_METATYPE(diorama::gui::Failure)
