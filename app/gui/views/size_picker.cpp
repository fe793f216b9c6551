#include "gui/views/size_picker.h"

#include <QSignalBlocker>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kMostSide = 8192;  // pixels, as the engine

}  // namespace

SizePicker::SizePicker()
    : presets_(named(new QComboBox, tr("Size"))),
      sides_(new QWidget),
      width_(wholeField(1, kMostSide, tr("Width in pixels"))),
      height_(wholeField(1, kMostSide, tr("Height in pixels"))) {
  auto* sides = makeRow({width_, label(QStringLiteral("×")), height_});
  sides->setStretch(0, 1);
  sides->setStretch(2, 1);
  sides_->setLayout(sides);
  auto* layout = makeColumn(this, space::kSmall);
  layout->addWidget(presets_);
  layout->addWidget(sides_);
  presets_->addItem(tr("Other size"));
  for (QSpinBox* side : {width_, height_}) connect(side, &QSpinBox::valueChanged, this, &SizePicker::edited);
  connect(presets_, &QComboBox::activated, this, [this](int at) {
    const QSize size = presets_->itemData(at).toSize();
    if (size.isValid()) setChosen(size);
    sides_->setVisible(!size.isValid());
    emit edited();
  });
}

void SizePicker::setModel(const ModelFacts& facts) {
  presets_->clear();
  for (const QSize& size : facts.sizes)
    presets_->addItem(QStringLiteral("%1 × %2").arg(size.width()).arg(size.height()), size);
  presets_->addItem(tr("Other size"));
  width_->setSingleStep(facts.sizeMultiple);
  height_->setSingleStep(facts.sizeMultiple);
  showPreset();
}

void SizePicker::setChosen(const QSize& size) {
  if (size == chosen()) return;
  const QSignalBlocker quietWidth(width_), quietHeight(height_);
  width_->setValue(size.width());
  height_->setValue(size.height());
  showPreset();
}

void SizePicker::showPreset() {
  const int found = presets_->findData(chosen());
  presets_->setCurrentIndex(found >= 0 ? found : presets_->count() - 1);
  sides_->setVisible(found < 0);
}

}  // namespace diorama::gui
