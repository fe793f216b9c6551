#include "io/picture_texts.h"

#include <array>

#include "base/error.h"
#include "base/file.h"
#include "io/byte_file.h"
#include "io/exif.h"
#include "io/png_chunks.h"

namespace diorama {
namespace {

using png::as_text;

constexpr size_t kMaxFile = size_t{512} << 20;  // bytes
constexpr size_t kBeginning = 12;               // bytes that tell what a file is

enum class PictureFormat { png, jpeg, webp, unknown };

PictureFormat format_of(std::string_view beginning) {
  if (beginning.starts_with(png::kSignature)) return PictureFormat::png;
  if (beginning.starts_with("\xFF\xD8\xFF")) return PictureFormat::jpeg;
  if (beginning.starts_with("RIFF") && beginning.size() >= kBeginning && beginning.substr(8, 4) == "WEBP")
    return PictureFormat::webp;
  return PictureFormat::unknown;
}

[[noreturn]] void refuse(std::string_view name) {
  fail(Fault::file_system, "{}: is neither a PNG nor a JPEG nor a WebP", name);
}

std::vector<PngText> texts_of_png(std::span<const std::byte> file, std::string_view name) {
  auto texts = read_png_texts(file, name, kRecipeKeywords);
  if (!texts.empty()) return texts;
  for (const png::Chunk& chunk : png::read_chunks(file, name))
    if (chunk.type == "eXIf" && chunk.sound) return exif_texts(chunk.data);
  return texts;
}

}  // namespace

std::string read_picture_file(const std::filesystem::path& path) {
  std::array<std::byte, kBeginning> beginning;
  const size_t size = ByteFile(path).read(0, beginning);
  if (format_of(as_text(std::span(beginning).first(size))) == PictureFormat::unknown) refuse(path.string());
  return read_text_file(path, kMaxFile);
}

std::vector<PngText> read_picture_texts(std::span<const std::byte> file, std::string_view name) {
  switch (format_of(as_text(file))) {
    case PictureFormat::png:
      return texts_of_png(file, name);
    case PictureFormat::jpeg:
      return exif_texts(exif_in_jpeg(file, name));
    case PictureFormat::webp:
      return exif_texts(exif_in_webp(file, name));
    case PictureFormat::unknown:
      break;
  }
  refuse(name);
}

std::optional<Recipe> recipe_in_picture(std::span<const std::byte> file, std::string_view name) {
  return read_recipe(read_picture_texts(file, name), name);
}

}  // namespace diorama
