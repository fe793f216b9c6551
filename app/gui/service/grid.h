// Pictures over two settings, on one sheet.
#pragma once

#include <QImage>
#include <QList>
#include <QStringList>
#include <optional>

#include "gui/service/comparison.h"
#include "gui/service/model_facts.h"
#include "gui/service/paint_settings.h"

namespace diorama::gui {

// A setting by name, and what it is set to from row to row or column to column.
struct GridAxis {
  QString setting;
  QStringList values;
};

// A setting that a grid can run over.
struct GridChoice {
  QString setting;
  QString title;
  QStringList known;  // its values; empty: numbers
  QString example;    // values with commas between
};

// `model` may be null: it is not known yet.
QList<GridChoice> gridChoices(const PaintSettings& base, const ModelFacts* model);
// False where the value is none for the setting.
bool applySetting(PaintSettings& settings, const QString& setting, const QString& value);

struct GridSpec {
  PaintSettings base;
  GridAxis rows, columns;

  int size() const { return static_cast<int>(rows.values.size() * columns.values.size()); }
  // Of a cell, counted row by row; none where a value does not fit its setting.
  std::optional<PaintSettings> cell(int index) const;
};

struct GridCell {
  QImage image;  // null: was not painted
  double seconds = 0;
};

// Under each picture its time, and how far it is from the first of its row (PSNR, SSIM).
QImage gridSheet(const GridSpec& spec, const QList<GridCell>& cells);

}  // namespace diorama::gui
