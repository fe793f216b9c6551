// The texts in a picture that may hold a recipe, whatever its format. Nothing in the file is trusted, and no
// pixels are looked at.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/recipe.h"

namespace diorama {

// The bytes of a file that begins as a PNG, a JPEG or a WebP does. Fault::file_system.
std::string read_picture_file(const std::filesystem::path& path);

// Of a PNG's text chunks those that may hold a recipe; of its EXIF, a JPEG's or a WebP's, what stands for
// them. `name` opens the messages; Fault::file_system.
std::vector<PngText> read_picture_texts(std::span<const std::byte> file, std::string_view name);

std::optional<Recipe> recipe_in_picture(std::span<const std::byte> file, std::string_view name);

}  // namespace diorama
