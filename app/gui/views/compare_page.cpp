#include "gui/views/compare_page.h"

#include <QFileInfo>
#include <QVBoxLayout>

#include "gui/service/pictures.h"
#include "gui/service/setting_fact.h"
#include "gui/service/time_text.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"
#include "gui/views/words.h"

namespace diorama::gui {

ComparePage::ComparePage(Session& session)
    : session_(session),
      view_(new CompareView),
      numbers_(label({})),
      names_(label({}, "dim")),
      comparing_(this),
      differing_(this) {
  setObjectName("page");
  setAttribute(Qt::WA_StyledBackground);
  auto* under = new QVBoxLayout;
  under->setContentsMargins(space::kHuge, space::kMedium, space::kHuge, space::kMedium);
  under->setSpacing(space::kTight);
  under->addWidget(numbers_);
  under->addWidget(names_);
  names_->setWordWrap(true);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeTools());
  layout->addWidget(view_, 1);
  layout->addLayout(under);
  connect(&session, &Session::compareReady, this, &ComparePage::compare);
}

QWidget* ComparePage::makeTools() {
  auto* bar = new QWidget;
  auto* tools = new QHBoxLayout(bar);
  tools->setContentsMargins(space::kHuge, space::kLarge, space::kHuge, space::kLarge);
  tools->setSpacing(0);
  tools->addWidget(label(tr("Compare"), "title"));
  tools->addSpacing(space::kHuge);
  const QStringList names{tr("Swipe"), tr("Side by side"), tr("Difference")};
  for (int i = 0; i < names.size(); ++i) {
    auto* segment = button(names[i], {}, "segment");
    segment->setCheckable(true);
    segment->setMinimumWidth(96);
    modes_.addButton(segment, i);
    tools->addWidget(segment);
  }
  modes_.button(0)->setChecked(true);
  gain_ = new QSlider(Qt::Horizontal);
  gain_->setRange(1, 32);
  gain_->setValue(4);
  gain_->setFixedWidth(160);
  gain_->setAccessibleName(tr("Gain of the difference"));
  gainText_ = label({}, "dim");
  tools->addSpacing(space::kHuge);
  tools->addWidget(gain_);
  tools->addSpacing(space::kSmall);
  tools->addWidget(gainText_);
  tools->addStretch();
  connect(&modes_, &QButtonGroup::idClicked, this,
          [this](int id) { setMode(static_cast<CompareView::Mode>(id)); });
  connect(gain_, &QSlider::valueChanged, this, &ComparePage::showDifference);
  setMode(CompareView::Mode::swipe);
  return bar;
}

void ComparePage::setMode(CompareView::Mode mode) {
  modes_.button(static_cast<int>(mode))->setChecked(true);
  view_->setMode(mode);
  const bool isDifference = mode == CompareView::Mode::difference;
  gain_->setVisible(isDifference);
  gainText_->setVisible(isDifference);
  showDifference();
}

void ComparePage::showDifference() {
  gainText_->setText(tr("× %1").arg(gain_->value()));
  if (!gain_->isVisibleTo(this)) return;
  differing_.start([a = a_, b = b_, gain = gain_->value()] { return differenceOf(a, b, gain); },
                   [this](const QImage& difference) { view_->setDifference(difference); });
}

QString ComparePage::describe(const QString& path) const {
  const GalleryRow* row = session_.gallery().find(path);
  if (row == nullptr) return QFileInfo(path).fileName();
  const QString name = QFileInfo(path).fileName(), acceleration = accelerationTitle(row->acceleration);
  const QString time = row->seconds > 0 ? timeText(row->seconds) : tr("time not known");
  if (row->saved <= 0) return tr("%1: %2, %3").arg(name, acceleration, time);
  return tr("%1: %2, %3, %4% of the work skipped")
      .arg(name, acceleration, time, QString::number(100 * row->saved, 'f', 0));
}

void ComparePage::compare(const QString& a, const QString& b) {
  numbers_->setText(tr("Comparing…"));
  names_->setText(tr("Left  %1\nRight  %2").arg(describe(a), describe(b)));
  comparing_.start(
      [a, b] {
        Pair pair{readPicture(a), readPicture(b), {}};
        pair.numbers = comparePictures(pair.a, pair.b);
        return pair;
      },
      [this](const Pair& pair) { show(pair); });
}

void ComparePage::show(const Pair& pair) {
  a_ = pair.a;
  b_ = pair.b;
  result_ = pair.numbers;
  view_->setPictures(a_, b_);
  numbers_->setText(result_.problem.isEmpty()
                        ? (result_.identical
                               ? tr("Identical, byte for byte")
                               : tr("PSNR %1 dB      SSIM %2      Largest difference: %3 of 255")
                                     .arg(result_.psnr, 0, 'f', 1)
                                     .arg(result_.ssim, 0, 'f', 4)
                                     .arg(result_.largest))
                        : result_.problem);
  showDifference();
  emit compared();
}

}  // namespace diorama::gui
