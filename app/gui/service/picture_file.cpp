#include "gui/service/picture_file.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <span>

#include "accelerate/plan.h"
#include "base/file.h"
#include "gui/service/failure.h"
#include "gui/service/picture_name.h"
#include "gui/service/pictures.h"
#include "gui/service/request.h"
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

// Keys of A1111's line of settings that say nothing to Diorama.
QStringList otherKeys(const QString& parameters) {
  constexpr qsizetype kMostOfLine = 10'000, kMostKeys = 50;
  static const QStringList known{"Steps",      "Sampler", "CFG scale", "Seed",    "Size", "Model",
                                 "Model hash", "Shift",   "Eta",       "Version", "RNG"};
  static const QRegularExpression pair(R"((?:^|, )([A-Z][\w ]*): )");
  QStringList others;
  auto matches = pair.globalMatch(parameters.mid(parameters.lastIndexOf('\n') + 1).left(kMostOfLine));
  while (matches.hasNext() && others.size() < kMostKeys)
    if (const QString key = matches.next().captured(1); !known.contains(key)) others << key;
  return others;
}

// What A1111 and its kin write into prompts to steer a model: words like any others to Diorama.
QStringList promptTags(const QString& prompt) {
  constexpr qsizetype kMostTags = 20;
  static const QRegularExpression network(R"(<(lora|lyco|hypernet):([^:>]{1,80})[^>]{0,80}>)",
                                          QRegularExpression::CaseInsensitiveOption);
  static const QRegularExpression weight(R"(\([^()]{1,200}:\s*[0-9]+(\.[0-9]+)?\s*\))");
  QStringList tags;
  auto networks = network.globalMatch(prompt);
  while (networks.hasNext() && tags.size() < kMostTags)
    tags << Text::tr("LoRA %1").arg(toLine(networks.next().captured(2).toStdString()));
  if (const auto match = weight.match(prompt); match.hasMatch())
    tags << Text::tr("Weights such as %1").arg(toLine(match.captured(0).left(60).toStdString()));
  tags.removeDuplicates();
  return tags;
}

void explainForeign(const std::vector<PngText>& texts, const Recipe& recipe, PictureFile& file) {
  if (!recipe.sampler.empty() && !isKnownSampler(recipe.sampler)) {
    file.unmapped << Text::tr("Sampler %1").arg(toLine(recipe.sampler));
    file.settings.sampler.clear();
  }
  file.unmapped << promptTags(file.settings.prompt + '\n' + file.settings.negativePrompt);
  if (!recipe.model.empty()) file.unmapped << Text::tr("Model %1").arg(toLine(recipe.model));
  for (const PngText& text : texts)
    if (text.keyword == "parameters") file.unmapped << otherKeys(QString::fromStdString(text.text));
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
  const std::string bytes = readPictureBytes(path);
  const auto texts = read_png_texts(std::as_bytes(std::span(bytes)), path.toStdString(), kRecipeKeywords);
  const auto recipe = read_recipe(texts, path.toStdString());
  if (!recipe) return file;
  file.recipe = QByteArray::fromStdString(to_json(*recipe).dump());
  file.settings = settingsOf(*recipe, {});
  shorten(file.settings.prompt, Text::tr("The end of the prompt"), file);
  shorten(file.settings.negativePrompt, Text::tr("The end of the negative prompt"), file);
  file.settings.sampler = toLine(recipe->sampler);
  file.program = toLine(recipe->program);
  file.modelTitle = toLine(recipe->model);
  file.modelHash = toLine(recipe->model_hash);
  if (!isOwn(*recipe)) {
    explainForeign(texts, *recipe, file);
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
