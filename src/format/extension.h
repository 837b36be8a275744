// The extension section of our layers: identity, checksums, a name index and statistics. It lies between the
// blocks and the footer, where the reference never looks. Bytes: docs/format.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "format/metadata_bytes.h"
#include "format/statistics.h"

namespace af {

using LayerId = std::array<uint8_t, 16>;

// In the padding of the footer's root, as a little-endian number: "AFX1".
inline constexpr uint32_t kExtensionMark = 0x31584641;
// Whether a padding can be our mark with one byte damaged: foreign padding is zero.
bool is_damaged_mark(uint32_t padding);

inline constexpr uint64_t kExtensionTailSize = 16;  // section length and magic, just before the footer

// The head of a section: everything that is needed before metadata can be trusted.
struct ExtensionHead {
  enum Part { kBlockChecksums, kNameIndex, kArraySummaries, kChunkSummaries, kTexts, kPartCount };
  struct Range {
    uint64_t offset = 0;  // from the section's body
    uint64_t length = 0;
  };

  uint64_t head_length = 0;
  uint64_t section_length = 0;
  uint64_t footer_length = 0;
  uint64_t file_size = 0;
  LayerId id{};
  LayerId parent{};               // all zero: none
  std::vector<LayerId> absorbed;  // of a base: the layers it was compacted from
  std::array<Range, kPartCount> parts;
  std::vector<uint64_t>
      page_checksums;  // of the pages of body, tail, footer and trailer, as one run of bytes
};

// The section's length, from the 16 bytes before the footer. Throws kCorrupt.
uint64_t extension_length(ByteView tail, uint64_t space);
// The head's length, from the section's first 24 bytes. Throws kCorrupt.
uint64_t extension_head_length(ByteView first, uint64_t section_length);
inline constexpr uint64_t kExtensionFirst = 24;
// Parses and checks a head. Throws kCorrupt when it, or its agreement with the file, is damaged.
ExtensionHead read_extension_head(ByteView head, uint64_t section_length, uint64_t footer_length,
                                  uint64_t file_size);

// Looks into a section's body. Position 0 of `bytes` is the body's first byte. All answers are checked
// against the bytes.
class ExtensionView {
 public:
  ExtensionView() = default;
  ExtensionView(const MetadataBytes* bytes, const ExtensionHead& head) : bytes_(bytes), parts_(head.parts) {}

  // Throws kCorrupt unless there are this many.
  void expect_counts(uint64_t blocks, uint64_t arrays) const;
  uint64_t block_checksum(uint64_t block) const;
  // Arrays whose name may have this hash, one after the other; `probe` starts at 0. Nothing when there are no
  // more.
  std::optional<uint64_t> candidate(uint64_t hash, uint64_t* probe) const;
  // Of the whole array as this layer left it; nothing when it was not known.
  std::optional<Summary> array_summary(uint64_t array) const;
  // Of the `chunk`-th of the chunks that this layer wrote of the array; nothing when it was not known.
  std::optional<Summary> chunk_summary(uint64_t array, uint64_t chunk) const;

 private:
  const std::byte* at(ExtensionHead::Part part, uint64_t offset, uint64_t length) const;
  std::optional<Summary> summary(const std::byte* record) const;
  StatValue bound(uint64_t bits, StatValue::Kind kind) const;

  const MetadataBytes* bytes_ = nullptr;
  std::array<ExtensionHead::Range, ExtensionHead::kPartCount> parts_;
};

// Gathers a section's body, then writes it around a finished footer.
class ExtensionWriter {
 public:
  void set_block_checksums(std::vector<uint64_t> checksums) { block_checksums_ = std::move(checksums); }
  // In the order of the footer. `chunks` are those of this layer, in the order of its table.
  void add_array(std::string_view name, const std::optional<Summary>& whole,
                 std::span<const std::optional<Summary>> chunks);
  // The section's bytes: they go before the footer, which is given in parts. `data_size`: the bytes before
  // the section.
  std::vector<std::byte> finish(const LayerId& id, const LayerId& parent, std::span<const LayerId> absorbed,
                                uint64_t data_size, std::span<const ByteView> footer) const;

 private:
  struct Record {
    uint64_t min = 0, max = 0, count = 0;
  };
  struct ArrayRecord {
    Record whole;
    uint64_t first_chunk = 0;
  };
  Record record_of(const std::optional<Summary>& summary);
  bool text_fits(const std::optional<StatValue>& bound) const;
  uint64_t bound_bits(const StatValue& bound);
  std::vector<std::byte> name_index() const;

  std::vector<uint64_t> block_checksums_;
  std::vector<uint64_t> name_hashes_;
  std::vector<ArrayRecord> arrays_;
  std::vector<Record> chunks_;
  std::string texts_;
};

}  // namespace af
