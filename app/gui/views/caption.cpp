#include "gui/views/caption.h"

#include <QPainter>
#include <algorithm>

#include "gui/models/plain_tip.h"
#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr auto kBetween = "  ·  ";

}  // namespace

CaptionLine::CaptionLine() {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CaptionLine::setFacts(const QList<SettingFact>& facts) {
  if (facts == facts_) return;
  facts_ = facts;
  setAccessibleName(text());
  setToolTip(plainTip(text()));
  update();
}

QString CaptionLine::text() const {
  QStringList texts;
  for (const SettingFact& fact : facts_) texts << fact.text;
  return texts.join(QString::fromUtf8(kBetween));
}

// The sheet of the application has the last word on setFont.
QFont CaptionLine::small() const {
  QFont small = font();
  small.setPixelSize(type::kSmall);
  return small;
}

QSize CaptionLine::sizeHint() const {
  return {0, QFontMetrics(small()).height()};
}

// The first, the prompt, gives way to the others; they are short.
void CaptionLine::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setFont(small());
  const Colours& colours = Theme::instance().colours();
  const QFontMetrics metrics = painter.fontMetrics();
  const QString between = QString::fromUtf8(kBetween);
  int others = 0;
  for (qsizetype i = 1; i < facts_.size(); ++i) others += metrics.horizontalAdvance(between + facts_[i].text);
  const int least = width() / 3;
  int x = 0;
  for (qsizetype i = 0; i < facts_.size() && x < width(); ++i) {
    const int room = i == 0 ? std::max(least, width() - others) : width() - x;
    if (i > 0) {
      painter.setPen(colours.dim);
      painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, between);
      x += metrics.horizontalAdvance(between);
    }
    const QString text = metrics.elidedText(facts_[i].text.simplified(), Qt::ElideRight, room);
    painter.setPen(facts_[i].differs ? colours.accent : colours.text);
    painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, text);
    x += metrics.horizontalAdvance(text);
  }
}

Caption::Caption()
    : line_(new CaptionLine),
      useSettings_(button(tr("Use settings"), {}, "link")),
      useSeed_(button(tr("Use seed"), {}, "link")) {
  useSettings_->setToolTip(tr("Paint with the settings of this picture"));
  useSeed_->setToolTip(tr("Paint with the seed of this picture"));
  auto* row = makeRow({line_, useSettings_, useSeed_});
  row->setContentsMargins(space::kMedium, space::kTight, space::kMedium, 0);
  row->setSpacing(space::kSmall);
  row->setStretch(0, 1);
  setLayout(row);
  constexpr int kHeight = 26;  // pixels, whatever it says: the canvas above keeps its size
  setFixedHeight(kHeight);
  setFacts({}, false);
}

void Caption::setFacts(const QList<SettingFact>& facts, bool isPicture) {
  line_->setFacts(facts);
  const auto differs = [&](bool (*matters)(const SettingFact&)) {
    return isPicture && std::any_of(facts.begin(), facts.end(), matters);
  };
  useSettings_->setEnabled(differs([](const SettingFact& fact) { return fact.differs; }));
  useSeed_->setEnabled(
      differs([](const SettingFact& fact) { return fact.differs && fact.setting == QLatin1String("seed"); }));
  useSettings_->setVisible(isPicture);
  useSeed_->setVisible(isPicture);
}

}  // namespace diorama::gui
