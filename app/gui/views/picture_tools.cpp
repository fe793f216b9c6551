#include "gui/views/picture_tools.h"

#include <QVBoxLayout>

#include "gui/models/plain_tip.h"
#include "gui/service/time_text.h"
#include "gui/views/theme.h"
#include "gui/views/words.h"

namespace diorama::gui {
namespace {

QString totalsText(const RunTotals& totals) {
  const QString all = macsText(static_cast<double>(totals.fullMacs));
  constexpr double kWorthSaying = 0.0005;
  if (totals.saved() <= kWorthSaying) return PictureTools::tr("Exact, %1MAC").arg(all);
  const QString percent = QString::number(100 * totals.saved(), 'f', 0);
  const QString done = macsText(static_cast<double>(totals.executedMacs));
  const double milliseconds = totals.millisecondsSaved();
  const QString time = timeText(milliseconds / 1000);
  const QString cache = bytesText(static_cast<double>(totals.cacheBytes));
  if (milliseconds >= 1 && totals.cacheBytes > 0)
    return PictureTools::tr("%1% skipped (%2 of %3MAC) · about %4 saved · %5 cache")
        .arg(percent, done, all, time, cache);
  if (milliseconds >= 1)
    return PictureTools::tr("%1% skipped (%2 of %3MAC) · about %4 saved").arg(percent, done, all, time);
  if (totals.cacheBytes > 0)
    return PictureTools::tr("%1% skipped (%2 of %3MAC) · %4 cache").arg(percent, done, all, cache);
  return PictureTools::tr("%1% skipped (%2 of %3MAC)").arg(percent, done, all);
}

}  // namespace

PictureTools::PictureTools()
    : tools_(new QHBoxLayout), status_(new TextLine), zoom_(label({}, "dim")), totals_(new TextLine) {
  constexpr int kZoomWidth = 44;  // pixels
  tools_->setSpacing(space::kTight);
  tools_->addWidget(status_, 1);
  branch_ =
      tool("branch", tr("Branch: continue from this step with the current settings"), Qt::CTRL | Qt::Key_B);
  exact_ = tool("compare", tr("Repaint without shortcuts and compare"), Qt::CTRL | Qt::Key_E);
  tokens_ = tool("tokens", tr("Show skipped areas"), Qt::CTRL | Qt::Key_T);
  decoded_ = tool("preview", tr("Sharp previews (slower)"), Qt::CTRL | Qt::Key_D);
  copy_ = tool("copy", tr("Copy picture"), Qt::CTRL | Qt::SHIFT | Qt::Key_C);
  save_ = tool("save", tr("Save picture as…"), Qt::CTRL | Qt::Key_S);
  fit_ = tool("fit", tr("Fit to window"), Qt::CTRL | Qt::Key_0);
  oneToOne_ = tool("one", tr("Actual size"), Qt::CTRL | Qt::Key_1);
  tools_->addWidget(zoom_);
  zoom_->setMinimumWidth(kZoomWidth);
  tokens_->setCheckable(true);
  decoded_->setCheckable(true);
  for (QToolButton* needsPicture : {branch_, exact_, copy_, save_}) needsPicture->setEnabled(false);
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
  tool->setProperty("tip", tool->toolTip());
  tools_->addWidget(tool);
  return tool;
}

void PictureTools::setReason(QToolButton& tool, const QString& whyNot) {
  tool.setEnabled(whyNot.isEmpty());
  const QString tip = tool.property("tip").toString();
  tool.setToolTip(whyNot.isEmpty() ? tip : plainTip(QStringLiteral("%1\n%2").arg(tip, whyNot)));
}

void PictureTools::setTotals(const RunTotals& totals) {
  if (totals.fullMacs > 0) totals_->show();  // and stays, so that the canvas keeps its size
  totals_->setText(totals.fullMacs > 0 ? totalsText(totals) : QString());
}

void PictureTools::setZoom(double zoom) {
  zoom_->setText(tr("%1%").arg(100 * zoom * devicePixelRatio(), 0, 'f', 0));
}

}  // namespace diorama::gui
