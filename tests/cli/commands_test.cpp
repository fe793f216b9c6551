// Commands beside `render`: what they print of strangers, what they write over, what is left when they end.
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "cli/program.h"
#include "io/png.h"
#include "io/safetensors.h"

namespace diorama::test {
namespace {

namespace fs = std::filesystem;

const fs::path kModel = fs::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini";

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_failure(const Output& output, int code, std::initializer_list<std::string_view> parts) {
  EXPECT_EQ(output.code, code) << output.err;
  for (const std::string_view part : parts) EXPECT_NE(output.err.find(part), std::string::npos) << output.err;
}

// Nothing that a terminal would act on.
void expect_plain(const std::string& text) {
  for (const char c : text)
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << "byte " << static_cast<int>(c);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos) << "C1";
}

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    ::setenv("DIORAMA_MODELS", (folder_ / "models").c_str(), 1);
    ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
    ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
  }
  ~CommandsTest() override {
    for (const char* name : {"DIORAMA_MODELS", "XDG_DATA_HOME"}) ::unsetenv(name);
    ::setenv("XDG_CACHE_HOME", DIORAMA_BINARY_DIR "/cache", 1);
  }

  Output run(const std::vector<std::string>& arguments) const { return run_program(folder_, arguments); }
  fs::path copy_model(const std::string& name) const {
    const fs::path to = folder_ / name;
    fs::create_directories(to.parent_path());
    fs::copy(kModel, to, fs::copy_options::recursive);
    fs::remove(to / "golden.safetensors");
    return to;
  }
  std::vector<std::string> quantise(const std::string& model, const std::string& destination) const {
    return {"models", "quantize", model, destination, "--prompts", "1",          "--steps",
            "1",      "--rows",   "16",  "--device",  "cpu",       "--pictures", "0"};
  }
  void write_picture(const std::string& name, uint8_t grey) const {
    const Image image{16, 16, std::vector<uint8_t>(size_t{16} * 16 * 3, grey)};
    folder_.write(name, encode_png(image));
  }

  TestFolder folder_;
};

TEST_F(CommandsTest, a_broken_model_does_not_hide_the_others) {
  copy_model("models/good");
  folder_.write("models/broken/model_index.json", "{");
  copy_model("models/broken too");
  folder_.write("models/broken too/diorama.json", R"({"name": 5})");
  const Output text = run({"models", "list"});
  expect_failure(text, 0, {"broken/model_index.json", "broken too/diorama.json"});
  EXPECT_EQ(text.out.find("broken "), 0u) << text.out;
  for (const char* part : {"\ngood ", "\nbroken too ", "cannot be used", "model_index.json"})
    EXPECT_NE(text.out.find(part), std::string::npos) << text.out;
  const auto models = nlohmann::json::parse(run({"models", "list", "--json"}).out);
  size_t faults = 0;
  for (const auto& model : models) faults += model.contains("fault") ? 1 : 0;
  EXPECT_EQ(faults, 2u);
  EXPECT_GE(models.size(), 3u);
}

TEST_F(CommandsTest, a_model_that_another_hides_is_named) {
  copy_model("models/twin");
  copy_model("data/diorama/models/twin");
  const Output text = run({"models", "list"});
  expect_failure(text, 0, {"data/diorama/models/twin", "same name", "models/twin"});
  for (const auto& model : nlohmann::json::parse(run({"models", "list", "--json"}).out)) {
    if (model.at("name") != "twin") continue;
    EXPECT_EQ(model.at("hides"), nlohmann::json::array({(folder_ / "data/diorama/models/twin").string()}));
  }
}

TEST_F(CommandsTest, what_strangers_wrote_is_shown_as_text) {
  copy_model("models/no\xff\x1b[2J");
  const fs::path odd = copy_model("models/odd");
  auto description = nlohmann::json::parse(content(odd / "diorama.json"));
  description["name"] = "\x1b]0;owned\x07\n\x1b[2Jseed 1 \xc2\x9b \xe2\x80\xae";
  std::ofstream(odd / "diorama.json") << description.dump();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"models", "list"}, {"models", "info", "odd"}, {"devices"}}) {
    const Output text = run(command);
    EXPECT_EQ(text.code, 0) << text.err;
    expect_plain(text.out + text.err);
    auto as_json = command;
    as_json.emplace_back("--json");
    const Output json = run(as_json);
    EXPECT_EQ(json.code, 0) << json.err;
    expect_plain(json.out);
    EXPECT_TRUE(nlohmann::json::accept(json.out)) << json.out;
  }
  const Output list = run({"models", "list"});
  EXPECT_EQ(std::count(list.out.begin(), list.out.end(), '\n'), 3) << "a line a model: " << list.out;
}

TEST_F(CommandsTest, a_difference_is_written_over_nothing_unasked) {
  write_picture("a.png", 10);
  write_picture("b.png", 20);
  folder_.write("notes.txt", "kept");
  fs::create_symlink("a.png", folder_ / "link.png");
  fs::create_directory(folder_ / "folder.png");
  const std::string before = content(folder_ / "a.png");
  for (const char* name : {"a.png", "notes.txt", "link.png", "folder.png", "none/d.png", "b.png/d.png"}) {
    const Output refused = run({"compare", "a.png", "b.png", "--difference", name});
    expect_failure(refused, 7, {name});
    EXPECT_EQ(refused.out, "") << "before the work";
  }
  expect_failure(run({"compare", "a.png", "b.png", "--difference", std::string(300, 'x') + ".png"}), 7,
                 {"long"});
  expect_failure(run({"compare", "a.png", "b.png", "--difference", "folder.png", "--overwrite"}), 7,
                 {"folder.png"});
  EXPECT_EQ(content(folder_ / "a.png"), before);
  EXPECT_EQ(content(folder_ / "notes.txt"), "kept");
  EXPECT_EQ(run({"compare", "a.png", "b.png", "--difference", "new.png"}).code, 0);
  EXPECT_EQ(run({"compare", "a.png", "b.png", "--difference", "notes.txt", "--overwrite"}).code, 0);
  EXPECT_EQ(content(folder_ / "notes.txt"), content(folder_ / "new.png"));
}

