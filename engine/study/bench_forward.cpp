#include "study/bench_forward.h"

#include <chrono>
#include <fstream>
#include <map>
#include <optional>

#include "cpu/device.h"
#include "io/model_search.h"
#include "pipeline/pipeline.h"
#include "study/random_model.h"
#include "tensor/distance.h"

namespace diorama {
namespace {

struct Forward : RandomModel {
  using RandomModel::RandomModel;

  // Condition once, then an evaluation as often as `around` calls what it is handed.
  HostTensor run(Device& device, const std::function<void(const std::function<void()>&)>& around, Plan& plan,
                 const Stream::OpObserver& observer = {}) const {
    HostTensor output;
    const auto evaluate = [&](nn::Walk& walk, const models::Condition& condition) {
      const Tensor x = walk.stream().upload(latent.shape, latent.values);
      return network->forward(nn::Scope(walk), x, std::vector<float>{500, 500}, condition);
    };
    uint64_t of_condition = 0;
    plan = plan_walk(device, weights, [&](nn::Walk& walk) {
      const auto condition = network->condition(nn::Scope(walk), inputs);
      of_condition = walk.stream().multiply_adds();
      evaluate(walk, condition);
    });
    plan.multiply_adds -= of_condition;
    Stream stream(device, Stream::Mode::run, plan.arena_bytes);
    nn::Walk walk(stream, weights);
    const auto condition = network->condition(nn::Scope(walk), inputs);
    stream.observe(observer);
    around([&] { output = stream.download(evaluate(walk, condition)); });
    return output;
  }
};

HostTensor run_once(Device& device, const Config& config, const nn::RoleFormats& formats) {
  Plan plan;
  return Forward(device, config, formats)
      .run(
          device, [](const auto& forward) { forward(); }, plan);
}

// The most resident memory since then, in bytes; 0 where the system does not say.
void forget_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5";
}
size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

// One evaluation op by op. A product's bias, gate and residual count with it.
void report_budget(Device& device, const Forward& forward, const BenchReport& report) {
  std::map<std::string, double, std::less<>> budget;
  Plan plan;
  const auto run = [&](const Stream::OpObserver& observer) {
    forward.run(
        device, [](const auto& once) { once(); }, plan, observer);
  };
  run({});
  run([&](std::string_view op, double milliseconds) { budget[std::string(op)] += milliseconds; });
  for (const auto& [op, milliseconds] : budget)
    report({.group = "budget", .name = op, .timing = {.milliseconds = milliseconds}});
}

}  // namespace

void bench_forward(Device& device, BenchClock& clock, const std::string& name, const Config& config,
                   const nn::RoleFormats& formats, const BenchReport& report) {
  {
    cpu::Device portable({.isa = cpu::Isa::portable});
    const HostTensor expected = run_once(portable, with_blocks(config, 1), format_f32());
    const double error =
        relative_l2(run_once(device, with_blocks(config, 1), formats).values, expected.values);
    report({.group = "check", .name = name + ", one block", .error = error});
  }
  forget_peak_memory();
  const Forward forward(device, config, formats);
  Plan plan;
  Timing timing;
  forward.run(
      device, [&](const auto& once) { timing = clock.time(plan.multiply_adds, *formats.precision, once); },
      plan);
  report({.group = "forward",
          .name = fmt::format("{} {}, guidance pair", name, formats.precision->name),
          .timing = timing,
          .note = fmt::format("weights {} MB, process at most {} MB", forward.weights.byte_size() / 1'000'000,
                              peak_memory() / 1'000'000)});
  report_budget(device, forward, report);
}

void bench_denoiser(Device& device, BenchClock& clock, const std::string& model, const Precision& precision,
                    const BenchReport& report) {
  using Clock = std::chrono::steady_clock;
  const ModelFolder folder = ModelFolder::open(find_model(model));
  Pipeline pipeline(folder, device, precision);
  RenderRequest request{.prompt = "a photo of a cat"};
  if (pipeline.geometry().num_classes > 0) request = {.class_label = 0};
  request = pipeline.resolve(request);

  RenderRequest two_steps = request;
  two_steps.steps = 2;
  cpu::Device portable({.isa = cpu::Isa::portable});
  const HostTensor expected = Pipeline(folder, portable, {}).render(two_steps).latent;
  const double error = relative_l2(pipeline.render(two_steps).latent.values, expected.values);

  Clock::time_point begin;
  Clock::time_point end;
  RenderObserver observer;
  observer.on_stage = [&](Stage stage) {
    if (stage == Stage::denoise) begin = Clock::now();
    if (stage == Stage::decode) end = Clock::now();
  };
  const uint64_t macs = pipeline.render(request).executed_macs;
  const Timing timing = clock.time_part(macs, *precision.transformer, [&] {
    pipeline.render(request, observer);
    return std::chrono::duration<double, std::milli>(end - begin).count();
  });
  report({.group = "denoiser",
          .name = fmt::format("{} {}, {} steps, guidance {}", folder.title(), precision.name, *request.steps,
                              *request.cfg_scale),
          .timing = timing,
          .error = error});
}

}  // namespace diorama
