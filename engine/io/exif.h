// Texts in EXIF: a TIFF file without a picture, which JPEG and WebP carry. Nothing in it is trusted.
// https://www.cipa.jp/std/documents/e/DC-008-Translation-2019-E.pdf
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/png.h"

namespace diorama {

// What programs keep there, by the keywords of PNG: UserComment as `parameters`, and ComfyUI's graph, which
// stands behind "prompt:" in a text of the camera, as `prompt`. Empty where there is none or it is damaged.
std::vector<PngText> exif_texts(std::span<const std::byte> tiff);

// Of a JPEG's or a WebP's bytes, the EXIF; empty where there is none. Fault::file_system where the file is
// cut off before.
std::span<const std::byte> exif_in_jpeg(std::span<const std::byte> file, std::string_view name);
std::span<const std::byte> exif_in_webp(std::span<const std::byte> file, std::string_view name);

}  // namespace diorama
