#include "gui/service/model_facts.h"

#include <QCoreApplication>
#include <QDir>
#include <algorithm>

#include "cpu/device.h"
#include "gui/service/failure.h"
#include "gui/service/pictures.h"
#include "gui/service/request.h"
#include "gui/service/token_counter.h"
#include "io/model_files.h"
#include "io/model_search.h"
#include "pipeline/acceleration.h"
#include "pipeline/pipeline.h"
#include "sampling/scheduler_config.h"
#include "study/model_info.h"

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(ModelFacts)
};

// As far as a card in the window can show it.
QString word(const Config& json, const char* key) {
  constexpr size_t kMost = 2000;  // bytes
  return toLine(json.get_or<std::string>(key, ""), kMost);
}

QStringList words(const Config& json, const char* key) {
  constexpr qsizetype kMost = 200;
  QStringList list;
  for (const std::string& text : json.get_or<std::vector<std::string>>(key, {}))
    if (list.size() < kMost) list << toLine(text);
  return list;
}

// What a copy of it would take; a folder that cannot be copied can be used all the same.
qint64 folderBytes(const QString& folder) try {
  return static_cast<qint64>(files_of_model(toPath(folder)).bytes());
} catch (const Error&) {
  return 0;
}

void readHints(const ModelFolder& folder, ModelFacts& facts) {
  if (!folder.diorama().has("prompt_hints")) return;
  const Config hints = folder.diorama().get<Config>("prompt_hints");
  facts.subjects = words(hints, "subjects");
  facts.styles = words(hints, "styles");
  facts.backgrounds = words(hints, "backgrounds");
  facts.pattern = word(hints, "pattern");
  if (!hints.has("background_rgb")) return;
  const Config colours = hints.get<Config>("background_rgb");
  for (const QString& name : facts.backgrounds) {
    const auto rgb = colours.get_or<std::vector<int>>(name.toStdString(), {});
    if (rgb.size() != 3) return facts.backgroundColours.clear();
    facts.backgroundColours << QColor(std::clamp(rgb[0], 0, 255), std::clamp(rgb[1], 0, 255),
                                      std::clamp(rgb[2], 0, 255));
  }
}

void readClasses(const ModelFolder& folder, int numClasses, ModelFacts& facts) {
  for (int i = 0; i < numClasses; ++i) facts.classes << Text::tr("Class %1").arg(i);
  for (const auto& [label, name] : folder.class_names())
    if (label >= 0 && label < numClasses && !name.empty()) facts.classes[label] = toLine(name);
}

void readSizes(ModelFacts& facts) {
  const int w = facts.recommended.width, h = facts.recommended.height, m = facts.sizeMultiple;
  const auto rounded = [m](double pixels) { return std::max(m, static_cast<int>(pixels / m + 0.5) * m); };
  for (const QSize size :
       {QSize(w, h), QSize(rounded(w * 1.25), rounded(h * 0.75)), QSize(rounded(w * 0.75), rounded(h * 1.25)),
        QSize(rounded(w * 1.5), rounded(h * 1.5))})
    if (!facts.sizes.contains(size)) facts.sizes << size;
}

void readSamplers(const ModelFolder& folder, ModelFacts& facts) {
  const Config scheduler = folder.config("scheduler");
  facts.hasShift = is_flow(scheduler);
  for (const Sampler& sampler : samplers()) try {
      choose_sampler(scheduler, sampler.name);
      facts.samplers << QString::fromUtf8(sampler.name.data(), static_cast<int>(sampler.name.size()));
      if (sampler.fresh_noise == FreshNoise::with_eta) facts.samplersWithEta << facts.samplers.last();
    } catch (const Error&) {  // does not fit the model
    }
}

// Of pictures to the exact ones, by their PSNR in dB.
QString closenessOf(double psnr) {
  if (psnr >= 30) return Text::tr("very close to exact");
  return psnr >= 22 ? Text::tr("close to exact") : Text::tr("visibly different from exact");
}

// Why, where the plan cannot be used: the model paints without it.
QString summaryOf(const ModelFolder& folder, const std::string& plan) try {
  const ChosenPlan chosen = choose_acceleration(folder, plan);
  if (!chosen.plan || !chosen.plan->tuned) return toLine(chosen.note, 600);
  const double psnr = chosen.plan->tuned->psnr;
  return Text::tr("%1× as fast, %2 (PSNR %3 dB, SSIM %4)")
      .arg(chosen.plan->tuned->speed, 0, 'f', 1)
      .arg(closenessOf(psnr))
      .arg(psnr, 0, 'f', 1)
      .arg(chosen.plan->tuned->ssim, 0, 'f', 3);
} catch (const Error& error) {
  return QString::fromUtf8(error.what());
}

void readPlans(const ModelFolder& folder, ModelFacts& facts) {
  constexpr qsizetype kMost = 100;
  for (const std::string& name : known_plans(folder))
    if (facts.plans.size() < kMost)
      facts.plans << PlanFacts{QString::fromStdString(name), summaryOf(folder, name)};
}

