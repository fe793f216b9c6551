#include "gui/service/grid.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/service/seed_text.h"

namespace diorama::gui {
namespace {

// Pixels of the sheet.
constexpr int kMargin = 24;
constexpr int kGap = 12;
constexpr int kLeastCell = 256;
constexpr int kType = 13;
constexpr int kMostNameWidth = 480;  // of a row's name: what is longer is broken

class Text {
  Q_DECLARE_TR_FUNCTIONS(Grid)
};

// A line each: time, PSNR, SSIM.
QString captionOf(const GridCell& cell, const GridCell& reference) {
  if (cell.image.isNull()) return Text::tr("not painted");
  const QString time = Text::tr("%1 s").arg(cell.seconds, 0, 'f', 2);
  if (&cell == &reference || reference.image.isNull()) return time;
  const PictureComparison comparison = comparePictures(cell.image, reference.image);
  if (!comparison.problem.isEmpty()) return time;
  if (comparison.identical) return Text::tr("%1\nidentical").arg(time);
  return Text::tr("%1\nPSNR %2 dB\nSSIM %3")
      .arg(time)
      .arg(comparison.psnr, 0, 'f', 1)
      .arg(comparison.ssim, 0, 'f', 3);
}

QSize cellSize(const QList<GridCell>& cells) {
  QSize size(1, 1);
  for (const GridCell& cell : cells) size = size.expandedTo(cell.image.size());
  const int enlarged = std::max(1, kLeastCell / std::max(size.width(), size.height()));
  return size * enlarged;
}

// Where everything stands, with room for the longest text of each kind.
class SheetLayout {
 public:
  SheetLayout(const GridSpec& spec, const QList<GridCell>& cells, const QFontMetrics& metrics)
      : columns_(static_cast<int>(spec.columns.values.size())),
        rows_(static_cast<int>(spec.rows.values.size())),
        picture_(cellSize(cells)) {
    for (const QString& value : spec.columns.values) heads_ << headOf(spec.columns.setting, value);
    for (const QString& value : spec.rows.values) names_ << nameOf(spec.rows.setting, value);
    for (int i = 0; i < cells.size(); ++i) captions_ << captionOf(cells[i], cells[i - i % columns_]);
    const QSize caption = largest(captions_, metrics), head = largest(heads_, metrics);
    column_ = std::max({picture_.width(), caption.width(), head.width()});
    caption_ = caption.height() + kGap;
    head_ = head.height() + kGap;
    name_ = std::min(largest(names_, metrics).width(), kMostNameWidth) + kGap;
  }

  QSize size() const {
    const QRect last = picture(columns_ * rows_ - 1);
    return {origin().x() + columns_ * (column_ + kGap) - kGap + kMargin,
            last.bottom() + 1 + caption_ + kMargin};
  }
  QRect head(int column) const { return {left(column), kMargin, column_, head_}; }
  QRect name(int row) const {
    return {kMargin, picture(row * columns_).y(), name_ - kGap, picture_.height()};
  }
  // In the middle of its column.
  QRect picture(int cell) const {
    const QPoint corner(left(cell % columns_) + (column_ - picture_.width()) / 2,
                        origin().y() + cell / columns_ * (picture_.height() + caption_ + kGap));
    return {corner, picture_};
  }
  QRect caption(int cell) const {
    return {left(cell % columns_), picture(cell).bottom() + 3, column_, caption_};
  }
  const QStringList& heads() const { return heads_; }
  const QStringList& names() const { return names_; }
  const QStringList& captions() const { return captions_; }

 private:
  static QString headOf(const QString& setting, const QString& value) {
    return QStringLiteral("%1 %2").arg(setting, value);
  }
  static QString nameOf(const QString& setting, const QString& value) {
    return QStringLiteral("%1\n%2").arg(setting, value);
  }
  static QSize largest(const QStringList& texts, const QFontMetrics& metrics) {
    QSize size;
    for (const QString& text : texts) size = size.expandedTo(metrics.size(0, text));
    return size;
  }
  QPoint origin() const { return {kMargin + name_, kMargin + head_}; }
  int left(int column) const { return origin().x() + column * (column_ + kGap); }

