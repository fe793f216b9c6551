#include "io/model_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostFiles = 20'000;
constexpr size_t kMostLevels = 16;
// Without any of these a model is another one, or none.
constexpr std::array kParts{"model_index.json", "scheduler", "text_encoder", "tokenizer",
                            "transformer",      "vae",       "vae_preview"};
// Weights in forms that are not read, and what downloads leave.
constexpr std::array kForeign{".bin",        ".pt",   ".pth",       ".ckpt",    ".pkl", ".pickle", ".msgpack",
                              ".h5",         ".onnx", ".onnx_data", ".pb",      ".ot",  ".gguf",   ".pyc",
                              ".incomplete", ".lock", ".part",      ".partial", ".tmp"};

bool belongs(const fs::path& name) {
  const std::string last = name.filename().string();
  if (last.starts_with('.') || last == "__pycache__") return false;
  return std::ranges::find(kForeign, name.extension().string()) == kForeign.end();
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [rest, unused] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return rest == folder.end();
}

// A folder of that name and no link, which might lead anywhere.
std::optional<fs::path> blobs_in(const fs::path& folder) {
  std::error_code unknown;
  const fs::path blobs = folder / "blobs";
  if (fs::symlink_status(blobs, unknown).type() == fs::file_type::directory) return blobs;
  return std::nullopt;
}

class Walk {
 public:
  Walk(const fs::path& folder, const std::function<bool(const fs::path&)>& wanted) : wanted_(wanted) {
    std::error_code missing;
    root_ = fs::canonical(folder, missing);
    if (missing) fail(Fault::model_file, "{}: cannot be opened: {}", folder.string(), missing.message());
    allowed_.push_back(root_);
    // A hub's cache: snapshots/REVISION/ beside blobs/.
    const fs::path around = root_.parent_path();
    if (const auto blobs = blobs_in(around)) allowed_.push_back(*blobs);
    if (const auto blobs = blobs_in(around.parent_path()); blobs && around.filename() == "snapshots")
      allowed_.push_back(*blobs);
  }

  ModelFiles run() {
    visit_folder(root_, {});
    std::ranges::sort(found_.files, {}, &ModelFile::name);
    return std::move(found_);
  }

 private:
  void visit_folder(const fs::path& folder, const fs::path& name) {
    if (std::ranges::any_of(open_, [&](const fs::path& open) { return lies_in(open, folder); }))
      return refuse(name, "is a link that leads in a circle");
    if (open_.size() >= kMostLevels)
      fail(Fault::model_file, "{}: folders lie in folders more than {} levels deep; this is no model",
           root_.string(), kMostLevels);
    open_.push_back(folder);
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      visit(*entry, name / entry->path().filename());
    if (error) fail(Fault::file_system, "{}: cannot be read: {}", folder.string(), error.message());
    open_.pop_back();
  }

  void visit(const fs::directory_entry& entry, const fs::path& name) {
    if (++seen_ > kMostFiles)
      fail(Fault::model_file, "{}: holds more than {} files; this is no model", root_.string(), kMostFiles);
    if (!belongs(name) || (wanted_ && !wanted_(name))) return;
    std::error_code error;
    fs::path source = entry.path();
    if (entry.is_symlink(error)) {
      source = fs::canonical(entry.path(), error);
      if (error)
        return refuse(name, error == std::errc::too_many_symbolic_link_levels
                                ? "is a link that leads in a circle"
                                : "is a link that leads nowhere");
      if (std::ranges::none_of(allowed_, [&](const fs::path& root) { return lies_in(source, root); }))
        return refuse(name, "is a link that leads out of the model, to " + source.string());
    }
    struct stat info {};
    if (::lstat(source.c_str(), &info) != 0) return refuse(name, "cannot be examined");
    if (S_ISDIR(info.st_mode)) return visit_folder(source, name);
    if (!S_ISREG(info.st_mode)) return refuse(name, "is neither a file nor a folder");
    found_.files.push_back({name, source, static_cast<uint64_t>(info.st_size)});
  }

  void refuse(const fs::path& name, const std::string& why) {
    const std::string path = (root_ / name).string();
    if (std::ranges::find(kParts, name.begin()->string()) != kParts.end())
      fail(Fault::model_file, "{}: {}; put the file or folder itself there", path, why);
    found_.left_out.push_back(fmt::format("{}: {}, and is left out", path, why));
  }

  const std::function<bool(const fs::path&)>& wanted_;
  fs::path root_;
  std::vector<fs::path> allowed_;  // where links may lead
  std::vector<fs::path> open_;     // folders on the way to where the walk is, links resolved
  size_t seen_ = 0;
  ModelFiles found_;
};

[[noreturn]] void fail_to_read(const fs::path& path, const char* why) {
  fail(Fault::file_system, "{}: cannot be copied: {}", path.string(), why);
}

Descriptor open_source(const ModelFile& from) {
  Descriptor file(::open(from.source.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file.is_open() || ::fstat(file.get(), &info) != 0) fail_to_read(from.source, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) fail_to_read(from.source, "it is no file any more");
  return file;
}

void copy_file(const ModelFile& from, const NewFolder& to, const std::function<void(uint64_t)>& copied) {
  constexpr uint64_t kChunk = uint64_t{4} << 20;
  const Descriptor in = open_source(from);
  NewFolder::File out(to, from.name);
  std::vector<std::byte> chunk(std::min(kChunk, from.bytes));
  for (uint64_t done = 0; done < from.bytes;) {
    const ssize_t count = ::read(in.get(), chunk.data(), std::min<uint64_t>(chunk.size(), from.bytes - done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_to_read(from.source, std::strerror(errno));
    if (count == 0) fail_to_read(from.source, "it became shorter; try again when nothing writes to it");
    out.write(std::span(chunk).first(static_cast<size_t>(count)));
    done += static_cast<uint64_t>(count);
    copied(static_cast<uint64_t>(count));
  }
  out.close();
}

}  // namespace

uint64_t ModelFiles::bytes() const {
  uint64_t sum = 0;
  for (const ModelFile& file : files) sum += file.bytes;
  return sum;
}

ModelFiles files_of_model(const fs::path& folder, const std::function<bool(const fs::path&)>& wanted) {
  return Walk(folder, wanted).run();
}

void copy_files(const ModelFiles& from, const NewFolder& to, const std::function<void(uint64_t)>& copied) {
  if (const uint64_t free = to.free_bytes(); free < from.bytes())
    fail(Fault::file_system,
         "{}: takes {} MiB, of which the disk has {} left; free some space or choose another "
         "place",
         to.destination().string(), from.bytes() >> 20, free >> 20);
  for (const ModelFile& file : from.files) copy_file(file, to, copied);
}

}  // namespace diorama
