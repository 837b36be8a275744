// Archives in rkyv's layout: read in place, every relative pointer, length, tag and string checked when it is
// followed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "format/metadata_bytes.h"

namespace af {

// A vector's elements: `count` of them from `at` on.
struct ArchivedVec {
  uint64_t at = 0;
  uint64_t count = 0;
};

// Positions are offsets from the archive's first byte.
class ArchiveReader {
 public:
  ArchiveReader() = default;
  // The archive is `size` bytes from `begin` of `bytes`, which must outlive the reader.
  ArchiveReader(const MetadataBytes* bytes, uint64_t begin, uint64_t size)
      : bytes_(bytes), begin_(begin), size_(size) {}

  uint64_t size() const { return size_; }

  template <typename T>
  T number(uint64_t at) const {
    return load<T>(raw(at, sizeof(T)));
  }
  const std::byte* raw(uint64_t at, uint64_t length) const {
    if (!within(at, length, size_)) fail_pointer(at, length);
    return bytes_->at(begin_ + at, length);
  }
  // The target of a relative pointer that is stored at `at`: `length` bytes, aligned.
  uint64_t target(uint64_t at, uint64_t length, uint64_t alignment) const {
    // Wrapping on purpose: a sum that leaves the archive in either direction is a position beyond its end.
    uint64_t to = at + static_cast<uint64_t>(number<int64_t>(at));
    if (!within(to, length, size_) || to % alignment != 0) fail_target(at, to, length, alignment);
    return to;
  }
  ArchivedVec vec(uint64_t at, uint64_t element_size, uint64_t alignment) const {
    uint64_t count = number<uint64_t>(at + 8), length;
    if (!multiply_fits(count, element_size, &length)) fail_vec(at, count);
    return {target(at, length, alignment), count};
  }
  // The text of a string, without looking whether it is UTF-8.
  std::string_view text_bytes(uint64_t at) const;
  // The same, checked.
  std::string_view text(uint64_t at) const;
  // A tag or boolean, at most `most`.
  uint8_t tag(uint64_t at, uint8_t most, const char* what) const {
    uint8_t tag = number<uint8_t>(at);
    if (tag > most) fail_tag(at, tag, most, what);
    return tag;
  }

 private:
  [[noreturn]] void fail_pointer(uint64_t at, uint64_t length) const;
  [[noreturn]] void fail_target(uint64_t at, uint64_t to, uint64_t length, uint64_t alignment) const;
  [[noreturn]] void fail_vec(uint64_t at, uint64_t count) const;
  [[noreturn]] void fail_tag(uint64_t at, uint8_t tag, uint8_t most, const char* what) const;

  const MetadataBytes* bytes_ = nullptr;
  uint64_t begin_ = 0;
  uint64_t size_ = 0;
};

// Builds an archive in rkyv's order: the children of all elements, then the elements, the root last.
class ArchiveWriter {
 public:
  ArchiveWriter() = default;
  // Goes on with an archive of which `begin` bytes were taken away.
  explicit ArchiveWriter(uint64_t begin) : begin_(begin) {}

  uint64_t size() const { return begin_ + bytes_.size(); }
  void reserve(uint64_t size) { bytes_.reserve(size); }
  void align(uint64_t alignment) { bytes_.resize((size() + alignment - 1) / alignment * alignment - begin_); }
  uint64_t append(ByteView bytes) {
    uint64_t at = size();
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return at;
  }
  // Room for `count` zero bytes.
  uint64_t append_zeros(uint64_t count) {
    uint64_t at = size();
    bytes_.resize(bytes_.size() + count);
    return at;
  }
  template <typename T>
  void put(uint64_t at, T value) {
    store(bytes_.data() + (at - begin_), value);
  }
  // The out-of-line part of a string, if it needs one; answers what `put_text` wants.
  uint64_t child_text(std::string_view text) { return text.size() > 16 ? append(as_bytes(text)) : 0; }
  // A string's 16 bytes. `target` is what child_text answered for the same text.
  void put_text(uint64_t at, std::string_view text, uint64_t target);
  // A vector's 16 bytes.
  void put_vec(uint64_t at, uint64_t target, uint64_t count) {
    put<int64_t>(at, static_cast<int64_t>(target - at));
    put<uint64_t>(at + 8, count);
  }
  // Moves the relative pointer at `at`, which was put as if it stood `distance` bytes further to the front.
  void shift(uint64_t at, uint64_t distance) {
    put(at, load<int64_t>(bytes_.data() + (at - begin_)) - static_cast<int64_t>(distance));
  }
  // The same for a string, which has a pointer only when it is stored out of line.
  void shift_text(uint64_t at, uint64_t distance) {
    if ((load<uint8_t>(bytes_.data() + (at - begin_)) & 0xc0) == 0x80) shift(at + 8, distance);
  }
  // A vector of numbers: padding, then the elements. Answers the target.
  template <typename T, typename Range>
  uint64_t child_numbers(const Range& numbers) {
    align(alignof(T));
    uint64_t target = append_zeros(std::size(numbers) * sizeof(T)), at = target;
    for (auto number : numbers) {
      put<T>(at, static_cast<T>(number));
      at += sizeof(T);
    }
    return target;
  }

  // What was not taken away.
  const std::vector<std::byte>& bytes() const { return bytes_; }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  uint64_t begin_ = 0;
  std::vector<std::byte> bytes_;
};

}  // namespace af
