#include "format/container.h"

#include <algorithm>
#include <cstring>

namespace af {
namespace {

constexpr std::string_view kMagic = "ATLS", kMaskMagic = "ATLM";
constexpr uint64_t kMaskHead = 12;
constexpr uint32_t kMaskVersion = 1;

template <typename T>
void append(std::string* out, T number) {
  out->append(reinterpret_cast<const char*>(&number), sizeof number);
}

bool has_magic(ByteView bytes, uint64_t at, std::string_view magic) {
  return within(at, magic.size(), bytes.size()) && as_text(bytes.subspan(at, magic.size())) == magic;
}

}  // namespace

std::string container_header(int format) {
  std::string header(kMagic);
  append(&header, static_cast<uint32_t>(format));
  return header;
}

void check_container_header(ByteView header, int format) {
  if (header.size() < kContainerHeaderSize || !has_magic(header, 0, kMagic))
    fail(Status::kCorrupt, "the first 4 bytes are not 'ATLS'");
  uint32_t found = load<uint32_t>(header.data() + 4);
  if (found != static_cast<uint32_t>(format))
    fail(Status::kCorrupt, "the header says format ", found, ", the trailer ", format);
}

std::string container_trailer(const ContainerTrailer& trailer) {
  std::string bytes;
  append(&bytes, trailer.footer_size);
  append(&bytes, static_cast<uint32_t>(trailer.format));
  return bytes.append(kMagic);
}

ContainerTrailer read_container_trailer(ByteView trailer, uint64_t file_size) {
  if (file_size < kContainerHeaderSize + kContainerTrailerSize || trailer.size() < kContainerTrailerSize ||
      !has_magic(trailer, trailer.size() - 4, kMagic))
    fail(Status::kCorrupt, "the last 4 bytes are not 'ATLS': not a container, or cut off");
  const std::byte* at = trailer.data() + trailer.size() - kContainerTrailerSize;
  uint64_t footer_size = load<uint64_t>(at);
  uint32_t format = load<uint32_t>(at + 8);
  if (format != 1 && format != 8)
    fail(Status::kUnsupported, "a container of format ", format, ", known are 1 and 8");
  if (footer_size > file_size - kContainerHeaderSize - kContainerTrailerSize)
    fail(Status::kCorrupt, "the footer's length of ", footer_size, " does not fit a container of ", file_size,
         " bytes");
  return {static_cast<int>(format), footer_size};
}

std::vector<uint32_t> read_mask(ByteView file) {
  if (file.empty()) return {};
  if (file.size() < kMaskHead || !has_magic(file, 0, kMaskMagic))
    fail(Status::kCorrupt, "the first 4 bytes are not 'ATLM', or fewer than 12 bytes are there");
  uint32_t version = load<uint32_t>(file.data() + 4);
  if (version != kMaskVersion)
    fail(Status::kUnsupported, "a mask of version ", version, ", known is ", kMaskVersion);
  // The reference takes as many as are there.
  uint64_t count = std::min<uint64_t>(load<uint32_t>(file.data() + 8), (file.size() - kMaskHead) / 4);
  std::vector<uint32_t> ordinals(count);
  if (count != 0) std::memcpy(ordinals.data(), file.data() + kMaskHead, count * 4);
  return ordinals;
}

std::string write_mask(const std::vector<uint32_t>& ordinals) {
  std::vector<uint32_t> sorted = ordinals;
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string bytes(kMaskMagic);
  append(&bytes, kMaskVersion);
  append(&bytes, static_cast<uint32_t>(sorted.size()));
  for (uint32_t ordinal : sorted) append(&bytes, ordinal);
  return bytes;
}

}  // namespace af
