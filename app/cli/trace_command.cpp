#include <memory>

#include "base/say.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/compute_options.h"
#include "cli/output_file.h"
#include "io/model_folder.h"
#include "io/model_search.h"
#include "io/safetensors.h"
#include "pipeline/component.h"
#include "study/trace.h"

namespace diorama::cli {
namespace {

constexpr size_t kMostOfLine = 1000;  // bytes of a path

struct Options {
  std::string model;
  std::string part = "transformer";
  std::string inputs, outputs;
  bool blocks = false, overwrite = false;
  ComputeOptions compute{.precision = "f32"};
};

bool is_float(StoredType type) {
  return type == StoredType::f32 || type == StoredType::f16 || type == StoredType::bf16;
}

NamedTensors read_inputs(const std::string& path) {
  const SafetensorsFile file(path, Fault::usage);
  NamedTensors inputs;
  for (const auto& [name, tensor] : file.header().tensors) {
    if (is_float(tensor.type)) {
      inputs[name] = file.read_f32(name);
    } else {
      const auto integers = file.read_i32(name);
      inputs[name] = HostTensor(tensor.shape, {integers.begin(), integers.end()});
    }
  }
  return inputs;
}

void write_outputs(const OutputFile& file, const NamedTensors& outputs) {
  std::vector<TensorToWrite> tensors;
  for (const auto& [name, tensor] : outputs)
    tensors.push_back({name, tensor.shape, std::span(tensor.values)});
  std::string bytes;
  encode_safetensors(tensors, {}, [&](std::span<const std::byte> piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  });
  file.write(bytes);
}

void run(const Options& options) {
  const Part part = find_part(options.part);
  const OutputFile file(options.outputs, options.overwrite);
  const ModelFolder folder = ModelFolder::open(find_model(options.model));
  const std::string component(component_of(part));
  const Config config = folder.config(component);
  const NamedTensors inputs = read_inputs(options.inputs);
  const auto device = open_compute_device(options.compute);
  const Precision precision = choose_precision(options.compute.precision, *device, folder);
  TraceOptions trace_options{.part = part, .precision = precision.transformer, .blocks = options.blocks};
  if (part == Part::text_encoder) trace_options.precision = precision.text_encoder;
  if (component == "vae") trace_options.precision = precision.autoencoder;
  say(stderr, "{}, {}, on {}\n", one_line(config.where(), kMostOfLine), precision.name,
      device->description());
  write_outputs(file,
                trace(*device, config, CheckpointSource(folder.component(component)), inputs, trace_options));
  say(stdout, "{}\n", options.outputs);
}

}  // namespace

void add_trace_command(CLI::App& program, int&) {
  auto* const command =
      program.add_subcommand("trace", "Run one network on given inputs, for porting and parity");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "Name or folder; only the part's own sub-folder is needed")
      ->required();
  command->add_option("--part", options->part, "transformer, text_encoder, vae_encoder or vae_decoder")
      ->capture_default_str();
  command
      ->add_option("--inputs", options->inputs,
                   "Safetensors with latent, timestep, text, text_mask, class (transformer); ids, mask (text "
                   "encoder); "
                   "latent (vae decoder) or image (vae encoder)")
      ->required();
  command->add_option("--outputs", options->outputs, "Safetensors to write `output` to")->required();
  command->add_flag("--overwrite", options->overwrite, "Write over a file that is there");
  command->add_flag("--blocks", options->blocks, "Also write block.0, block.1, ...");
  add_compute_options(*command, options->compute);
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
