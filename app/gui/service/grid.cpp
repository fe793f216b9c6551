#include "gui/service/grid.h"

#include <QCoreApplication>
#include <QPainter>

namespace diorama::gui {
namespace {

// Pixels of the sheet.
constexpr int kMargin = 24;
constexpr int kGap = 12;
constexpr int kHead = 32;
constexpr int kSide = 120;  // of the rows' names
constexpr int kCaption = 36;
constexpr int kLeastCell = 256;
constexpr int kType = 13;

class Text {
  Q_DECLARE_TR_FUNCTIONS(Grid)
};

QString captionOf(const GridCell& cell, const GridCell& reference) {
  if (cell.image.isNull()) return Text::tr("not painted");
  const QString time = Text::tr("%1 s").arg(cell.seconds, 0, 'f', 2);
  if (&cell == &reference || reference.image.isNull()) return time;
  const PictureComparison comparison = comparePictures(cell.image, reference.image);
  if (!comparison.problem.isEmpty()) return time;
  if (comparison.identical) return Text::tr("%1\nidentical").arg(time);
  return Text::tr("%1\n%2 dB, SSIM %3")
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
  if (setting == "seed")
    settings.seed = value.toULongLong(&fits);
  else if (setting == "steps")
    fits = (settings.steps = value.toInt(&fits)) > 0;
  else if (setting == "guidance")
    fits = (settings.guidance = value.toDouble(&fits)) >= 1;
  else if (setting == "sampler")
    settings.sampler = value;
  else if (setting == "precision")
    settings.precision = value;
  else if (setting == "acceleration")
    settings.acceleration = value;
  else
    return false;
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
  const QSize cell = cellSize(cells);
  const auto columns = static_cast<int>(spec.columns.values.size());
  const auto rows = static_cast<int>(spec.rows.values.size());
  const QSize step(cell.width() + kGap, cell.height() + kCaption + kGap);
  const QPoint origin(kMargin + kSide, kMargin + kHead);
  QImage sheet(origin.x() + columns * step.width() + kMargin, origin.y() + rows * step.height() + kMargin,
               QImage::Format_RGB888);
  sheet.fill(Qt::white);
  QPainter painter(&sheet);
  painter.setPen(Qt::black);
  QFont font = painter.font();
  font.setPixelSize(kType);
  painter.setFont(font);
  for (int c = 0; c < columns; ++c)
    painter.drawText(QRect(origin.x() + c * step.width(), kMargin, cell.width(), kHead), Qt::AlignCenter,
                     QStringLiteral("%1 %2").arg(spec.columns.setting, spec.columns.values[c]));
  for (int i = 0; i < cells.size(); ++i) {
    const QPoint corner = origin + QPoint(i % columns * step.width(), i / columns * step.height());
    if (i % columns == 0)
      painter.drawText(QRect(kMargin, corner.y(), kSide - kGap, cell.height()),
                       Qt::AlignVCenter | Qt::TextWordWrap,
                       QStringLiteral("%1\n%2").arg(spec.rows.setting, spec.rows.values[i / columns]));
    painter.drawImage(QRect(corner, cell), cells[i].image);
    painter.drawText(QRect(corner + QPoint(0, cell.height() + 2), QSize(cell.width(), kCaption)),
                     Qt::AlignHCenter | Qt::AlignTop, captionOf(cells[i], cells[i - i % columns]));
  }
  return sheet;
}

}  // namespace diorama::gui
