// The whole program on the model that ships: results, exit codes, what is left behind.
#include "cli/program.h"

#include <sys/mount.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace diorama::test {
namespace {

const std::filesystem::path kModel = std::filesystem::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini";

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> events;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line));
  return events;
}

// One step of the model that ships, on the processor.
std::vector<std::string> render(std::vector<std::string> more) {
  std::vector<std::string> arguments{"render", "-p",          "a red apple", "--steps", "1", "--device",
                                     "cpu",    "--precision", "f32",         "--seed",  "5"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void expect_failure(const Output& output, int code, std::initializer_list<std::string_view> parts) {
  EXPECT_EQ(output.code, code) << output.err;
  for (const std::string_view part : parts) EXPECT_NE(output.err.find(part), std::string::npos) << output.err;
}

class ProgramTest : public ::testing::Test {
 protected:
  Output run(const std::vector<std::string>& arguments) const { return run_program(folder_, arguments); }

  TestFolder folder_;
};

TEST_F(ProgramTest, paints_the_same_bytes_every_time_and_keeps_the_recipe) {
  const Output first = run(render({}));
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, "out-0001.png\n");
  EXPECT_NE(first.err.find("seed 5"), std::string::npos) << first.err;
  EXPECT_EQ(run(render({"--threads", "2"})).out, "out-0002.png\n");
  EXPECT_EQ(content(folder_ / "out-0001.png"), content(folder_ / "out-0002.png"));

  const Output metadata = run({"metadata", "--json", "out-0001.png"});
  const auto recipe = nlohmann::json::parse(metadata.out);
  EXPECT_EQ(recipe.at("prompt"), "a red apple");
  EXPECT_EQ(recipe.at("seed"), 5);
  EXPECT_EQ(recipe.at("steps"), 1);
  EXPECT_NE(run({"metadata", "out-0001.png"}).out.find("Seed: 5"), std::string::npos);

  const auto comparison =
      nlohmann::json::parse(run({"compare", "out-0001.png", "out-0002.png", "--json"}).out);
  EXPECT_EQ(comparison,
            (nlohmann::json{{"psnr", 60.0}, {"ssim", 1.0}, {"max_diff", 0}, {"identical", true}}));
}

TEST_F(ProgramTest, several_pictures_count_up_and_differ) {
  const Output output =
      run(render({"-b", "2", "-o", "cat.png", "--progress", "json", "--save-steps", "steps"}));
  ASSERT_EQ(output.code, 0) << output.err;
  const auto events = json_lines(output.out);
  EXPECT_EQ(events.front().at("type"), "start");
  EXPECT_EQ(events.back(), (nlohmann::json{{"type", "end"}, {"images", 2}, {"failed", 0}, {"exit_code", 0}}));
  std::vector<uint64_t> seeds;
  for (const auto& event : events)
    if (event.at("type") == "image") seeds.push_back(event.at("seed"));
  EXPECT_EQ(seeds, (std::vector<uint64_t>{5, 6}));
  EXPECT_NE(content(folder_ / "cat-0001.png"), content(folder_ / "cat-0002.png"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "steps/cat-0002-step-0001.png"));
}

TEST_F(ProgramTest, a_bad_line_of_a_batch_does_not_stop_the_others) {
  folder_.write(
      "jobs.txt",
      "a red apple\n{\"width\": 100}\n{broken\n{\"prompt\": \"a cat\", \"sampler\": \"nope\"}\nsun\n");
  const Output output =
      run({"render", "--batch", "jobs.txt", "--steps", "1", "--device", "cpu", "--precision", "f32"});
  expect_failure(output, 6, {"jobs.txt:2", "jobs.txt:3", "jobs.txt:4", "nope", "2 saved, 3 failed"});
  EXPECT_EQ(output.out, "out-0001.png\nout-0002.png\n");
}

TEST_F(ProgramTest, wrong_usage_is_2) {
  expect_failure(run({}), 2, {"name a command"});
  expect_failure(run({"redner"}), 2, {"redner", "render"});
  expect_failure(run({"render"}), 2, {"--prompt"});
  expect_failure(run(render({"--nonsense"})), 2, {"--nonsense"});
  expect_failure(run(render({"--steps", "many"})), 2, {"--steps"});
  expect_failure(run(render({"--steps", "0"})), 2, {"[steps]"});
  expect_failure(run(render({"--sampler", "nope"})), 2, {"nope"});
  expect_failure(run(render({"-W", "100"})), 2, {"[width]", "multiple"});
  expect_failure(run(render({"-H", "999999"})), 2, {"[height]"});
  expect_failure(run(render({"--precision", "f7"})), 2, {"f7"});
  expect_failure(run(render({"--cpu-isa", "mmx"})), 2, {"mmx"});
  expect_failure(run(render({"--device", "abacus"})), 2, {"abacus"});
  expect_failure(run(render({"--class", "3"})), 2, {"--prompt"});
  expect_failure(run(render({"--guidance-interval", "0.8,0.2"})), 2, {"guidance-interval"});
  expect_failure(run(render({"-o", "%s.png"})), 2, {"%s.png"});
  expect_failure(run(render({"--progress", "loud"})), 2, {"loud"});
  expect_failure(run({"trace", "diorama-mini", "--part", "wheel", "--inputs", "a", "--outputs", "b"}), 2,
                 {"wheel"});
  expect_failure(run({"bench", "--config", "dit-xxl"}), 2, {"dit-xxl"});
  expect_failure(run({"bench", "--config", "dit-s-2-256", "--against", "bf16"}), 2, {"--accelerate"});
  expect_failure(run({"tune", "diorama-mini", "--name", "mine"}), 2, {"--target-speed"});
  expect_failure(run({"tune", "diorama-mini", "--target-speed", "2", "--name", "off"}), 2, {"--name"});
  EXPECT_EQ(folder_.num_files(), 0u);
}

TEST_F(ProgramTest, seeds_of_64_bits_are_painted_as_they_were_typed) {
  for (const char* seed : {"18446744073709551615", "12345678901234567890"}) {
    const Output output = run(render({"--seed", seed, "--overwrite", "-o", "a.png"}));
    ASSERT_EQ(output.code, 0) << output.err;
    EXPECT_NE(run({"metadata", "--json", "a.png"}).out.find(seed), std::string::npos);
  }
}

TEST_F(ProgramTest, a_batch_with_a_byte_order_mark_is_the_same_batch) {
  folder_.write("jobs.jsonl", "\xEF\xBB\xBF{\"prompt\": \"red heart\", \"seed\": 5}\r\n");
  const Output output =
      run({"render", "--batch", "jobs.jsonl", "--steps", "1", "--device", "cpu", "-o", "a.png"});
  ASSERT_EQ(output.code, 0) << output.err;
  const auto recipe = nlohmann::json::parse(run({"metadata", "--json", "a.png"}).out);
  EXPECT_EQ(recipe.at("prompt"), "red heart");
  EXPECT_EQ(recipe.at("seed"), 5);
  folder_.write("latin.txt", "caf\xE9\n");
  expect_failure(run({"render", "--batch", "latin.txt"}), 2, {"latin.txt", "UTF-8"});
}

// The same failure looks the same, alone and in a batch.
TEST_F(ProgramTest, json_events_of_one_picture_are_those_of_a_batch) {
  folder_.write("jobs.jsonl", R"({"prompt": "a red apple", "sampler": "nope"})");
  const auto alone = json_lines(
      run({"render", "-p", "a red apple", "--sampler", "nope", "--device", "cpu", "--progress", "json"}).out);
  const auto batch =
      json_lines(run({"render", "--batch", "jobs.jsonl", "--device", "cpu", "--progress", "json"}).out);
  ASSERT_EQ(alone.size(), batch.size());
  for (size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(alone[i].at("type"), batch[i].at("type"));
  const auto& error = alone[alone.size() - 2];
  EXPECT_EQ(error.at("type"), "error");
  EXPECT_EQ(error.at("job"), 1);
  EXPECT_EQ(error.at("exit_code"), batch[batch.size() - 2].at("exit_code"));
  EXPECT_EQ(alone.back().at("failed"), 1);
  EXPECT_EQ(batch.back().at("failed"), 1);
}

TEST_F(ProgramTest, what_does_nothing_is_said) {
  const Output output = run(render({"-n", "blurry", "--cfg-scale", "1", "--guidance-interval", "0.2,0.8"}));
  ASSERT_EQ(output.code, 0) << output.err;
  for (const char* part : {"negative prompt does nothing", "--guidance-interval does nothing"})
    EXPECT_NE(output.err.find(part), std::string::npos) << output.err;
}

TEST_F(ProgramTest, json_progress_reports_failures_too) {
  const Output output = run(render({"--sampler", "nope", "--progress", "json"}));
  EXPECT_EQ(output.code, 2);
  const auto events = json_lines(output.out);
  ASSERT_GE(events.size(), 2u);
  EXPECT_EQ(events[events.size() - 2].at("type"), "error");
  EXPECT_EQ(events[events.size() - 2].at("exit_code"), 2);
  EXPECT_EQ(events.back().at("exit_code"), 2);
}

// A model of links to the one that ships, where single files can be replaced.
class BrokenModelTest : public ProgramTest {
 protected:
  BrokenModelTest() {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kModel)) {
      const auto to = folder_.path() / "model" / std::filesystem::relative(entry.path(), kModel);
      std::filesystem::create_directories(to.parent_path());
      if (entry.is_regular_file()) std::filesystem::create_symlink(entry.path(), to);
    }
  }

  std::filesystem::path part(const std::string& file) const { return folder_.path() / "model" / file; }
  void replace(const std::string& file, const std::string& text) const {
    std::filesystem::remove(part(file));
    folder_.write("model/" + file, text);
  }
  // Exit code 3, one sentence that names the file, and no picture.
  void expect_model_failure(std::initializer_list<std::string_view> parts) const {
    const Output output = run(render({"-m", part("").string()}));
    expect_failure(output, 3, parts);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out-0001.png"));
  }
};