TEST_F(CommandsTest, traces_and_plots_are_written_over_nothing_unasked) {
  folder_.write("kept", "kept");
  const std::string golden = (kModel / "golden.safetensors").string();
  const std::vector<std::string> trace{"trace", kModel.string(), "--part", "text_encoder", "--inputs",
                                       golden,  "--device",      "cpu",    "--outputs",    "kept"};
  expect_failure(run(trace), 7, {"kept", "--overwrite"});
  expect_failure(run({"tune", kModel.string(), "--plot", "kept", "--dry-run"}), 7, {"kept", "--overwrite"});
  EXPECT_EQ(content(folder_ / "kept"), "kept");
  EXPECT_FALSE(fs::exists(folder_ / "cache")) << "before the work";
  auto over = trace;
  over.emplace_back("--overwrite");
  EXPECT_EQ(run(over).code, 0);
  EXPECT_TRUE(SafetensorsFile(folder_ / "kept").contains("output"));
}

TEST_F(CommandsTest, tune_finds_out_first_that_it_cannot_keep_anything) {
  const fs::path model = copy_model("m");
  std::ofstream(model / "diorama.json") << R"({"acceleration": []})";
  const std::vector<std::string> tune{"tune", "m", "--device", "cpu", "--steps", "4"};
  expect_failure(run(tune), 3, {"m/diorama.json", "acceleration"});
  fs::remove(model / "diorama.json");
  folder_.write("data", "no folder");
  expect_failure(run(tune), 7, {"data/diorama/acceleration"});
  EXPECT_FALSE(fs::exists(folder_ / "cache/diorama/tune"));
}

// The name of the notebook depends on the device; a first run makes it, as soon as it has time for one
// picture.
TEST_F(CommandsTest, tune_does_not_wait_for_a_notebook_that_is_a_pipe) {
  const auto tune = [&](double minutes) {
    return run({"tune", kModel.string(), "--device", "cpu", "--minutes", fmt::format("{}", minutes),
                "--steps", "2", "--scored", "1", "--pictures", "1", "--dry-run"});
  };
  EXPECT_EQ(tune(0).code, 8) << "no time for anything";
  const auto notebooks = [&] {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder_ / "cache/diorama/tune"))
      if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
    return found;
  };
  folder_.write("cache/diorama/tune/x", "");
  for (double minutes = 0.02; notebooks().empty() && minutes < 5; minutes *= 2) tune(minutes);
  ASSERT_EQ(notebooks().size(), 1u);
  const fs::path notebook = notebooks().front();
  fs::remove(notebook);
  ASSERT_EQ(::mkfifo(notebook.c_str(), 0600), 0);
  expect_failure(tune(5), 7, {".jsonl", "remove it"});
}

TEST_F(CommandsTest, a_name_as_the_shell_completes_it_is_taken) {
  ASSERT_EQ(run(quantise(kModel.string(), "q/")).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "q/model_index.json"));
  EXPECT_FALSE(fs::exists(folder_ / "q.partial"));
  expect_failure(run(quantise(kModel.string(), "")), 2, {"empty"});
  expect_failure(run(quantise(kModel.string(), "q/.")), 2, {"exists already"});
}

TEST_F(CommandsTest, a_folder_whose_report_cannot_be_printed_is_kept_and_named) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  const std::string command = "'" DIORAMA_BINARY_DIR "/bin/diorama' models quantize '" + kModel.string() +
                              "' '" + (folder_ / "q").string() +
                              "' --prompts 1 --steps 1 --rows 16 --pictures 0 --device cpu > /dev/full 2> '" +
                              (folder_ / "err").string() + "'";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_NE(content(folder_ / "err").find("is complete"), std::string::npos) << content(folder_ / "err");
  EXPECT_TRUE(fs::exists(folder_ / "q/model_index.json"));
}

TEST_F(CommandsTest, quantising_onto_a_full_disk_is_7_and_leaves_nothing) {
  const fs::path disk = folder_.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=2m") != 0)
    GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
  expect_failure(run(quantise(kModel.string(), "disk/q")), 7, {"disk/q", "space"});
  EXPECT_TRUE(fs::is_empty(disk));
  EXPECT_EQ(umount(disk.c_str()), 0);
}

// Killed anywhere, the next run goes on and nothing else is left.
TEST_F(CommandsTest, a_killed_quantisation_is_cleaned_up_after) {
  for (const int milliseconds : {50, 150, 300, 600}) {
    Program program(folder_, quantise(kModel.string(), "q"));
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    program.signal(SIGKILL);
    program.wait();
    EXPECT_TRUE(!fs::exists(folder_ / "q") || fs::exists(folder_ / "q/diorama.json"));
    fs::remove_all(folder_ / "q");
  }
  EXPECT_EQ(run(quantise(kModel.string(), "q")).code, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()),
            fs::exists(folder_ / "cache") ? 2 : 1);
}

}  // namespace
}  // namespace diorama::test
