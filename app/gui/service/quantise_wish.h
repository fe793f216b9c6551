#pragma once

#include <QString>

namespace diorama::gui {

// A model folder that is to be made with fewer bits.
struct QuantiseWish {
  QString model;
  QString destination;
  QString format;    // w8a8, w4a8
  int prompts = 8;   // painted to see what the layers read
  int pictures = 8;  // painted to judge the result
};

}  // namespace diorama::gui
