// EXIF's UserComment: eight bytes that name an encoding, and a text that programs do not always write in it.
#pragma once

#include <string>
#include <string_view>

namespace diorama {

enum class ByteOrder { little, big };

// As UTF-8. "UNICODE" is UTF-16 in the order that its zeros tell, else in the file's own `order`; UTF-8 where
// there are no zeros at all. Empty where the encoding is one of Japanese.
std::string decode_user_comment(std::string_view comment, ByteOrder order);

}  // namespace diorama
