#include "gui/service/picture_file.h"

#include <QCoreApplication>
#include <algorithm>
#include <span>

#include "accelerate/plan.h"
#include "base/file.h"
#include "gui/service/failure.h"
#include "gui/service/picture_name.h"
#include "gui/service/pictures.h"
#include "gui/service/request.h"
#include "io/picture_texts.h"
#include "io/png.h"
#include "io/recipe.h"
#include "sampling/registry.h"

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(PictureFile)
};

bool isOwn(const Recipe& recipe) {
  return recipe.program.starts_with("Diorama");
}

bool isKnownSampler(const std::string& name) {
  return std::ranges::any_of(samplers(), [&](const Sampler& sampler) { return sampler.name == name; });
}

// More than a model reads, and no more than a line of text can be edited with.
void shorten(QString& prompt, const QString& what, PictureFile& file) {
  constexpr qsizetype kMost = 20'000;
  if (prompt.size() <= kMost) return;
  prompt.truncate(kMost);
  if (prompt.back().isHighSurrogate()) prompt.chop(1);
  file.unmapped << what;
}

void explainForeign(const Recipe& recipe, PictureFile& file) {
  if (!recipe.sampler.empty() && !isKnownSampler(recipe.sampler)) {
    file.unmapped << Text::tr("Sampler %1").arg(toLine(recipe.sampler));
    file.settings.sampler.clear();
  }
  if (!recipe.model.empty()) file.unmapped << Text::tr("Model %1").arg(toLine(recipe.model));
  for (const std::string& words : recipe.left_out) file.unmapped << toLine(words);
}

void takePlan(const nlohmann::json& decisions, PictureFile& file) try {
  if (!decisions.is_object() || !decisions.contains("plan")) return;
  accelerate::Plan::read(Config::parse(decisions["plan"].dump(), "acceleration"));
  file.settings.customPlan = toQJson(decisions["plan"]);
} catch (const Error& error) {
  file.unmapped << Text::tr("Acceleration: %1").arg(QString::fromUtf8(error.what()));
}

PictureFile readChecked(const QString& path) {
  PictureFile file;
  const std::string bytes = read_picture_file(toPath(path));
  const auto recipe = recipe_in_picture(std::as_bytes(std::span(bytes)), path.toStdString());
  if (!recipe) return file;
  file.recipe = QByteArray::fromStdString(to_json(*recipe).dump());
  file.settings = settingsOf(*recipe, {});
  file.knowsSeed = recipe->seed.has_value();
  shorten(file.settings.prompt, Text::tr("The end of the prompt"), file);
  shorten(file.settings.negativePrompt, Text::tr("The end of the negative prompt"), file);
  file.settings.sampler = toLine(recipe->sampler);
  file.program = toLine(recipe->program);
  file.modelTitle = toLine(recipe->model);
  file.modelHash = toLine(recipe->model_hash);
  if (!isOwn(*recipe)) {
    explainForeign(*recipe, file);
    return file;
  }
  file.settings.precision = toLine(recipe->precision);
  file.settings.acceleration = toLine(recipe->acceleration);
  takePlan(recipe->decisions, file);
  return file;
}

}  // namespace

PictureFile readPictureFile(const QString& path) {
  try {
    return readChecked(path);
  } catch (...) {
    PictureFile file;
    file.problem = currentFailure().what;
    return file;
  }
}

QString writePictureFile(const QString& path, const QImage& image, const QByteArray& recipe) {
  try {
    const std::vector<PngText> texts = recipe.isEmpty()
                                           ? std::vector<PngText>()
                                           : recipe_texts(recipe_from_json(recipe.toStdString(), "picture"));
    write_file_atomically(toPath(path), encode_png(fromQImage(image), texts));
    return {};
  } catch (...) {
    return currentFailure().what;
  }
}

QString writeSheet(const QString& folder, const QString& stem, const QImage& sheet) try {
  return writeNewPicture(folder, stem, encode_png(fromQImage(sheet)));
} catch (...) {
  return {};
}

QString parametersOf(const QByteArray& recipe) try {
  return QString::fromStdString(parameters_text(recipe_from_json(recipe.toStdString(), "picture")));
} catch (const Error&) {
  return {};
}

}  // namespace diorama::gui
