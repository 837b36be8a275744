// Pictures as PNG. The only file that knows libpng.
#include <png.h>

#include "cli/failure.h"
#include "cli/picture.h"

namespace af::cli {

std::string Picture::png() const {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.format = PNG_FORMAT_RGB;
  std::string bytes;
  png_alloc_size_t size = 0;
  // First without memory, to learn the size.
  bool written = png_image_write_to_memory(&image, nullptr, &size, 0, pixels_.data(), 0, nullptr) != 0;
  if (written) {
    bytes.resize(size);
    written = png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels_.data(), 0, nullptr) != 0;
  }
  if (!written) fail(kInternal, "a picture cannot be written: ", image.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace af::cli