TEST_F(BrokenModelTest, the_copy_works_before_it_is_broken) {
  EXPECT_EQ(run(render({"-m", part("").string()})).code, 0);
}

TEST_F(BrokenModelTest, missing_files_are_3) {
  expect_failure(run(render({"-m", "no-such-model"})), 3, {"no-such-model", "diorama-mini"});
  std::filesystem::remove(part("vae/config.json"));
  expect_model_failure({"vae/config.json", "missing"});
}

TEST_F(BrokenModelTest, missing_weights_are_3) {
  std::filesystem::remove(part("transformer/diffusion_pytorch_model.safetensors"));
  expect_model_failure({"transformer", "no weights"});
}

TEST_F(BrokenModelTest, malformed_configs_are_3) {
  replace("transformer/config.json", "{\"num_layers\": ");
  expect_model_failure({"transformer/config.json", "not JSON"});
  replace("transformer/config.json", R"({"_class_name": "PixArtTransformer2DModel", "num_layers": "x"})");
  expect_model_failure({"transformer/config.json", "expected"});
  replace("transformer/config.json", R"({"_class_name": "UNet2DConditionModel"})");
  expect_model_failure({"UNet2DConditionModel", "PixArtTransformer2DModel"});
}

TEST_F(BrokenModelTest, broken_weights_are_3) {
  const std::string file = "transformer/diffusion_pytorch_model.safetensors";
  const std::string good = content(kModel / file);
  replace(file, good.substr(0, good.size() / 2));
  expect_model_failure({file, "fetch"});
  replace(file, "\xff\xff\xff\xff\xff\xff\xff\x7f" + good.substr(8));
  expect_model_failure({file, "header"});
  std::string nan = good;
  nan.replace(good.size() - 2000, 2000, 2000, '\xff');
  replace(file, nan);
  expect_model_failure({file, "NaN"});
  std::string shape = good;
  const size_t at = shape.find("[320,8,2,2]");
  ASSERT_NE(at, std::string::npos);
  shape.replace(at, 11, "[8,320,2,2]");
  replace(file, shape);
  expect_model_failure({file, "pos_embed.proj.weight", "[320, 8, 2, 2]", "[8, 320, 2, 2]"});
}

