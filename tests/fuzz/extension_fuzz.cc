// An extension section, its checksums made right: a fuzzer would not get past them.
#include <vector>

#include "format/checksum.h"
#include "format/extension.h"
#include "fuzz/fuzz.h"

namespace {

using af::fuzz::attempt;

void ask(const af::ExtensionView& view) {
  for (uint64_t i : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{1} << 32, UINT64_MAX}) {
    attempt([&] { view.block_checksum(i); });
    attempt([&] { view.array_summary(i); });
    for (uint64_t chunk : {uint64_t{0}, uint64_t{1}, UINT64_MAX})
      attempt([&] { view.chunk_summary(i, chunk); });
    attempt([&] {
      uint64_t probe = 0;
      while (view.candidate(i, &probe)) {
      }
    });
    attempt([&] { view.expect_counts(i, i); });
  }
}

// The bytes are a section, its head first.
void target(af::ByteView bytes) {
  attempt([&] {
    if (bytes.size() < 128) return;
    std::vector<std::byte> section(bytes.begin(), bytes.end());
    uint64_t head_length =
        af::extension_head_length(af::ByteView(section).first(af::kExtensionFirst), section.size());
    auto head = af::MutableBytes(section).first(head_length);
    uint64_t footer = af::load<uint64_t>(head.data() + 32), file = af::load<uint64_t>(head.data() + 40);
    af::store(head.data() + 24, uint64_t{section.size()});
    af::store(head.data() + 8, af::checksum(head.subspan(16)));
    af::ExtensionHead found = af::read_extension_head(head, section.size(), footer, file);
    af::MetadataBytes body(af::ByteView(section).subspan(head_length));
    ask(af::ExtensionView(&body, found));
  });
  attempt([&] { af::extension_length(bytes.first(std::min<size_t>(16, bytes.size())), 1000); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, target);
}
