#include "cli/job.h"

#include "test_folder.h"

namespace diorama::cli {
namespace {

using diorama::test::expect_fault;
using diorama::test::TestFolder;

Job defaults() {
  Job job;
  job.request.negative_prompt = "blurry";
  job.request.steps = 20;
  return job;
}

std::vector<Job> all(JobList list) {
  std::vector<Job> jobs;
  for (int i = 0; i < list.size(); ++i) jobs.push_back(list.picture(i));
  return jobs;
}

std::vector<Job> read(const std::string& text) {
  return all(JobList(text, "jobs.txt", defaults(), 1, 0));
}

TEST(Batch, a_line_is_a_prompt) {
  const auto jobs = read("a red apple\n\n  smiling cat \r\n\t\n# number one");
  ASSERT_EQ(jobs.size(), 3u);
  EXPECT_EQ(jobs[0].request.prompt, "a red apple");
  EXPECT_EQ(jobs[1].request.prompt, "smiling cat");
  EXPECT_EQ(jobs[2].request.prompt, "# number one");
  EXPECT_EQ(jobs[0].line, 1);
  EXPECT_EQ(jobs[1].line, 3);
  EXPECT_EQ(jobs[2].line, 5);
  EXPECT_EQ(jobs[1].request.negative_prompt, "blurry");
  EXPECT_EQ(jobs[1].request.steps, 20);
}

TEST(Batch, a_json_line_overrides_what_it_names) {
  const auto jobs = read(
      R"({"prompt": "a cat", "negative_prompt": "", "width": 256, "height": 128, "steps": 5, "cfg_scale": 2.5,)"
      R"( "guidance_interval": [0.1, 0.9], "sampler": "heun", "shift": 3, "eta": 0.5, "seed": 7, "class": "tench"})");
  ASSERT_EQ(jobs.size(), 1u);
  const RenderRequest& request = jobs[0].request;
  EXPECT_EQ(jobs[0].problem, "");
  EXPECT_EQ(request.prompt, "a cat");
  EXPECT_EQ(request.negative_prompt, "");
  EXPECT_EQ(request.width, 256);
  EXPECT_EQ(request.height, 128);
  EXPECT_EQ(request.steps, 5);
  EXPECT_EQ(request.cfg_scale, 2.5);
  EXPECT_EQ(request.guidance_begin, 0.1);
  EXPECT_EQ(request.guidance_end, 0.9);
  EXPECT_EQ(request.sampler, "heun");
  EXPECT_EQ(request.shift, 3.0);
  EXPECT_EQ(request.eta, 0.5);
  EXPECT_EQ(jobs[0].seed, Seed{7});
  EXPECT_EQ(jobs[0].class_name, "tench");
}

TEST(Batch, a_class_may_be_a_number) {
  EXPECT_EQ(read(R"({"class": 207})")[0].class_name, "207");
}

TEST(Batch, a_bad_line_names_its_number_and_does_not_stop_the_others) {
  for (const char* bad :
       {"{", R"({"steps": "many"})", R"({"prompt": 3})", R"({"prom": "x"})", R"({"seed": 1.5})",
        R"({"guidance_interval": [0.9, 0.1]})", R"({"class": []})", R"({"prompt": "a"} x)"}) {
    const auto jobs = read(std::string("one\n") + bad + "\nthree\n");
    ASSERT_EQ(jobs.size(), 3u) << bad;
    EXPECT_TRUE(jobs[0].problem.empty());
    EXPECT_FALSE(jobs[1].problem.empty()) << bad;
    EXPECT_TRUE(jobs[1].problem.starts_with("jobs.txt:2: ")) << jobs[1].problem;
    EXPECT_TRUE(jobs[2].problem.empty());
  }
}

TEST(Batch, any_bytes_are_a_prompt) {
  EXPECT_EQ(read("a\xff")[0].request.prompt, "a\xef\xbf\xbd");
}

TEST(Batch, a_line_longer_than_any_prompt_is_a_bad_line) {
  const auto jobs = read("one\n" + std::string(kMostText + 1, 'a') + "\nthree");
  ASSERT_EQ(jobs.size(), 3u);
  EXPECT_TRUE(jobs[1].problem.starts_with("jobs.txt:2: ")) << jobs[1].problem;
  EXPECT_EQ(jobs[2].problem, "");
}

TEST(Batch, without_a_prompt_is_refused) {
  for (const char* text : {"", "\n \r\n\t"})
    expect_fault(Fault::usage, {"jobs.txt", "no prompts"}, [&] { read(text); });
}

TEST(Batch, more_pictures_than_can_be_counted_are_refused) {
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "a\n";
  expect_fault(Fault::usage, {"--count"}, [&] { JobList(many, "jobs.txt", {}, 1'000'000, 0); });
}

std::vector<uint64_t> seeds(JobList list) {
  std::vector<uint64_t> result;
  for (const Job& picture : all(std::move(list))) result.push_back(picture.request.seed);
  return result;
}

TEST(Seeds, picture_i_takes_the_seed_plus_i) {
  EXPECT_EQ(seeds(JobList(Job{}, 3, 42)), (std::vector<uint64_t>{42, 43, 44}));
  EXPECT_EQ(seeds(JobList("a\nb", "jobs.txt", {}, 2, 0)), (std::vector<uint64_t>{0, 1, 2, 3}));
}

TEST(Seeds, a_seed_of_its_own_counts_up_from_there) {
  EXPECT_EQ(seeds(JobList("a\n{\"prompt\": \"b\", \"seed\": 100}\nc", "jobs.txt", {}, 2, 5)),
            (std::vector<uint64_t>{5, 6, 100, 101, 9, 10}));
}

TEST(Seeds, negative_ones_are_drawn_and_still_count_up) {
  const std::string text = R"({"prompt": "a", "seed": -1})";
  const auto first = seeds(JobList(text, "jobs.txt", {}, 2, 0));
  EXPECT_EQ(first[1], first[0] + 1);
  EXPECT_NE(first, seeds(JobList(text, "jobs.txt", {}, 2, 0))) << "once in 2^32";
}

TEST(Seeds, of_a_batch_have_all_64_bits) {
  const auto jobs = read(
      "{\"seed\": 18446744073709551615}\n{\"seed\": \"12345678901234567890\"}\n{\"seed\": \"random\"}\n"
      "{\"seed\": 18446744073709551616}\n{\"seed\": \"0x10\"}\n{\"seed\": true}");
  EXPECT_EQ(jobs[0].request.seed, 18446744073709551615u);
  EXPECT_EQ(jobs[1].request.seed, 12345678901234567890u);
  EXPECT_EQ(jobs[2].seed, Seed{});
  for (const size_t i : {0, 1, 2}) EXPECT_EQ(jobs[i].problem, "");
  for (const size_t i : {3, 4, 5})
    EXPECT_NE(jobs[i].problem.find("seed"), std::string::npos) << jobs[i].problem;
}

TEST(Seeds, that_would_pass_64_bits_are_refused) {
  constexpr uint64_t kLast = 18446744073709551615u;
  EXPECT_EQ(seeds(JobList(Job{}, 2, kLast - 1)), (std::vector<uint64_t>{kLast - 1, kLast}));
  expect_fault(Fault::usage, {"[seed]", "64 bits"}, [] { JobList(Job{}, 2, kLast); });
  expect_fault(Fault::usage, {"[seed]"}, [] { JobList("a\nb", "jobs.txt", {}, 2, kLast - 2); });
  JobList list(R"({"seed": 18446744073709551615})", "jobs.txt", {}, 2, 0);
  EXPECT_NE(list.picture(0).problem.find("jobs.txt:1: [seed]"), std::string::npos);
}

TEST(Batch, a_mistyped_key_gets_a_suggestion) {
  const std::string problem = read(R"({"promt": "a cat"})")[0].problem;
  EXPECT_NE(problem.find("did you mean prompt?"), std::string::npos) << problem;
}

TEST(FindClass, takes_a_number_or_any_of_the_names) {
  const TestFolder folder;
  folder.write("m/model_index.json",
               R"({"id2label": {"0": "tench, Tinca tinca", "207": "golden retriever"}})");
  const ModelFolder model = ModelFolder::open(folder / "m");
  EXPECT_EQ(find_class(model, "5"), 5);
  EXPECT_EQ(find_class(model, "golden retriever"), 207);
  EXPECT_EQ(find_class(model, "Tinca tinca"), 0);
  for (const char* wrong : {"dog", "", "5x", "Tinca"})
    expect_fault(Fault::usage, {"[class]", "id2label"}, [&] { find_class(model, wrong); });
}

TEST(FindClass, says_when_a_model_has_no_names) {
  const TestFolder folder;
  folder.write("m/vae/config.json", "{}");
  expect_fault(Fault::usage, {"give a number"}, [&] { find_class(ModelFolder::open(folder / "m"), "dog"); });
}

TEST(FindClass, labels_that_are_no_table_are_rejected) {
  const TestFolder folder;
  for (const char* labels : {"[]", R"({"0": 3})", R"({"dog": "cat"})"}) {
    folder.write("m/model_index.json", std::string(R"({"id2label": )") + labels + "}");
    EXPECT_THROW(find_class(ModelFolder::open(folder / "m"), "cat"), Error) << labels;
  }
}

TEST(Prompt, comes_from_a_file_without_its_last_line_break) {
  const TestFolder folder;
  const auto file = folder.write("prompt.txt", "a cat\non a mat\r\n\n");
  EXPECT_EQ(read_prompt("@" + file.string()), "a cat\non a mat");
  EXPECT_EQ(read_prompt("a cat"), "a cat");
  EXPECT_EQ(read_prompt(""), "");
  expect_fault(Fault::file_system, {"missing"}, [&] { read_prompt("@" + (folder / "missing").string()); });
}

TEST(Prompt, of_a_file_that_no_prompt_can_be_is_refused) {
  const TestFolder folder;
  const auto file = folder.write("prompt.txt", std::string(kMostText + 1, 'a'));
  expect_fault(Fault::file_system, {"prompt.txt", "larger than 1 MiB"},
               [&] { read_prompt("@" + file.string()); });
}

TEST(Prompt, is_read_in_the_encodings_that_editors_write) {
  using namespace std::string_literals;
  const TestFolder folder;
  for (const std::string& bytes :
       {"\xEF\xBB\xBFred heart\r\n"s, "\xFF\xFEr\0e\0d\0 \0h\0e\0a\0r\0t\0\r\0\n\0"s})
    EXPECT_EQ(read_prompt("@" + folder.write("p.txt", bytes).string()), "red heart");
  const auto latin = folder.write("latin.txt", "caf\xE9\n");
  expect_fault(Fault::usage, {"latin.txt", "UTF-8", "iconv"}, [&] { read_prompt("@" + latin.string()); });
  expect_fault(Fault::usage, {"[prompt]", "UTF-8"}, [] { read_prompt("caf\xE9"); });
}

TEST(Prompt, a_file_without_words_is_refused) {
  const TestFolder folder;
  for (const char* text : {"", "\n", "\r\n", "\xEF\xBB\xBF\n"})
    expect_fault(Fault::usage, {"p.txt", "no text"},
                 [&] { read_prompt("@" + folder.write("p.txt", text).string()); });
  EXPECT_EQ(read_prompt(""), "") << "typed, it is meant";
}

TEST(GuidanceInterval, is_two_shares_in_order) {
  RenderRequest request;
  set_guidance_interval(request, {0.25, 0.75});
  EXPECT_EQ(request.guidance_begin, 0.25);
  EXPECT_EQ(request.guidance_end, 0.75);
  for (const std::vector<double>& wrong :
       {std::vector<double>{}, {0.5}, {0.8, 0.2}, {-0.1, 0.5}, {0, 1.1}, {0, 0.5, 1}})
    expect_fault(Fault::usage, {"[guidance-interval]"}, [&] { set_guidance_interval(request, wrong); });
}

}  // namespace
}  // namespace diorama::cli
