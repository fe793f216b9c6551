#include "study/quantise.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/file.h"
#include "base/half.h"
#include "formats/w8a8.h"
#include "io/quantised_layers.h"
#include "pipeline/pipeline.h"
#include "study/calibration_prompts.h"
#include "study/compare.h"
#include "study/input_sampler.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Progress = std::function<void(const QuantiseProgress&)>;

constexpr const char* kWeights = "diffusion_pytorch_model.safetensors";
constexpr uint64_t kCalibrationSeed = 1000;
constexpr uint64_t kPictureSeed = 1;

// A folder that becomes the destination when it is complete, and nothing otherwise.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(const fs::path& destination)
      : destination_(destination), path_(destination.string() + ".partial") {
    if (path_exists(destination))
      fail(Fault::usage, "[destination] {} exists already; choose a new folder", destination.string());
    if (path_exists(path_))
      fail(Fault::usage,
           "[destination] {} is left from a run that did not end; remove it, or choose another folder",
           path_.string());
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) fail(Fault::file_system, "{}: cannot be made: {}", path_.string(), error.message());
  }
  ~UnfinishedFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;

  const fs::path& path() const { return path_; }
  void finish() {
    std::error_code error;
    fs::rename(path_, destination_, error);
    if (error) fail(Fault::file_system, "{}: cannot be renamed: {}", path_.string(), error.message());
  }

 private:
  fs::path destination_;
  fs::path path_;
};

bool is_weights(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
}

// Everything but the weights of the parts that are written anew, and golden values, which hold no longer.
void copy_rest(const fs::path& from, const fs::path& to, const std::vector<std::string>& rewritten) {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path relative = fs::relative(entry.path(), from);
    const bool rewritten_part = std::ranges::find(rewritten, relative.begin()->string()) != rewritten.end();
    if (!entry.is_regular_file() || (rewritten_part && is_weights(relative)) ||
        relative == "golden.safetensors" || relative == "diorama.json")
      continue;
    fs::create_directories((to / relative).parent_path(), error);
    if (error) fail(Fault::file_system, "{}: cannot be made: {}", (to / relative).string(), error.message());
    fs::copy_file(entry.path(), to / relative, error);
    if (error) fail(Fault::file_system, "{}: cannot be copied: {}", entry.path().string(), error.message());
  }
}

size_t weight_bytes(const fs::path& folder, const std::vector<std::string>& parts) {
  size_t bytes = 0;
  for (const std::string& part : parts)
    for (const auto& entry : fs::directory_iterator(folder / part))
      if (entry.path().extension() == ".safetensors") bytes += entry.file_size();
  return bytes;
}

// Tensors of a file that is being made; they own what is written.
class Tensors {
 public:
  void add_codes(const std::string& name, int64_t rows, std::vector<std::byte> bytes) {
    const auto row_bytes = static_cast<int64_t>(bytes.size()) / rows;
    codes_.push_back(std::move(bytes));
    tensors_.push_back({name, {rows, row_bytes}, std::span<const std::byte>(codes_.back())});
  }
  void add_floats(const std::string& name, const Shape& shape, std::vector<float> values) {
    floats_.push_back(std::move(values));
    tensors_.push_back({name, shape, std::span<const float>(floats_.back())});
  }
  void add_halves(const std::string& name, const Shape& shape, std::vector<uint16_t> values) {
    halves_.push_back(std::move(values));
    tensors_.push_back({name, shape, std::span<const uint16_t>(halves_.back())});
  }
  std::span<const TensorToWrite> all() const { return tensors_; }

 private:
  std::list<std::vector<std::byte>> codes_;
  std::list<std::vector<float>> floats_;
  std::list<std::vector<uint16_t>> halves_;
  std::vector<TensorToWrite> tensors_;
};

// In 16 bits where that is what the role gets, or where nothing is lost.
void add_plain(const nn::TensorSpec& spec, bool in_half, const nn::TensorSource& source, Tensors& tensors) {
  std::vector<float> values(static_cast<size_t>(spec.shape.num_elements()));
  source.read_rows(spec, 0, spec.shape.rank() == 0 ? 1 : spec.shape[0], values.data());
  std::vector<uint16_t> halves(values.size());
  std::ranges::transform(values, halves.begin(), f32_to_f16);
  for (size_t i = 0; i < values.size() && !in_half; ++i)
    if (f16_to_f32(halves[i]) != values[i])
      return tensors.add_floats(spec.name, spec.shape, std::move(values));
  tensors.add_halves(spec.name, spec.shape, std::move(halves));
}

std::vector<float> read_matrix(const nn::Entry& entry, const nn::TensorSource& source) {
  std::vector<float> matrix(static_cast<size_t>(entry.n() * entry.k()));
  float* rows = matrix.data();
  for (const nn::TensorSpec& part : entry.weights) {
    source.read_rows(part, 0, part.shape[0], rows);
    rows += part.shape[0] * entry.k();
  }
  return matrix;
}

