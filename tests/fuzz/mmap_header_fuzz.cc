// A whole file of a mapped array: its header is decoded, and where it is accepted every element must lie in
// the file.
#include <algorithm>

#include "fuzz/fuzz.h"
#include "mmap/mmap_header.h"

namespace {

using af::fuzz::require;

void decode(af::ByteView file, af::HeaderCheck check) {
  const af::ByteView head = file.first(std::min<size_t>(file.size(), af::kMmapHeaderSize));
  try {
    const auto layout = af::decode_mmap_header(head, static_cast<int64_t>(file.size()), "fuzzed", check);
    require(layout.shape().rank() <= af::kMmapMaxRank && layout.element_count() >= 0);
    require(layout.file_size() <= static_cast<int64_t>(file.size()));
    if (check == af::HeaderCheck::kReadable) return;
    const auto again = af::encode_mmap_header(layout);
    require(std::equal(again.begin(), again.end(), head.begin()));
    require(layout.file_size() == static_cast<int64_t>(file.size()));
  } catch (const af::Error& error) {
    require(error.status() == af::Status::kCorrupt || error.status() == af::Status::kUnsupported);
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, [](af::ByteView file) {
    decode(file, af::HeaderCheck::kReadable);
    decode(file, af::HeaderCheck::kExact);
  });
}