void readMemory(const ModelFolder& folder, Device& device, ModelFacts& facts) {
  const auto parts = describe_parts(folder, device);
  if (parts.empty()) return;
  for (size_t i = 0; i < parts.front().costs.size(); ++i) {
    size_t weights = 0, work = 0;
    for (const PartInfo& part : parts) {
      if (part.part == "vae_encoder" || i >= part.costs.size()) continue;
      weights += part.costs[i].weight_bytes;
      work = std::max(work, part.costs[i].work_bytes);
    }
    const std::string_view name = parts.front().costs[i].precision;
    if (!facts.quantised.isEmpty() && facts.quantised != QLatin1String(name.data(), name.size())) continue;
    facts.memory << PrecisionMemory{QString::fromUtf8(name.data(), static_cast<int>(name.size())),
                                    static_cast<qint64>(weights + work)};
  }
  for (const PartInfo& part : parts) {
    facts.parameters += part.num_parameters;
    const QString family = toLine(part.class_name);
    if (!facts.families.contains(family)) facts.families << family;
  }
}

// What stands there is for people alone: a report that cannot be read is none.
QString reportOf(const Config& diorama) try {
  if (!diorama.has("quantisation")) return {};
  const Config quantisation = diorama.get<Config>("quantisation");
  if (!quantisation.has("report")) return {};
  const Config report = quantisation.get<Config>("report");
  if (!report.has("psnr")) return {};
  const Config psnr = report.get<Config>("psnr");
  return quantisationText(report.get_number_or("bytes_before", 0, 0, 1e18),
                          report.get_number_or("bytes_after", 0, 0, 1e18),
                          psnr.get_number_or("mean", 0, 0, 1000), psnr.get_number_or("worst", 0, 0, 1000));
} catch (const Error&) {
  return {};
}

void readAll(const ModelFolder& folder, ModelFacts& facts) {
  facts.license = word(folder.diorama(), "license");
  facts.description = word(folder.diorama(), "description");
  cpu::Device device({.threads = 1});
  const Precision precision = choose_precision("auto", device, folder);
  if (const Format* format = quantised_format(folder)) {
    facts.quantised = QString::fromUtf8(format->name.data(), static_cast<int>(format->name.size()));
    facts.report = reportOf(folder.diorama());
  }
  const Pipeline pipeline(folder, device, precision);
  const auto geometry = pipeline.geometry();
  RenderRequest blank;
  if (geometry.num_classes > 0) blank.class_label = 0;
  const RenderRequest resolved = pipeline.resolve(blank);
  PaintSettings& r = facts.recommended;
  r.width = *resolved.width;
  r.height = *resolved.height;
  r.steps = *resolved.steps;
  r.guidance = *resolved.cfg_scale;
  const std::string_view sampler = choose_sampler(folder.config("scheduler"), resolved.sampler).name;
  r.sampler = QString::fromUtf8(sampler.data(), static_cast<int>(sampler.size()));
  facts.sizeMultiple = pipeline.latent().downsampling * geometry.patch_size;
  facts.numBlocks = geometry.num_blocks;
  facts.hasPreview = pipeline.preview_matrix().has_value();
  if (geometry.num_classes == 0) facts.tokens = std::make_shared<TokenCounter>(folder);
  readHints(folder, facts);
  readClasses(folder, geometry.num_classes, facts);
  readSizes(facts);
  readSamplers(folder, facts);
  readPlans(folder, facts);
  readMemory(folder, device, facts);
}

}  // namespace

QString quantisationText(double bytesBefore, double bytesAfter, double psnr, double worst) {
  return Text::tr("%1 → %2 MiB. Test pictures: PSNR %3 dB on average, %4 dB at worst.")
      .arg(bytesBefore / (1 << 20), 0, 'f', 1)
      .arg(bytesAfter / (1 << 20), 0, 'f', 1)
      .arg(psnr, 0, 'f', 1)
      .arg(worst, 0, 'f', 1);
}

ModelFacts readModelFacts(const QString& path) {
  ModelFacts facts;
  facts.path = path;
  facts.name = facts.title = facts.ownTitle = QDir(path).dirName();
  facts.recommended.model = path;
  try {
    const ModelFolder folder = ModelFolder::open(toPath(path));
    facts.title = facts.ownTitle = toLine(folder.title());
    facts.hash = QString::fromStdString(folder.content_hash());
    facts.earlierHash = QString::fromStdString(folder.sampled_hash());
    facts.bytes = folderBytes(path);
    readAll(folder, facts);
  } catch (...) {
    facts.problem = currentFailure().what;
  }
  return facts;
}

QStringList modelFolders() {
  QStringList folders;
  for (const auto& path : list_models()) folders << fromPath(path);
  return folders;
}

}  // namespace diorama::gui
