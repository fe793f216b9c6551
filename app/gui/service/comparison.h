// Two pictures side by side, in numbers.
#pragma once

#include <QImage>
#include <QString>

namespace diorama::gui {

struct PictureComparison {
  double psnr = 0;  // dB, at most 60
  double ssim = 0;
  int largest = 0;  // difference of any byte
  bool identical = false;
  QString problem;  // why they cannot be measured, or empty
};

PictureComparison comparePictures(const QImage& a, const QImage& b);

// |a - b| times `gain`; null where the sizes differ.
QImage differenceOf(const QImage& a, const QImage& b, int gain);

}  // namespace diorama::gui