  int columns_, rows_;
  QSize picture_;
  QStringList heads_, names_, captions_;
  int column_ = 0, caption_ = 0, head_ = 0, name_ = 0;
};

QFont sheetFont() {
  QFont font;
  font.setPixelSize(kType);
  return font;
}

}  // namespace

QList<GridChoice> gridChoices(const PaintSettings& base, const ModelFacts* model) {
  const auto named = [](const char* setting, const QString& title, const QStringList& known) {
    return GridChoice{QLatin1String(setting), title, known, known.mid(0, 3).join(", ")};
  };
  const auto counted = [](const char* setting, const QString& title, auto first, auto step) {
    return GridChoice{QLatin1String(setting),
                      title,
                      {},
                      QStringLiteral("%1, %2, %3").arg(first).arg(first + step).arg(first + 2 * step)};
  };
  QStringList precisions, plans{"off"};
  if (model != nullptr) {
    for (const PrecisionMemory& memory : model->memory) precisions << memory.precision;
    for (const PlanFacts& plan : model->plans) plans << plan.name;
  }
  return {
      counted("seed", Text::tr("Seed"), base.seed, 1),
      counted("steps", Text::tr("Steps"), std::max(base.steps / 2, 1), std::max(base.steps / 2, 1)),
      counted("guidance", Text::tr("Guidance"), 2.0, 2.0),
      named("sampler", Text::tr("Sampler"), model == nullptr ? QStringList(base.sampler) : model->samplers),
      named("precision", Text::tr("Precision"), precisions),
      named("acceleration", Text::tr("Acceleration"), plans)};
}

bool applySetting(PaintSettings& settings, const QString& setting, const QString& value) {
  bool fits = true;
  if (setting == "seed") {
    const SeedText text = readSeed(value);
    fits = text.seed.has_value();
    settings.seed = text.seed.value_or(0);
  } else if (setting == "steps") {
    settings.steps = value.toInt(&fits);
    fits = fits && settings.steps > 0;
  } else if (setting == "guidance") {
    settings.guidance = value.toDouble(&fits);
    fits = fits && std::isfinite(settings.guidance) && settings.guidance >= 1;
  } else if (setting == "sampler") {
    settings.sampler = value;
  } else if (setting == "precision") {
    settings.precision = value;
  } else if (setting == "acceleration") {
    settings.acceleration = value;
  } else {
    return false;
  }
  return fits && !value.isEmpty();
}

std::optional<PaintSettings> GridSpec::cell(int index) const {
  PaintSettings settings = base;
  const auto width = static_cast<int>(columns.values.size());
  const bool fits = applySetting(settings, rows.setting, rows.values.value(index / width)) &&
                    applySetting(settings, columns.setting, columns.values.value(index % width));
  return fits ? std::optional(settings) : std::nullopt;
}

QImage gridSheet(const GridSpec& spec, const QList<GridCell>& cells) {
  const SheetLayout layout(spec, cells, QFontMetrics(sheetFont()));
  QImage sheet(layout.size(), QImage::Format_RGB888);
  sheet.fill(Qt::white);
  QPainter painter(&sheet);
  painter.setPen(Qt::black);
  painter.setFont(sheetFont());
  for (int i = 0; i < layout.heads().size(); ++i)
    painter.drawText(layout.head(i), Qt::AlignHCenter | Qt::AlignTop, layout.heads()[i]);
  for (int i = 0; i < layout.names().size(); ++i)
    painter.drawText(layout.name(i), Qt::AlignVCenter | Qt::TextWrapAnywhere, layout.names()[i]);
  for (int i = 0; i < cells.size(); ++i) {
    painter.drawImage(layout.picture(i), cells[i].image);
    painter.drawText(layout.caption(i), Qt::AlignHCenter | Qt::AlignTop, layout.captions()[i]);
  }
  return sheet;
}

}  // namespace diorama::gui
