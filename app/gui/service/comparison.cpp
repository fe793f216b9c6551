#include "gui/service/comparison.h"

#include <QCoreApplication>

#include "gui/service/failure.h"
#include "gui/service/pictures.h"
#include "study/compare.h"

namespace diorama::gui {

PictureComparison comparePictures(const QImage& a, const QImage& b) {
  if (a.size() != b.size() && !a.isNull() && !b.isNull()) {
    PictureComparison comparison;
    comparison.problem = QCoreApplication::translate(
                             "PictureComparison", "Different sizes (%1×%2, %3×%4): shown, but not measured.")
                             .arg(a.width())
                             .arg(a.height())
                             .arg(b.width())
                             .arg(b.height());
    return comparison;
  }
  try {
    const Comparison result = compare(fromQImage(a), fromQImage(b));
    return {result.psnr, result.ssim, result.max_diff, result.identical, {}};
  } catch (...) {
    PictureComparison comparison;
    comparison.problem = currentFailure().what;
    return comparison;
  }
}

QImage differenceOf(const QImage& a, const QImage& b, int gain) {
  return a.size() == b.size() ? toQImage(difference(fromQImage(a), fromQImage(b), gain)) : QImage();
}

}  // namespace diorama::gui
