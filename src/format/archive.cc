#include "format/archive.h"

namespace af {

void MetadataBytes::fail_outside(uint64_t offset, uint64_t length) const {
  fail(Status::kCorrupt, "metadata: ", length, " bytes at ", offset, " lie outside its ", bytes_.size(),
       " bytes");
}

void ArchiveReader::fail_pointer(uint64_t at, uint64_t length) const {
  fail(Status::kCorrupt, "footer: ", length, " bytes at ", at, " lie outside its ", size_, " bytes");
}

void ArchiveReader::fail_target(uint64_t at, uint64_t to, uint64_t length, uint64_t alignment) const {
  fail(Status::kCorrupt, "footer: the pointer at ", at, " leads to ", length, " bytes at ",
       static_cast<int64_t>(to), ", outside its ", size_, " bytes or not aligned to ", alignment);
}

void ArchiveReader::fail_vec(uint64_t at, uint64_t count) const {
  fail(Status::kCorrupt, "footer: the vector at ", at, " claims ", count, " elements");
}

void ArchiveReader::fail_tag(uint64_t at, uint8_t tag, uint8_t most, const char* what) const {
  fail(Status::kCorrupt, "footer: the ", what, " at ", at, " has tag ", tag, ", over ", most);
}

std::string_view ArchiveReader::text_bytes(uint64_t at) const {
  const std::byte* fixed = raw(at, 16);
  uint64_t word = load<uint64_t>(fixed);
  if ((word & 0xc0) != 0x80) {
    const void* end = std::memchr(fixed, 0xff, 16);
    size_t length = end ? static_cast<size_t>(static_cast<const std::byte*>(end) - fixed) : 16;
    return {reinterpret_cast<const char*>(fixed), length};
  }
  uint64_t length = (word & 0x3f) | ((word & ~uint64_t{0xff}) >> 2);
  if (length <= 16)
    fail(Status::kCorrupt, "footer: the string at ", at, " of ", length, " bytes is stored out of line");
  uint64_t to = at + static_cast<uint64_t>(load<int64_t>(fixed + 8));
  if (!within(to, length, size_))
    fail(Status::kCorrupt, "footer: the string at ", at, " of ", length, " bytes lies outside its ", size_,
         " bytes");
  return {reinterpret_cast<const char*>(raw(to, length)), length};
}

std::string_view ArchiveReader::text(uint64_t at) const {
  std::string_view text = text_bytes(at);
  if (!is_utf8(text)) fail(Status::kCorrupt, "footer: the string at ", at, " is not UTF-8: ", quoted(text));
  return text;
}

void ArchiveWriter::put_text(uint64_t at, std::string_view text, uint64_t target) {
  std::byte* fixed = bytes_.data() + (at - begin_);
  if (text.size() <= 16) {
    std::memset(fixed, 0xff, 16);
    if (!text.empty()) std::memcpy(fixed, text.data(), text.size());
    return;
  }
  uint64_t length = text.size();
  store<uint64_t>(fixed, (length & 0x3f) | 0x80 | ((length & ~uint64_t{0x3f}) << 2));
  store<int64_t>(fixed + 8, static_cast<int64_t>(target - at));
}

}  // namespace af