const Format* format_of(const nn::Entry& entry, const QuantiseOptions& options) {
  if (entry.kind != nn::Entry::Kind::matrix) return nullptr;
  if (entry.role == nn::Role::linear) return options.format;
  if (entry.role == nn::Role::modulation) return options.modulation;
  return nullptr;
}

LayerReport add_quantised(const nn::Entry& entry, const Format& format, const nn::TensorSource& source,
                          const quant::LayerInputs& inputs, const quant::Steps& steps, Tensors& tensors,
                          Json& formats) {
  const int64_t n = entry.n();
  const int64_t k = entry.k();
  const auto matrix = quant::quantise(format, read_matrix(entry, source), n, k, inputs, steps);
  const size_t row_bytes = format.row_bytes(k);
  auto from = matrix.rows.begin();
  for (const nn::TensorSpec& part : entry.weights) {
    const auto bytes = static_cast<std::ptrdiff_t>(static_cast<size_t>(part.shape[0]) * row_bytes);
    tensors.add_codes(part.name, part.shape[0], {from, from + bytes});
    formats[part.name] = format.name;
    from += bytes;
  }
  if (!matrix.multiplier.empty())
    tensors.add_floats(QuantisedLayers::multiplier_name(entry.path), {k}, matrix.multiplier);
  const size_t bytes = matrix.rows.size() + matrix.multiplier.size() * sizeof(float);
  return {.path = entry.path,
          .format = std::string(format.name),
          .weight_error = matrix.weight_error,
          .output_error = matrix.output_error,
          .nearest_error = matrix.nearest_error,
          .bits = 8.0 * static_cast<double>(bytes) / static_cast<double>(n * k),
          .bytes = bytes};
}

// Writes the weights of one part; `inputs_of` says what a layer reads.
void quantise_part(const nn::TensorTable& table, const fs::path& from, const fs::path& to, Device& device,
                   const QuantiseOptions& options,
                   const std::function<quant::LayerInputs(const std::string&)>& inputs_of,
                   const Progress& progress, std::vector<LayerReport>& layers) {
  const CheckpointSource source(from);
  Tensors tensors;
  Json formats = Json::object();
  int done = 0;
  for (const nn::Entry& entry : table.entries()) {
    device.poll();
    progress({"quantising " + entry.path, done++, static_cast<int>(table.entries().size())});
    for (const nn::TensorSpec& spec : entry.weights) source.check(spec);
    if (const Format* format = format_of(entry, options)) {
      layers.push_back(
          add_quantised(entry, *format, source, inputs_of(entry.path), options.steps, tensors, formats));
    } else {
      const bool in_half = entry.role == nn::Role::embedding || entry.role == nn::Role::final;
      for (const nn::TensorSpec& spec : entry.weights) add_plain(spec, in_half, source, tensors);
    }
    for (const nn::TensorSpec& spec : entry.biases) add_plain(spec, false, source, tensors);
    for (const nn::TensorSpec& spec : entry.weights) source.release(spec);
  }
  write_safetensors(to / kWeights, tensors.all(),
                    {{QuantisedLayers::kFormatsKey, formats.dump()},
                     {QuantisedLayers::kRotationKey, options.steps.rotation ? "on" : "off"}});
}

// Weights in 16 bits, which take half of a model in fp32, where the device expands them: samples are of fp32
// inputs.
Precision calibration_precision(const Device& device) {
  const Format& format = device.product_input(format_f16()) == DType::f32 ? format_f16() : format_f32();
  return {&format, &format, &format, std::string(format.name)};
}

InputSampler calibrate(const ModelFolder& source, Device& device, const QuantiseOptions& options,
                       const Progress& progress) {
  Pipeline pipeline(source, device, calibration_precision(device));
  auto requests = calibration_requests(pipeline, options.prompts, kCalibrationSeed);
  int64_t evaluations = 0;
  for (RenderRequest& request : requests) {
    if (options.num_steps > 0) request.steps = options.num_steps;
    request = pipeline.resolve(request);
    request.steps = std::min(*request.steps, options.num_steps > 0 ? options.num_steps : 20);
    evaluations += *request.steps;
  }
  InputSampler sampler(options.rows, std::max<int64_t>(1, evaluations));
  pipeline.watch(sampler);
  int done = 0;
  RenderObserver observer;
  observer.on_step = [&](const StepReport&) {
    progress({"watching the model paint", ++done, static_cast<int>(evaluations)});
  };
  for (const RenderRequest& request : requests) pipeline.render(request, observer);
  return sampler;
}

