#include "study/quantise.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/half.h"
#include "base/new_folder.h"
#include "formats/w8a8.h"
#include "io/model_files.h"
#include "io/quantised_layers.h"
#include "pipeline/acceleration.h"
#include "pipeline/pipeline.h"
#include "study/calibration_prompts.h"
#include "study/compare.h"
#include "study/input_sampler.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;
using Progress = std::function<void(const QuantiseProgress&)>;

constexpr const char* kWeights = "diffusion_pytorch_model.safetensors";
constexpr uint64_t kCalibrationSeed = 1000;
constexpr uint64_t kPictureSeed = 1;

bool is_weights(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
}

// Everything but the weights of the parts that are written anew, and golden values, which hold no longer.
ModelFiles files_to_copy(const ModelFolder& source, const std::vector<std::string>& rewritten) {
  return files_of_model(source.path(), [&](const fs::path& name) {
    const bool rewritten_part = std::ranges::find(rewritten, name.begin()->string()) != rewritten.end();
    return !(rewritten_part && is_weights(name)) && name != "golden.safetensors" && name != "diorama.json";
  });
}

size_t weight_bytes(const fs::path& folder, const std::vector<std::string>& parts) {
  size_t bytes = 0;
  std::error_code unknown;
  for (const std::string& part : parts)
    for (const auto& entry : fs::directory_iterator(folder / part, unknown))
      if (entry.path().extension() == ".safetensors" && entry.is_regular_file(unknown)) {
        const auto size = entry.file_size(unknown);
        if (!unknown) bytes += size;
      }
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

// In pieces: a tensor can be larger than what is read in a moment.
void read_tensor(const nn::TensorSpec& spec, const nn::TensorSource& source, const quant::Team& team,
                 float* values) {
  constexpr int64_t kPiece = int64_t{4} << 20;  // numbers between looks
  const int64_t rows = spec.shape.rank() == 0 ? 1 : spec.shape[0];
  const int64_t width = rows == 0 ? 0 : spec.shape.num_elements() / rows;
  const int64_t step = std::max<int64_t>(1, kPiece / std::max<int64_t>(1, width));
  for (int64_t row = 0; row < rows; row += step) {
    team.look();
    source.read_rows(spec, row, std::min(step, rows - row), values + row * width);
  }
}

// In 16 bits where that is what the role gets, or where nothing is lost.
void add_plain(const nn::TensorSpec& spec, bool in_half, const nn::TensorSource& source,
               const quant::Team& team, Tensors& tensors) {
  std::vector<float> values(static_cast<size_t>(spec.shape.num_elements()));
  read_tensor(spec, source, team, values.data());
  std::vector<uint16_t> halves(values.size());
  std::atomic<bool> exact = true;
  constexpr int64_t kTogether = 4096, kCost = 8;
  const auto count = static_cast<int64_t>(values.size());
  quant::for_each(team, (count + kTogether - 1) / kTogether, kCost * kTogether, [&](int64_t piece) {
    const auto end = static_cast<size_t>(std::min((piece + 1) * kTogether, count));
    for (auto i = static_cast<size_t>(piece * kTogether); i < end; ++i) {
      halves[i] = f32_to_f16(values[i]);
      if (f16_to_f32(halves[i]) != values[i]) exact = false;
    }
  });
  if (exact || in_half)
    tensors.add_halves(spec.name, spec.shape, std::move(halves));
  else
    tensors.add_floats(spec.name, spec.shape, std::move(values));
}

std::vector<float> read_matrix(const nn::Entry& entry, const nn::TensorSource& source,
                               const quant::Team& team) {
  std::vector<float> matrix(static_cast<size_t>(entry.n() * entry.k()));
  float* rows = matrix.data();
  for (const nn::TensorSpec& part : entry.weights) {
    read_tensor(part, source, team, rows);
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
                          const quant::LayerInputs& inputs, const quant::Steps& steps,
                          const quant::Team& team, Tensors& tensors, Json& formats) {
  const int64_t n = entry.n();
  const int64_t k = entry.k();
  const auto matrix = quant::quantise(format, read_matrix(entry, source, team), n, k, inputs, steps, team);
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

void write_weights(const Tensors& tensors, const std::map<std::string, std::string>& metadata,
                   const NewFolder& to, const std::string& part, const quant::Team& team) {
  constexpr size_t kPiece = size_t{4} << 20;  // bytes between looks
  NewFolder::File file(to, fs::path(part) / kWeights);
  encode_safetensors(tensors.all(), metadata, [&](std::span<const std::byte> bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(kPiece, bytes.size()))) {
      team.look();
      file.write(bytes.first(std::min(kPiece, bytes.size())));
    }
  });
  file.close();
}

// What is done to one part of the model.
struct PartWork {
  std::string name;
  const nn::TensorTable& table;
  QuantiseOptions options;
  std::function<quant::LayerInputs(const std::string&)> inputs_of;  // what a layer reads
};

void quantise_part(const PartWork& part, const ModelFolder& from, const NewFolder& to,
                   const quant::Team& team, const Progress& progress, std::vector<LayerReport>& layers) {
  const CheckpointSource source(from.component(part.name));
  Tensors tensors;
  Json formats = Json::object();
  int done = 0;
  for (const nn::Entry& entry : part.table.entries()) {
    team.look();
    progress({"quantising " + entry.path, done++, static_cast<int>(part.table.entries().size())});
    for (const nn::TensorSpec& spec : entry.weights) source.check(spec);
    if (const Format* format = format_of(entry, part.options)) {
      layers.push_back(add_quantised(entry, *format, source, part.inputs_of(entry.path), part.options.steps,
                                     team, tensors, formats));
    } else {
      const bool in_half = entry.role == nn::Role::embedding || entry.role == nn::Role::final;
      for (const nn::TensorSpec& spec : entry.weights) add_plain(spec, in_half, source, team, tensors);
    }
    for (const nn::TensorSpec& spec : entry.biases) add_plain(spec, false, source, team, tensors);
    for (const nn::TensorSpec& spec : entry.weights) source.release(spec);
  }
  write_weights(tensors,
                {{QuantisedLayers::kFormatsKey, formats.dump()},
                 {QuantisedLayers::kRotationKey, part.options.steps.rotation ? "on" : "off"}},
                to, part.name, team);
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

OrderedJson fidelity_json(const Fidelity& fidelity) {
  return {{"mean", fidelity.mean}, {"tenth_percentile", fidelity.tenth}, {"worst", fidelity.worst}};
}

OrderedJson report_json(const QuantiseReport& report) {
  OrderedJson layers = OrderedJson::array();
  for (const LayerReport& layer : report.layers)
    layers.push_back({{"path", layer.path},
                      {"format", layer.format},
                      {"weight_error", layer.weight_error},
                      {"output_error", layer.output_error},
                      {"nearest_error", layer.nearest_error},
                      {"bits", layer.bits},
                      {"bytes", layer.bytes}});
  OrderedJson json{{"bytes_before", report.bytes_before},
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
  if (!description.contains("acceleration") || !description["acceleration"].is_object()) return;
  for (auto& [name, plan] : description["acceleration"].items())
    if (plan.is_object() && plan.contains("tuned") && plan["tuned"].is_object())
      plan["tuned"]["model_hash"] = hash;
}

std::string describe(const ModelFolder& source, const std::string& hash, const QuantiseOptions& options,
                     const QuantiseReport* report) {
  Json description = source.diorama().json();
  description["name"] = fmt::format("{} {}", source.title(), options.format->name);
  adopt_plans(description, hash);
  description["quantisation"] = {{"format", options.format->name}, {"modulation", options.modulation->name}};
  if (report != nullptr) description["quantisation"]["report"] = Json(report_json(*report));
  return description.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void check_source(const ModelFolder& source, const fs::path& destination) {
  if (quantised_format(source) != nullptr)
    fail(Fault::usage, "[model] {} is quantised already; quantise the model it was made from",
         source.title());
  check_plans(source.diorama());
  std::error_code unknown;
  const fs::path within = fs::weakly_canonical(destination, unknown).lexically_relative(source.path());
  if (!unknown && !within.empty() && *within.begin() != "..")
    fail(Fault::usage, "[destination] {} lies in the model's own folder; choose one beside it",
         destination.string());
}

void copy_rest(const ModelFiles& files, const NewFolder& to, const quant::Team& team,
               const Progress& progress) {
  constexpr uint64_t kMiB = uint64_t{1} << 20;
  uint64_t done = 0;
  copy_files(files, to, [&](uint64_t bytes) {
    team.look();
    done += bytes;
    progress({"copying what stays as it is (MiB)", static_cast<int>(done / kMiB),
              static_cast<int>(files.bytes() / kMiB)});
  });
}

void quantise_parts(const ModelFolder& source, const NewFolder& to, Device& device,
                    const QuantiseOptions& options, const quant::Team& team, const Progress& progress,
                    QuantiseReport& report) {
  InputSampler sampler = calibrate(source, device, options, progress);
  const auto transformer = models::make_transformer(source.config("transformer"))->tensors();
  quantise_part({.name = "transformer",
                 .table = transformer,
                 .options = options,
                 .inputs_of = [&](const std::string& path) { return sampler.take(path); }},
                source, to, team, progress, report.layers);
  if (!source.has("text_encoder")) return;
  const auto text_encoder = models::make_text_encoder(source.config("text_encoder"))->tensors();
  PartWork work{
      .name = "text_encoder", .table = text_encoder, .options = options, .inputs_of = [](const std::string&) {
        return quant::LayerInputs();
      }};
  work.options.format = &w8a8::kFormat;
  quantise_part(work, source, to, team, progress, report.layers);
}

// The work of hours is not thrown away because its report finds no room.
void keep_report_and_finish(NewFolder& folder, const std::string& description) {
  std::string problem;
  try {
    write_file_atomically(folder.path() / "diorama.json", description);
  } catch (const Error& error) {
    if (error.fault() != Fault::file_system) throw;
    problem = error.what();
  }
  folder.finish();
  if (!problem.empty())
    fail(Fault::file_system, "{}: is complete and kept, but its report could not be added: {}",
         folder.destination().string(), problem);
}

}  // namespace

QuantiseReport quantise_model(const ModelFolder& source, const fs::path& destination, Device& device,
                              const QuantiseOptions& requested, const Progress& progress) {
  QuantiseOptions options = requested;
  if (options.modulation == nullptr) options.modulation = &w8a8::kFormat;
  check_source(source, destination);
  std::vector<std::string> parts{"transformer"};
  if (source.has("text_encoder")) parts.emplace_back("text_encoder");
  const ModelFiles files = files_to_copy(source, parts);
  NewFolder folder(destination);
  const quant::Team team{.threads = device.threads(), .poll = [&device] { device.poll(); }};
  QuantiseReport report;
  report.left_out = files.left_out;
  report.bytes_before = weight_bytes(source.path(), parts);
  copy_rest(files, folder, team, progress);
  quantise_parts(source, folder, device, options, team, progress, report);
  report.bytes_after = weight_bytes(folder.path(), parts);
  const std::string hash = ModelFolder::open(folder.path()).content_hash();
  write_file_atomically(folder.path() / "diorama.json", describe(source, hash, options, nullptr));
  judge(source, ModelFolder::open(folder.path()), device, options, progress, report);
  keep_report_and_finish(folder, describe(source, hash, options, &report));
  return report;
}

std::string to_json(const QuantiseReport& report) {
  return report_json(report).dump(2, ' ', true, OrderedJson::error_handler_t::replace);
}

}  // namespace diorama
