// A stored block of each codec: a byte for the codec, the size that the footer says, how much is wanted,
// then the block.
#include <algorithm>

#include "codec/codec.h"
#include "fuzz/fuzz.h"

namespace {

void target(af::ByteView bytes) {
  af::fuzz::Input input(bytes);
  constexpr const char* kCodecs[] = {"", "lz4", "zstd", "other"};
  const char* codec = kCodecs[input.take<uint8_t>() % 4];
  uint64_t declared = input.take<uint64_t>(), wanted = input.take<uint32_t>();
  af::fuzz::attempt([&] {
    uint64_t size = af::decoded_size(codec, input.rest(), declared);
    if (size > af::fuzz::kAllowed) return;
    af::Buffer out(size), again(size);
    // What was in memory before must not matter.
    std::ranges::fill(out.span(), std::byte{0xaa});
    std::ranges::fill(again.span(), std::byte{0x55});
    size_t produced = af::decompress(codec, input.rest(), out.span());
    af::fuzz::require(produced <= size);
    af::fuzz::require(af::decompress(codec, input.rest(), again.span()) == produced);
    af::fuzz::require(std::ranges::equal(out.view().first(produced), again.view().first(produced)));
    af::fuzz::require(af::decompress(codec, input.rest(), again.span(), std::min(wanted, size)) <= size);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, target);
}
