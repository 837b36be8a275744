// The metadata of a layer as memory, each page of which is fetched and checked when it is first looked at.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/bytes.h"

namespace af {

class MetadataBytes {
 public:
  static constexpr uint64_t kPageSize = 64 << 10;

  // Bytes that need no preparation.
  explicit MetadataBytes(ByteView bytes) : bytes_(bytes) {}
  // `prepare(page)` makes a page of kPageSize bytes (the last may be shorter) ready; it throws if it cannot.
  // Two threads may prepare the same page at once.
  MetadataBytes(ByteView bytes, std::function<void(uint64_t page)> prepare)
      : bytes_(bytes),
        prepare_(std::move(prepare)),
        ready_(new std::atomic<bool>[(bytes.size() + kPageSize - 1) / kPageSize]()) {}

  uint64_t size() const { return bytes_.size(); }

  // The bytes of a range. Throws kCorrupt when it is outside, and whatever `prepare` throws.
  const std::byte* at(uint64_t offset, uint64_t length) const {
    if (!within(offset, length, bytes_.size())) fail_outside(offset, length);
    if (ready_ && length != 0) {
      for (uint64_t page = offset / kPageSize; page <= (offset + length - 1) / kPageSize; page++)
        make_ready(page);
    }
    return bytes_.data() + offset;
  }

 private:
  void make_ready(uint64_t page) const {
    if (ready_[page].load(std::memory_order_acquire)) return;
    prepare_(page);
    ready_[page].store(true, std::memory_order_release);
  }
  [[noreturn]] void fail_outside(uint64_t offset, uint64_t length) const;

  ByteView bytes_;
  std::function<void(uint64_t)> prepare_;
  std::unique_ptr<std::atomic<bool>[]> ready_;
};

}  // namespace af
