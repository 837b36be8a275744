// Layers whose checksums are made to agree with whatever their bytes say: so that a fuzzer gets past them.
#pragma once

#include <string>

#include "format/checksum.h"
#include "format/extension.h"
#include "format/footer.h"
#include "fuzz/fuzz.h"

namespace af::fuzz {

inline void make_right_blocks(MutableBytes file, MutableBytes body, const ExtensionHead& head,
                              ByteView footer_bytes) {
  attempt([&] {
    MetadataBytes metadata(footer_bytes);
    FooterView footer(ArchiveReader(&metadata, 0, footer_bytes.size()));
    const ExtensionHead::Range& part = head.parts[ExtensionHead::kBlockChecksums];
    for (uint64_t i = 0; i < std::min(footer.block_count(), part.length / 8); i++) {
      BlockRecord block = footer.block(i);
      if (!within(block.offset, block.stored_size, file.size())) continue;
      store(body.data() + part.offset + i * 8, checksum(file.subspan(block.offset, block.stored_size)));
    }
  });
}

// Leaves files alone that have no section, or one that cannot be found.
inline void make_right(std::string& bytes) {
  attempt([&] {
    MutableBytes file = std::as_writable_bytes(std::span(bytes));
    if (file.size() < kTrailerSize + kExtensionTailSize) return;
    uint64_t footer = footer_length(file.last(kTrailerSize), file.size());
    uint64_t footer_begin = file.size() - kTrailerSize - footer;
    if (footer_begin < kExtensionTailSize) return;
    uint64_t section =
        extension_length(file.subspan(footer_begin - kExtensionTailSize, kExtensionTailSize), footer_begin);
    MutableBytes begin = file.subspan(footer_begin - section);
    uint64_t head_length = extension_head_length(begin.first(kExtensionFirst), section);
    MutableBytes head = begin.first(head_length), covered = begin.subspan(head_length);
    store(head.data() + 24, section);
    store(head.data() + 32, footer);
    store(head.data() + 40, uint64_t{file.size()});
    store(head.data() + 8, checksum(head.subspan(16)));
    ExtensionHead found = read_extension_head(head, section, footer, file.size());
    make_right_blocks(file, covered, found, file.subspan(footer_begin, footer));
    uint64_t at = head_length - 8 * found.page_checksums.size();
    for (uint64_t page = 0; page < found.page_checksums.size(); page++) {
      uint64_t offset = page * MetadataBytes::kPageSize;
      uint64_t length = std::min(MetadataBytes::kPageSize, covered.size() - offset);
      store(head.data() + at + 8 * page, checksum(covered.subspan(offset, length)));
    }
    store(head.data() + 8, checksum(head.subspan(16)));
  });
}

}  // namespace af::fuzz