TEST_F(BrokenModelTest, a_broken_tokenizer_is_3) {
  replace("tokenizer/spiece.model", "hello");
  expect_model_failure({"tokenizer/spiece.model"});
}

TEST_F(ProgramTest, a_device_that_is_not_there_is_4) {
  expect_failure(run(render({"--device", "vulkan:99"})), 4, {"99"});
}

TEST_F(ProgramTest, an_unwritable_output_is_7) {
  folder_.write("file", "kept");
  expect_failure(run(render({"-o", "file/out.png"})), 7, {"file/out.png"});
  expect_failure(run(render({"-o", "nowhere/out.png"})), 7, {"nowhere", "make it first"});
  expect_failure(run(render({"--save-steps", "file/steps"})), 7, {"file/steps"});
  expect_failure(run({"metadata", "missing.png"}), 7, {"missing.png"});
  expect_failure(run({"compare", "file", "file"}), 7, {"file"});
  EXPECT_EQ(content(folder_ / "file"), "kept");
  EXPECT_EQ(folder_.num_files(), 1u);
}

TEST_F(ProgramTest, a_full_disk_is_7_and_leaves_nothing) {
  const auto disk = folder_.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=8k") != 0)
    GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
  std::filesystem::create_directory(folder_ / "temporary");
  const Output output = run_program(folder_, render({"-o", "disk/out.png"}),
                                    [&] { ::setenv("TMPDIR", (folder_ / "temporary").c_str(), 1); });
  expect_failure(output, 7, {"disk/out.png", "No space left", "kept in", "temporary/diorama-0001.png"});
  EXPECT_TRUE(std::filesystem::exists(folder_ / "temporary/diorama-0001.png"));
  EXPECT_TRUE(std::filesystem::is_empty(disk));
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST_F(ProgramTest, a_read_only_disk_is_7) {
  const auto disk = folder_.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", MS_RDONLY, "size=8k") != 0)
    GTEST_SKIP() << "no read-only disk can be mounted here: " << std::strerror(errno);
  expect_failure(run(render({"-o", "disk/out.png"})), 7, {"disk/out.png", "Read-only"});
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST_F(ProgramTest, trace_runs_one_network_on_given_inputs) {
  const std::string golden = (kModel / "golden.safetensors").string();
  const Output output = run({"trace", kModel.string(), "--part", "text_encoder", "--inputs", golden,
                             "--outputs", "text.safetensors", "--device", "cpu", "--precision", "f32"});
  ASSERT_EQ(output.code, 0) << output.err;
  EXPECT_NE(content(folder_ / "text.safetensors").find("\"output\":{\"dtype\":\"F32\",\"shape\":[3,32,256]"),
            std::string::npos);
  folder_.write("empty.safetensors", std::string("\2\0\0\0\0\0\0\0{}", 10));
  expect_failure(run({"trace", kModel.string(), "--inputs", "empty.safetensors", "--outputs", "o"}), 2,
                 {"latent"});
}

TEST_F(ProgramTest, models_and_devices_are_listed) {
  EXPECT_NE(run({"models", "list"}).out.find("diorama-mini"), std::string::npos);
  const auto info = nlohmann::json::parse(run({"models", "info", "diorama-mini", "--json"}).out);
  EXPECT_EQ(info.at("parts").size(), 4u);
  EXPECT_EQ(info.at("parts")[1].at("class"), "PixArtTransformer2DModel");
  EXPECT_GT(info.at("parts")[1].at("memory").at("f32").at("weight_bytes"),
            info.at("parts")[1].at("memory").at("bf16").at("weight_bytes"));
  const auto devices = nlohmann::json::parse(run({"devices", "--json"}).out);
  EXPECT_EQ(devices.at("devices")[0].at("id"), "cpu");
}

TEST_F(ProgramTest, bench_checks_a_models_denoiser_before_it_is_timed) {
  const Output output = run({"bench", "-m", kModel.string(), "--no-kernels", "--repeats", "1", "--json",
                             "--device", "cpu", "--precision", "f32"});
  ASSERT_EQ(output.code, 0) << output.err;
  const auto rows = json_lines(output.out);
  EXPECT_EQ(rows.front().at("group"), "peak");
  const auto& denoiser = rows.back();
  EXPECT_EQ(denoiser.at("group"), "denoiser");
  EXPECT_GT(denoiser.at("share"), 0);
  EXPECT_LT(denoiser.at("error"), 1e-4);
}

TEST_F(ProgramTest, a_quantised_model_is_written_painted_and_protected) {
  const Output quantised =
      run({"models", "quantize", kModel.string(), "mini-w4a8", "--prompts", "1", "--steps", "2", "--rows",
           "64", "--pictures", "1", "--json", "--device", "cpu"});
  ASSERT_EQ(quantised.code, 0) << quantised.err;
  const auto report = nlohmann::json::parse(quantised.out);
  EXPECT_LT(report.at("bytes_after"), report.at("bytes_before"));
  EXPECT_GT(report.at("psnr").at("worst"), 15);

  const Output painted =
      run({"render", "-m", "mini-w4a8", "-p", "a red apple", "--steps", "1", "--device", "cpu"});
  ASSERT_EQ(painted.code, 0) << painted.err;
  const auto recipe = nlohmann::json::parse(run({"metadata", "--json", "out-0001.png"}).out);
  EXPECT_EQ(recipe.at("precision"), "w4a8");
  expect_failure(run(render({"-m", "mini-w4a8"})), 2, {"w4a8", "f32"});
  expect_failure(run({"models", "quantize", kModel.string(), "mini-w4a8"}), 2, {"mini-w4a8", "exists"});
  expect_failure(run({"models", "quantize", kModel.string(), "other", "--format", "f16"}), 2,
                 {"f16", "w4a8"});

  const Output on_load = run({"render", "-m", kModel.string(), "-p", "a red apple", "--steps", "1",
                              "--device", "cpu", "--precision", "w8a8"});
  EXPECT_EQ(on_load.code, 0) << on_load.err;
  EXPECT_NE(on_load.err.find("models quantize"), std::string::npos) << on_load.err;
}

TEST_F(ProgramTest, help_names_every_option) {
  const std::string help = run({"render", "--help"}).out;
  for (const char* option : {"--model",
                             "--prompt",
                             "--negative-prompt",
                             "--class",
                             "--batch",
                             "--width",
                             "--height",
                             "--steps",
                             "--cfg-scale",
                             "--guidance-interval",
                             "--sampler",
                             "--shift",
                             "--eta",
                             "--seed",
                             "--count",
                             "--precision",
                             "--device",
                             "--threads",
                             "--cpu-isa",
                             "--output",
                             "--overwrite",
                             "--save-steps",
                             "--progress"})
    EXPECT_NE(help.find(option), std::string::npos) << option;
  EXPECT_EQ(run({"--version"}).code, 0);
}

// Waits until the program has written `text`.
void wait_for(const Program& program, std::string_view text) {
  for (int i = 0; i < 600 && program.output().find(text) == std::string::npos; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

TEST_F(ProgramTest, an_interrupt_stops_and_keeps_what_is_ready) {
  folder_.write("jobs.txt",
                "{\"prompt\": \"a cat\", \"steps\": 1}\n{\"prompt\": \"a cat\", \"steps\": 1000}\n");
  for (const int number : {SIGINT, SIGTERM}) {
    Program program(
        folder_, {"render", "--batch", "jobs.txt", "--progress", "json", "--overwrite", "--device", "cpu"});
    wait_for(program, "\"steps\":1000");
    program.signal(number);
    const Output output = program.wait();
    EXPECT_EQ(output.code, 130) << output.err;
    EXPECT_EQ(json_lines(output.out).back().at("images"), 1);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out-0001.png"));
    EXPECT_EQ(folder_.num_files(), 2u) << "the job file and one picture";
  }
}

}  // namespace
}  // namespace diorama::test
