#include "gui/views/picture_tools.h"

#include <QVBoxLayout>

#include "gui/views/theme.h"
#include "gui/views/words.h"

namespace diorama::gui {

PictureTools::PictureTools()
    : tools_(new QHBoxLayout),
      status_(new TextLine),
      watch_(button(tr("Watch the one that is painted"), {}, "chip")),
      zoom_(label({}, "dim")),
      totals_(new TextLine) {
  constexpr int kZoomWidth = 44;  // pixels
  tools_->setSpacing(space::kTight);
  tools_->addWidget(status_, 1);
  tools_->addWidget(watch_);
  branch_ =
      tool("branch", tr("Branch from this step with the settings as they are now"), Qt::CTRL | Qt::Key_B);
  exact_ = tool("compare", tr("Paint this seed without shortcuts and compare"), Qt::CTRL | Qt::Key_E);
  tokens_ = tool("tokens", tr("Show which tokens were left out"), Qt::CTRL | Qt::Key_T);
  decoded_ =
      tool("preview", tr("Decode every step: sharper previews, which take time"), Qt::CTRL | Qt::Key_D);
  copy_ = tool("copy", tr("Copy picture"), Qt::CTRL | Qt::SHIFT | Qt::Key_C);
  save_ = tool("save", tr("Save picture as…"), Qt::CTRL | Qt::Key_S);
  fit_ = tool("fit", tr("Fit the picture into the window"), Qt::CTRL | Qt::Key_0);
  oneToOne_ = tool("one", tr("One pixel a pixel"), Qt::CTRL | Qt::Key_1);
  tools_->addWidget(zoom_);
  zoom_->setMinimumWidth(kZoomWidth);
  tokens_->setCheckable(true);
  decoded_->setCheckable(true);
  for (QToolButton* needsPicture : {branch_, exact_, copy_, save_}) needsPicture->setEnabled(false);
  watch_->hide();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kMedium, space::kTight, space::kMedium, space::kTight);
  layout->setSpacing(0);
  layout->addLayout(tools_);
  layout->addWidget(totals_);
  totals_->hide();
}

QToolButton* PictureTools::tool(const QString& iconName, const QString& name, const QKeySequence& keys) {
  QToolButton* tool = iconButton(iconName, name, keys.toString(QKeySequence::NativeText));
  tool->setShortcut(keys);
  tools_->addWidget(tool);
  return tool;
}

void PictureTools::setTotals(const RunTotals& totals) {
  totals_->setVisible(totals.fullMacs > 0);
  QString text = tr("%1 of %2 multiply-adds")
                     .arg(macsText(static_cast<double>(totals.executedMacs)),
                          macsText(static_cast<double>(totals.fullMacs)));
  constexpr double kWorthSaying = 0.0005;
  if (totals.saved() <= kWorthSaying) return totals_->setText(tr("%1, exact").arg(text));
  text = tr("%1, %2 % saved").arg(text).arg(100 * totals.saved(), 0, 'f', 0);
  if (const double saved = totals.millisecondsSaved(); saved >= 1)
    text = tr("%1  ·  about %2 saved").arg(text, durationText(saved / 1000));
  if (totals.cacheBytes > 0)
    text = tr("%1  ·  cache %2").arg(text, bytesText(static_cast<double>(totals.cacheBytes)));
  totals_->setText(text);
}

void PictureTools::setZoom(double zoom) {
  zoom_->setText(tr("%1 %").arg(100 * zoom * devicePixelRatio(), 0, 'f', 0));
}

}  // namespace diorama::gui
