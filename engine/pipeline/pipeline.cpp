#include "pipeline/pipeline.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <set>

#include "base/utf8.h"
#include "io/prompt_text.h"
#include "pipeline/acceleration.h"
#include "pipeline/branch.h"
#include "pipeline/denoiser.h"
#include "pipeline/text_length.h"

namespace diorama {
namespace {

constexpr int kMaxSide = 8192;  // pixels
constexpr auto kPreviewDecoder = "vae_preview";

// What diffusers' pipelines of the family do where the model folder does not say.
struct FamilyDefaults {
  int steps;
  double cfg_scale;
};
FamilyDefaults defaults_of(const models::Transformer::Geometry& geometry) {
  return geometry.num_classes > 0 ? FamilyDefaults{50, 4.0} : FamilyDefaults{20, 4.5};
}

Config recommended(const ModelFolder& folder) {
  return folder.diorama().get_or<Config>("recommended", Config::parse("{}", folder.diorama().where()));
}

// The autoencoder's own latent from a normalised one.
HostTensor denormalise(const models::Autoencoder::Geometry& geometry, const HostTensor& latent) {
  HostTensor z = latent;
  const int64_t cells = latent.shape[2] * latent.shape[3];
  for (size_t i = 0; i < z.values.size(); ++i) {
    const auto channel = static_cast<size_t>(static_cast<int64_t>(i) / cells % latent.shape[1]);
    if (geometry.latents_std.empty())
      z.values[i] = static_cast<float>(z.values[i] / geometry.scaling_factor + geometry.shift_factor);
    else
      z.values[i] = z.values[i] * geometry.latents_std[channel] + geometry.latents_mean[channel];
  }
  return z;
}

// A picture of one colour is no picture: numbers ran out of range on the way.
void check_picture(const HostTensor& rgb) {
  const auto [low, high] = std::minmax_element(rgb.values.begin(), rgb.values.end());
  const bool finite =
      std::all_of(rgb.values.begin(), rgb.values.end(), [](float v) { return std::isfinite(v); });
  if (!finite) fail(Fault::unusable_result, "[decode] the picture holds NaN; try --precision f32");
  if (*high - *low < 1.0f / 255)
    fail(Fault::unusable_result, "[decode] the picture is flat; try --precision f32");
}

// More than any model reads; what comes after costs time and memory only.
constexpr size_t kMostPromptBytes = size_t{32} << 10;

void cut_to_what_is_read(std::string& prompt) {
  if (prompt.size() <= kMostPromptBytes) return;
  size_t end = kMostPromptBytes;
  while (end > 0 && (static_cast<uint8_t>(prompt[end]) & 0xC0) == 0x80) --end;  // code points stay whole
  prompt.resize(end);
}

void warn_of_unknown(const std::vector<std::string>& signs, const RenderObserver& observer) {
  constexpr size_t kMostNamed = 10;
  const std::set<std::string> different(signs.begin(), signs.end());
  size_t named = 0;
  for (const std::string& sign : different) {
    if (named++ == kMostNamed) break;
    observer.on_warning(fmt::format("the model does not know \"{}\" in the prompt", one_line(sign)));
  }
  if (different.size() > kMostNamed)
    observer.on_warning(
        fmt::format("the model does not know {} more parts of the prompt", different.size() - kMostNamed));
}

// [a + b, ..]
HostTensor append_rows(HostTensor a, const HostTensor& b) {
  if (a.values.empty()) return b;
  a.shape[0] += b.shape[0];
  a.values.insert(a.values.end(), b.values.begin(), b.values.end());
  return a;
}

}  // namespace

// PixArt-alpha reads 120 tokens, PixArt-sigma 300, if the tokenizer allows.
int text_length(const ModelFolder& folder, const Tokenizer& tokenizer) {
  const bool alpha = folder.index().get_or<std::string>("_class_name", "") == "PixArtAlphaPipeline";
  return std::min(tokenizer.max_length(), alpha ? 120 : 300);
}

const char* name_of(Stage stage) {
  constexpr std::array kNames{"load", "encode", "denoise", "decode", "save"};
  return kNames[static_cast<size_t>(stage)];
}

Pipeline::Pipeline(const ModelFolder& folder, Device& device, const Precision& precision)
    : folder_(folder),
      device_(device),
      precision_(precision),
      transformer_(models::make_transformer(folder.config("transformer"))),
      decoder_{"vae", models::make_autoencoder(folder.config("vae")), {}},
      scheduler_(folder.config("scheduler")),
      latent_(decoder_.network->geometry()),
      preview_(read_preview_matrix(folder.diorama(), latent_.latent_channels)),
      hash_(folder.content_hash()) {
  const auto transformer = transformer_->geometry();
  if (transformer.in_channels != latent_.latent_channels)
    fail(Fault::model_file,
         "{}: the transformer takes {} latent channels, the vae gives {}; they do not belong together",
         folder.path().string(), transformer.in_channels, latent_.latent_channels);
  class_names_ = folder.class_names();
  if (folder.has(kPreviewDecoder)) open_preview_decoder();
  if (transformer.num_classes > 0) return;
  text_encoder_ = models::make_text_encoder(folder.config("text_encoder"));
  tokenizer_ = std::make_unique<Tokenizer>(folder.component("tokenizer"), text_encoder_->vocab_size());
  if (text_encoder_->d_model() != transformer.text_channels)
    fail(Fault::model_file,
         "{}: the transformer takes text of {} channels, the text encoder gives {}; they do not belong "
         "together",
         folder.path().string(), transformer.text_channels, text_encoder_->d_model());
}

void Pipeline::open_preview_decoder() {
  preview_decoder_ = Decoder{kPreviewDecoder, models::make_autoencoder(folder_.config(kPreviewDecoder)), {}};
  const auto& geometry = preview_decoder_->network->geometry();
  if (geometry.latent_channels != latent_.latent_channels || geometry.downsampling != latent_.downsampling)
    fail(Fault::model_file,
         "{}: decodes latents of {} channels and 1/{} the size, the vae {} and 1/{}; they do not belong "
         "together",
         folder_.component(kPreviewDecoder).string(), geometry.latent_channels, geometry.downsampling,
         latent_.latent_channels, latent_.downsampling);
}

// A side of the picture, in pixels; whose fault a bad one is depends on who named it.
void Pipeline::check_side(std::string_view name, int value, Fault fault) const {
  const int multiple = latent_.downsampling * transformer_->geometry().patch_size;
  const std::string who = fault == Fault::usage ? "" : folder_.path().string() + ": ";
  if (value < multiple || value > kMaxSide)
    fail(fault, "{}[{}] {} is outside {} to {}", who, name, value, multiple, kMaxSide);
  if (value % multiple != 0)
    fail(fault, "{}[{}] {} is not a multiple of {}; try {}", who, name, value, multiple,
         std::max(multiple, (value + multiple / 2) / multiple * multiple));
}

RenderRequest Pipeline::resolve(RenderRequest request) const {
  const auto geometry = transformer_->geometry();
  const FamilyDefaults family = defaults_of(geometry);
  const Config model = recommended(folder_);
  const int side = geometry.sample_size * latent_.downsampling;
  const bool width_is_the_models = !request.width, height_is_the_models = !request.height;
  if (!request.width) request.width = model.get_int_or("width", side, 1, kMaxSide);
  if (!request.height) request.height = model.get_int_or("height", side, 1, kMaxSide);
  if (!request.steps) request.steps = model.get_int_or("steps", family.steps, 1, 1000);
  if (!request.cfg_scale) request.cfg_scale = model.get_number_or("cfg_scale", family.cfg_scale, 1, 1000);
  cut_to_what_is_read(request.prompt);
  cut_to_what_is_read(request.negative_prompt);
  for (const std::string* text : {&request.prompt, &request.negative_prompt})
    if (text->find('\0') != std::string::npos)
      fail(Fault::usage, "[prompt] holds a zero character, which no picture can keep; remove it");
  if (request.sampler.empty()) request.sampler = model.get_or<std::string>("sampler", "");

  check_side("width", *request.width, width_is_the_models ? Fault::model_file : Fault::usage);
  check_side("height", *request.height, height_is_the_models ? Fault::model_file : Fault::usage);
  if (*request.steps < 1 || *request.steps > 1000)
    fail(Fault::usage, "[steps] {} is outside 1 to 1000", *request.steps);
  if (!(*request.cfg_scale >= 1 && *request.cfg_scale <= 1000))
    fail(Fault::usage, "[cfg-scale] {} is outside 1 (no guidance) to 1000", *request.cfg_scale);
  if (geometry.num_classes > 0 && !request.class_label)
    fail(Fault::usage, "[class] {} paints classes, not prompts; choose --class 0 to {}", folder_.title(),
         geometry.num_classes - 1);
  if (geometry.num_classes == 0 && request.class_label)
    fail(Fault::usage, "[class] {} paints prompts; use --prompt instead of --class", folder_.title());
  if (request.class_label && (*request.class_label < 0 || *request.class_label >= geometry.num_classes))
    fail(Fault::usage, "[class] {} is outside 0 to {}", *request.class_label, geometry.num_classes - 1);
  // A parent that knows this model by the hash of earlier versions.
  if (request.branch && folder_.match(request.branch->parent.model_hash) == HashMatch::samples)
    request.branch->parent.model_hash = hash_;
  return request;
}

size_t Pipeline::memory_needed(const RenderRequest& request) const {
  const int64_t lanes = *request.cfg_scale > 1 ? 2 : 1;
  const auto [entry, is_new] = needed_.try_emplace({*request.width, *request.height, lanes});
  if (is_new) entry->second = plan_memory(latent_shape(request), lanes);
  return entry->second;
}

size_t Pipeline::plan_memory(const Shape& latent, int64_t lanes) const {
  const auto geometry = transformer_->geometry();
  const auto planned = [&](const nn::TensorTable& table, const nn::RoleFormats& formats,
                           const WalkBody& body) {
    const auto weights = nn::Weights::plan(table, device_, formats);
    return std::pair{weights.byte_size(), plan_walk(device_, weights, body).arena_bytes};
  };
  const auto input = [](nn::Walk& walk, const Shape& shape) { return walk.stream().make(shape, DType::f32); };

  models::ConditionInputs inputs;
  size_t encoding = 0;
  if (tokenizer_) {
    const int length = text_length(folder_, *tokenizer_);
    inputs.text = HostTensor({lanes, length, geometry.text_channels});
    inputs.text_mask = HostTensor({lanes, length});
    const auto [weights, work] =
        planned(text_encoder_->tensors(), *precision_.text_encoder, [&](nn::Walk& walk) {
          text_encoder_->forward(nn::Scope(walk), std::vector<int32_t>(static_cast<size_t>(length)),
                                 HostTensor({1, length}));
        });
    encoding = weights + work;
  } else {
    inputs.classes.assign(static_cast<size_t>(lanes), 0);
  }
  if (geometry.size_conditions) {
    inputs.resolution.assign(static_cast<size_t>(2 * lanes), 0);
    inputs.aspect_ratio.assign(static_cast<size_t>(lanes), 1);
  }
  const auto [transformer, denoising] =
      planned(transformer_->tensors(), *precision_.transformer, [&](nn::Walk& walk) {
        const nn::Scope m(walk);
        const auto condition = transformer_->condition(m, inputs);
        transformer_->forward(m, input(walk, {lanes, latent[1], latent[2], latent[3]}),
                              std::vector<float>(static_cast<size_t>(lanes)), condition);
      });
  const auto [decoder, decoding] =
      planned(decoder_.network->decoder_tensors(), *precision_.autoencoder,
              [&](nn::Walk& walk) { decoder_.network->decode(nn::Scope(walk), input(walk, latent)); });
  return std::max(encoding, transformer + std::max(denoising, decoder + decoding));
}

// Found out before the first step, not after the last one.
void Pipeline::check_memory(const RenderRequest& request) const {
  const size_t free = device_.memory_budget();
  const size_t needed = memory_needed(request);
  if (needed <= free) return;
  const auto mib = [](size_t bytes) { return bytes >> 20; };
  const int multiple = latent_.downsampling * transformer_->geometry().patch_size;
  RenderRequest smaller = request;
  while (std::min(*smaller.width, *smaller.height) > multiple && memory_needed(smaller) > free) {
    smaller.width = std::max(multiple, *smaller.width / 2 / multiple * multiple);
    smaller.height = std::max(multiple, *smaller.height / 2 / multiple * multiple);
  }
  const std::string advice = memory_needed(smaller) > free
                                 ? std::string("try another --precision")
                                 : fmt::format("try {} x {}", *smaller.width, *smaller.height);
  fail(Fault::out_of_memory, "[memory] {} x {} takes {} MiB, {} MiB are free; {}", *request.width,
       *request.height, mib(needed), mib(free), advice);
}

bool Pipeline::adds_noise(const RenderRequest& request) const {
  const FreshNoise fresh = choose_sampler(scheduler_, request.sampler).fresh_noise;
  return fresh == FreshNoise::always || (fresh == FreshNoise::with_eta && request.eta.value_or(0) > 0);
}

const nn::Weights& Pipeline::transformer_weights() {
  if (!transformer_weights_)
    transformer_weights_ =
        nn::Weights::load(transformer_->tensors(), CheckpointSource(folder_.component("transformer")),
                          device_, *precision_.transformer);
  return *transformer_weights_;
}

const nn::Weights& Pipeline::weights_of(Decoder& decoder) {
  if (!decoder.weights)
    decoder.weights = nn::Weights::load(decoder.network->decoder_tensors(),
                                        CheckpointSource(folder_.component(decoder.component)), device_,
                                        *precision_.autoencoder);
  return *decoder.weights;
}

const Pipeline::Text& Pipeline::encode(const std::string& prompt, const RenderObserver& observer) {
  const auto found = texts_.find(prompt);
  if (found != texts_.end()) return found->second;
  const Tokens tokens = tokenizer_->encode(normalise_prompt(prompt), text_length(folder_, *tokenizer_));
  if (!tokens.dropped.empty())
    observer.on_warning(
        fmt::format("the prompt is too long; dropped: \"{}\"", one_line(tokens.dropped, 200)));
  warn_of_unknown(tokens.unknown, observer);

  const auto length = static_cast<int64_t>(tokens.ids.size());
  Text text{{}, HostTensor({1, length}, {tokens.mask.begin(), tokens.mask.end()})};
  const auto weights =
      nn::Weights::load(text_encoder_->tensors(), CheckpointSource(folder_.component("text_encoder")),
                        device_, *precision_.text_encoder);
  run_walk(device_, weights, [&](nn::Walk& walk) {
    text.tokens = walk.stream().download(text_encoder_->forward(nn::Scope(walk), tokens.ids, text.mask));
  });
  constexpr size_t kMostTexts = 16;  // a window left open sees many prompts
  if (texts_.size() >= kMostTexts) texts_.clear();
  return texts_.emplace(prompt, std::move(text)).first->second;
}

models::ConditionInputs Pipeline::condition_inputs(const RenderRequest& request,
                                                   const std::vector<Half>& halves,
                                                   const RenderObserver& observer) {
  const auto geometry = transformer_->geometry();
  models::ConditionInputs inputs;
  for (const Half half : halves) {
    const bool conditional = half == Half::conditional;
    if (geometry.num_classes > 0) {
      inputs.classes.push_back(conditional ? *request.class_label : geometry.num_classes);
    } else {
      const Text& text = encode(conditional ? request.prompt : request.negative_prompt, observer);
      inputs.text = append_rows(std::move(inputs.text), text.tokens);
      inputs.text_mask = append_rows(std::move(inputs.text_mask), text.mask);
    }
    if (geometry.size_conditions) {
      const auto height = static_cast<float>(*request.height);
      const auto width = static_cast<float>(*request.width);
      inputs.resolution.insert(inputs.resolution.end(), {height, width});
      inputs.aspect_ratio.push_back(height / width);
    }
  }
  return inputs;
}

void Pipeline::denoise(const RenderRequest& request, const Solver& solver, SolverState& state, int last_step,
                       const RenderObserver& observer, RenderResult& result) {
  const Guidance guidance({.scale = *request.cfg_scale,
                           .begin = request.guidance_begin,
                           .end = request.guidance_end,
                           .guided_channels = transformer_->geometry().in_channels});
  const auto halves = halves_of_run(guidance, solver.num_steps(), state.step);
  auto shape = run_shape(solver, guidance, transformer_->geometry(), state.x.shape, state.step);
  shape.fresh_noise = adds_noise(request);
  const accelerate::Plan plan = request.acceleration.value_or(accelerate::Plan());
  accelerate::Run acceleration(plan, shape, request.decisions.value_or(accelerate::Decisions()));
  for (const std::string& misfit : acceleration.misfits()) observer.on_warning(misfit);
  if (const std::string other = other_settings(plan, result.recipe); !other.empty())
    observer.on_warning(other);
  observer.on_stage(Stage::encode);
  const auto inputs = condition_inputs(request, halves, observer);
  observer.on_stage(Stage::load);
  const nn::Weights& weights = transformer_weights();
  observer.on_stage(Stage::denoise);
  Denoiser denoiser({device_, *transformer_, weights, solver, guidance, acceleration, watchers_, state.step},
                    inputs, state.x.shape);
  if (request.acceleration) observer.on_forecast(denoiser.forecast());
  const auto begin = std::chrono::steady_clock::now();
  denoiser.run(state, last_step, request.seed, observer);
  result.denoise_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  for (const std::string& idle : acceleration.idle()) observer.on_warning(idle);
  result.executed_macs = denoiser.executed_macs();
  result.full_macs = denoiser.full_macs();
  if (request.acceleration) {
    result.recipe.decisions = {{"plan", plan.to_json()},
                               {"made", acceleration.decisions().to_json()},
                               {"macs", {{"executed", result.executed_macs}, {"full", result.full_macs}}}};
  }
}

Image Pipeline::decode(const HostTensor& latent) {
  return decode(decoder_, latent);
}

Image Pipeline::decode_preview(const HostTensor& latent) {
  return decode(preview_decoder_ ? *preview_decoder_ : decoder_, latent);
}

Image Pipeline::decode(Decoder& decoder, const HostTensor& latent) {
  const HostTensor z = denormalise(decoder.network->geometry(), latent);
  HostTensor rgb;
  run_walk(device_, weights_of(decoder), [&](nn::Walk& walk) {
    rgb = walk.stream().download(
        decoder.network->decode(nn::Scope(walk), walk.stream().upload(z.shape, z.values)));
  });
  check_picture(rgb);
  return to_image(rgb);
}

Recipe Pipeline::recipe(const RenderRequest& request) const {
  Recipe recipe{.prompt = request.prompt,
                .negative_prompt = request.negative_prompt,
                .class_label = request.class_label,
                .width = *request.width,
                .height = *request.height,
                .steps = *request.steps,
                .sampler = std::string(choose_sampler(scheduler_, request.sampler).name),
                .shift = request.shift,
                .eta = request.eta,
                .cfg_scale = *request.cfg_scale,
                .guidance_begin = request.guidance_begin,
                .guidance_end = request.guidance_end,
                .seed = request.seed,
                .model = folder_.title(),
                .model_hash = hash_,
                .precision = precision_.name,
                .device = device_.description(),
                .program = "Diorama " DIORAMA_VERSION};
  if (request.class_label) {
    const auto name = class_names_.find(*request.class_label);
    if (name != class_names_.end()) recipe.class_name = name->second;
  }
  if (request.acceleration) recipe.acceleration = request.acceleration->name;
  if (request.branch) recipe.branch = describe_branch(*request.branch, recipe);
  return recipe;
}

Shape Pipeline::latent_shape(const RenderRequest& request) const {
  return {1, latent_.latent_channels, *request.height / latent_.downsampling,
          *request.width / latent_.downsampling};
}

std::unique_ptr<Solver> Pipeline::solver_of(const RenderRequest& request) const {
  return make_solver(
      scheduler_,
      {.sampler = request.sampler, .steps = *request.steps, .shift = request.shift, .eta = request.eta});
}

SolverState Pipeline::start_of(const RenderRequest& request, const Solver& solver,
                               const RenderObserver& observer) {
  if (!request.branch)
    return {.step = 0, .x = normal_noise(latent_shape(request), request.seed, 0), .x0 = {}};
  const Branch& branch = *request.branch;
  const Recipe child = recipe(request);
  check_branch(branch, child);
  const RenderRequest parent = resolve(request_of(branch.parent, false, "[branch] parent"));
  const auto parent_solver = solver_of(parent);
  if (branch.state) return branch_start(branch, *branch.state, *parent_solver, child, solver);
  RenderObserver of_parent;
  of_parent.on_stage = observer.on_stage;
  of_parent.on_step = of_parent.on_parent_step = observer.on_parent_step;
  RenderResult discarded;
  discarded.recipe = recipe(parent);
  SolverState state = start_of(parent, *parent_solver, of_parent);
  denoise(parent, *parent_solver, state, branch.step, of_parent, discarded);
  return branch_start(branch, state, *parent_solver, child, solver);
}

RenderResult Pipeline::finish(const RenderRequest& request, const Solver& solver, SolverState state,
                              const RenderObserver& observer) {
  RenderResult result;
  result.recipe = recipe(request);
  denoise(request, solver, state, solver.num_steps(), observer, result);
  result.latent = std::move(state.x);
  observer.on_stage(Stage::decode);
  result.image = decode(result.latent);
  return result;
}

RenderResult Pipeline::render(const RenderRequest& request, const RenderObserver& observer) {
  if (std::max(request.prompt.size(), request.negative_prompt.size()) > kMostPromptBytes)
    observer.on_warning(
        fmt::format("the prompt is longer than {} KiB; the rest is left out", kMostPromptBytes >> 10));
  const RenderRequest resolved = resolve(request);
  check_memory(resolved);
  const auto solver = solver_of(resolved);
  return finish(resolved, *solver, start_of(resolved, *solver, observer), observer);
}

RenderResult Pipeline::render_from(const RenderRequest& request, const HostTensor& noise,
                                   const RenderObserver& observer) {
  require(!request.branch, "[render] a branch begins where its parent stood, not at noise");
  const RenderRequest resolved = resolve(request);
  return finish(resolved, *solver_of(resolved), {.step = 0, .x = noise, .x0 = {}}, observer);
}

}  // namespace diorama
