#include "gui/views/size_picker.h"

#include <QSignalBlocker>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

// Pixels. What the engine does not paint can be typed all the same, so that the field can say so.
constexpr int kMostTyped = 99999;
constexpr double kFarFromTrained = 1.5;  // times the trained number of pixels

}  // namespace

SizePicker::SizePicker()
    : presets_(named(new QComboBox, tr("Size"))),
      sides_(new QWidget),
      width_(wholeField(1, kMostTyped, tr("Width in pixels"))),
      height_(wholeField(1, kMostTyped, tr("Height in pixels"))),
      problem_(label({}, "error")),
      advice_(label({}, "warning")) {
  auto* swapped = iconButton("swap", tr("Swap width and height"));
  auto* sides = makeRow({width_, label(QStringLiteral("×")), height_, swapped});
  sides->setStretch(0, 1);
  sides->setStretch(2, 1);
  sides_->setLayout(sides);
  auto* layout = makeColumn(this, space::kSmall);
  layout->addWidget(presets_);
  layout->addWidget(sides_);
  for (QLabel* words : {problem_, advice_}) {
    words->setWordWrap(true);
    words->hide();
    layout->addWidget(words);
  }
  connect(swapped, &QToolButton::clicked, this, &SizePicker::swap);
  presets_->addItem(tr("Other size"));
  for (QSpinBox* side : {width_, height_})
    connect(side, &QSpinBox::valueChanged, this, [this] {
      showAdvice();
      emit edited();
    });
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
  trained_ = {facts.recommended.width, facts.recommended.height};
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
  showAdvice();
}

void SizePicker::setProblem(const QString& field, const QString& text) {
  problem_->setText(text);
  problem_->setVisible(!text.isEmpty());
  setWrong(width_, !text.isEmpty() && field == QLatin1String("width"));
  setWrong(height_, !text.isEmpty() && field == QLatin1String("height"));
  if (!text.isEmpty()) sides_->show();
}

void SizePicker::showAdvice() {
  const QSize size = chosen();
  const double trained = static_cast<double>(trained_.width()) * trained_.height();
  const bool isFar = trained > 0 && presets_->findData(size) < 0 &&
                     static_cast<double>(size.width()) * size.height() > kFarFromTrained * trained;
  advice_->setVisible(isFar);
  if (isFar)
    advice_->setText(tr("Trained at %1 × %2; a picture this large will repeat things and take longer.")
                         .arg(trained_.width())
                         .arg(trained_.height()));
}

void SizePicker::swap() {
  setChosen(chosen().transposed());
  emit edited();
}

}  // namespace diorama::gui