void judge(const ModelFolder& before, const ModelFolder& after, Device& device,
           const QuantiseOptions& options, const Progress& progress, QuantiseReport& report) {
  if (options.pictures == 0) return;
  Pipeline exact(before, device, {});
  Pipeline half(before, device, choose_precision("bf16", device));
  Pipeline quantised(after, device, choose_precision("auto", device, after));
  FidelityMeter of_half;
  FidelityMeter of_quantised;
  int done = 0;
  for (const RenderRequest& request : calibration_requests(exact, options.pictures, kPictureSeed)) {
    progress({"comparing pictures", done++, options.pictures});
    const Image picture = exact.render(request).image;
    of_half.add(picture, half.render(request).image);
    of_quantised.add(picture, quantised.render(request).image);
  }
  report.pictures = options.pictures;
  report.psnr = of_quantised.psnr();
  report.ssim = of_quantised.ssim();
  report.ceiling_psnr = of_half.psnr();
  report.ceiling_ssim = of_half.ssim();
}

Json fidelity_json(const Fidelity& fidelity) {
  return {{"mean", fidelity.mean}, {"tenth_percentile", fidelity.tenth}, {"worst", fidelity.worst}};
}

Json report_json(const QuantiseReport& report) {
  Json layers = Json::array();
  for (const LayerReport& layer : report.layers)
    layers.push_back({{"path", layer.path},
                      {"format", layer.format},
                      {"weight_error", layer.weight_error},
                      {"output_error", layer.output_error},
                      {"nearest_error", layer.nearest_error},
                      {"bits", layer.bits},
                      {"bytes", layer.bytes}});
  Json json{{"bytes_before", report.bytes_before},
            {"bytes_after", report.bytes_after},
            {"pictures", report.pictures}};
  if (report.pictures > 0) {
    json["psnr"] = fidelity_json(report.psnr);
    json["ssim"] = fidelity_json(report.ssim);
    json["bf16_psnr"] = fidelity_json(report.ceiling_psnr);
    json["bf16_ssim"] = fidelity_json(report.ceiling_ssim);
  }
  json["layers"] = std::move(layers);
  return json;
}

// Plans stay: it is the same network. They say what precision they were tuned at, and a run at another warns.
void adopt_plans(Json& description, const std::string& hash) {
  if (!description.contains("acceleration")) return;
  for (auto& [name, plan] : description["acceleration"].items())
    if (plan.contains("tuned")) plan["tuned"]["model_hash"] = hash;
}

void write_description(const ModelFolder& source, const fs::path& folder, const QuantiseOptions& options,
                       const QuantiseReport* report) {
  Json description = Json::parse(source.diorama().json().dump());
  description["name"] = fmt::format("{} {}", source.title(), options.format->name);
  adopt_plans(description, ModelFolder::open(folder).content_hash());
  description["quantisation"] = {{"format", options.format->name}, {"modulation", options.modulation->name}};
  if (report != nullptr) description["quantisation"]["report"] = report_json(*report);
  write_file_atomically(folder / "diorama.json", description.dump(2) + "\n");
}

}  // namespace

QuantiseReport quantise_model(const ModelFolder& source, const fs::path& destination, Device& device,
                              const QuantiseOptions& requested, const Progress& progress) {
  QuantiseOptions options = requested;
  if (options.modulation == nullptr) options.modulation = &w8a8::kFormat;
  if (quantised_format(source) != nullptr)
    fail(Fault::usage, "[model] {} is quantised already; quantise the model it was made from",
         source.title());
  const fs::path within = fs::weakly_canonical(destination).lexically_relative(fs::canonical(source.path()));
  if (!within.empty() && *within.begin() != "..")
    fail(Fault::usage, "[destination] {} lies in the model's own folder; choose one beside it",
         destination.string());
  UnfinishedFolder folder(destination);
  std::vector<std::string> parts{"transformer"};
  const bool has_text_encoder = source.has("text_encoder");
  if (has_text_encoder) parts.emplace_back("text_encoder");
  InputSampler sampler = calibrate(source, device, options, progress);
  QuantiseReport report;
  report.bytes_before = weight_bytes(source.path(), parts);
  copy_rest(source.path(), folder.path(), parts);
  quantise_part(
      models::make_transformer(source.config("transformer"))->tensors(), source.component("transformer"),
      folder.path() / "transformer", device, options,
      [&](const std::string& path) { return sampler.take(path); }, progress, report.layers);
  if (has_text_encoder) {
    QuantiseOptions of_text = options;
    of_text.format = &w8a8::kFormat;
    quantise_part(
        models::make_text_encoder(source.config("text_encoder"))->tensors(), source.component("text_encoder"),
        folder.path() / "text_encoder", device, of_text,
        [](const std::string&) { return quant::LayerInputs(); }, progress, report.layers);
  }
  report.bytes_after = weight_bytes(folder.path(), parts);
  write_description(source, folder.path(), options, nullptr);
  judge(source, ModelFolder::open(folder.path()), device, options, progress, report);
  write_description(source, folder.path(), options, &report);
  folder.finish();
  return report;
}

std::string to_json(const QuantiseReport& report) {
  return report_json(report).dump(2);
}

}  // namespace diorama
