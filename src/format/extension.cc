#include "format/extension.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "format/checksum.h"
#include "format/footer.h"

namespace af {
namespace {

constexpr char kHeadMagic[] = "AFLAYER1";
constexpr char kTailMagic[] = "AFXTAIL1";
constexpr uint64_t kFixedHead = 96;  // before the parts
constexpr uint64_t kPartEntry = 16;
constexpr uint64_t kArrayRecord = 32, kChunkRecord = 24, kIndexSlot = 8;

// A summary's third number: how many elements, the bounds' kind plus one (0: none), and whether nothing is
// known.
constexpr uint64_t kCountMask = (uint64_t{1} << 56) - 1, kUnknown = uint64_t{1} << 63;
constexpr int kKindShift = 56;
constexpr uint64_t kKindMask = 7;
// A text bound: where it lies and how long it is.
constexpr int kTextLengthBits = 24;
constexpr uint64_t kMaxTextLength = (uint64_t{1} << kTextLengthBits) - 1, kMaxTexts = uint64_t{1} << 40;
// In an array's record: its only chunk has the array's own summary.
constexpr uint64_t kSameAsWhole = UINT64_MAX;

uint64_t index_slots(uint64_t arrays) { return arrays == 0 ? 0 : std::bit_ceil(arrays + arrays / 3 + 1); }

uint64_t page_count(uint64_t size) {
  return (size + MetadataBytes::kPageSize - 1) / MetadataBytes::kPageSize;
}

template <typename T>
void append_numbers(std::vector<std::byte>& out, std::span<const T> numbers) {
  auto bytes = std::as_bytes(numbers);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <typename T>
void append_number(std::vector<std::byte>& out, T number) {
  append_numbers<T>(out, {&number, 1});
}

void append_magic(std::vector<std::byte>& out, const char* magic) { append_numbers<char>(out, {magic, 8}); }

uint64_t total_size(std::span<const ByteView> parts) {
  uint64_t size = 0;
  for (ByteView part : parts) size += part.size();
  return size;
}

// Of parts that follow one another; a page may lie in several.
std::vector<uint64_t> page_checksums(std::span<const ByteView> parts) {
  std::vector<uint64_t> checksums;
  std::vector<std::byte> page;  // what has been seen of one that a part ended in
  for (ByteView part : parts) {
    while (!part.empty()) {
      size_t taken = std::min<size_t>(part.size(), MetadataBytes::kPageSize - page.size());
      if (taken == MetadataBytes::kPageSize) {
        checksums.push_back(checksum(part.first(taken)));
      } else {
        append_numbers(page, part.first(taken));
        if (page.size() == MetadataBytes::kPageSize) checksums.push_back(checksum(std::exchange(page, {})));
      }
      part = part.subspan(taken);
    }
  }
  if (!page.empty()) checksums.push_back(checksum(page));
  return checksums;
}

}  // namespace

bool is_damaged_mark(uint32_t padding) {
  if (padding == 0 || padding == kExtensionMark) return false;
  int same = 0;
  for (int byte = 0; byte < 4; byte++) same += ((padding ^ kExtensionMark) >> (8 * byte) & 0xff) == 0;
  return same == 3;
}

uint64_t extension_length(ByteView tail, uint64_t space) {
  if (tail.size() < kExtensionTailSize || std::memcmp(tail.data() + 8, kTailMagic, 8) != 0)
    fail(Status::kCorrupt, "the footer is marked, but no extension section ends before it");
  uint64_t length = load<uint64_t>(tail.data());
  if (length > space || length < kFixedHead + kExtensionTailSize)
    fail(Status::kCorrupt, "the extension section's length of ", length, " does not fit the ", space,
         " bytes before the footer");
  return length;
}

uint64_t extension_head_length(ByteView first, uint64_t section_length) {
  if (first.size() < kExtensionFirst || std::memcmp(first.data(), kHeadMagic, 8) != 0)
    fail(Status::kCorrupt, "the extension section does not begin with 'AFLAYER1'");
  uint64_t length = load<uint64_t>(first.data() + 16);
  if (length < kFixedHead || length > section_length - kExtensionTailSize)
    fail(Status::kCorrupt, "the extension section's head of ", length, " bytes does not fit its ",
         section_length, " bytes");
  return length;
}

ExtensionHead read_extension_head(ByteView head, uint64_t section_length, uint64_t footer_length,
                                  uint64_t file_size) {
  if (load<uint64_t>(head.data() + 8) != checksum(head.subspan(16)))
    fail(Status::kCorrupt, "the checksum of the extension section's head does not match");
  ExtensionHead found;
  found.head_length = head.size();
  found.section_length = load<uint64_t>(head.data() + 24);
  found.footer_length = load<uint64_t>(head.data() + 32);
  found.file_size = load<uint64_t>(head.data() + 40);
  if (found.section_length != section_length || found.footer_length != footer_length ||
      found.file_size != file_size)
    fail(Status::kCorrupt, "the layer says section ", found.section_length, ", footer ", found.footer_length,
         ", file ", found.file_size, " bytes; found are ", section_length, ", ", footer_length, ", ",
         file_size);
  std::memcpy(found.id.data(), head.data() + 48, 16);
  std::memcpy(found.parent.data(), head.data() + 64, 16);
  uint64_t parts = load<uint32_t>(head.data() + 80), absorbed = load<uint32_t>(head.data() + 84);
  uint64_t pages = load<uint64_t>(head.data() + 88);
  uint64_t body_length = section_length - head.size() - kExtensionTailSize;
  uint64_t covered = body_length + kExtensionTailSize + footer_length + 12;
  uint64_t at = kFixedHead;
  if (parts < ExtensionHead::kPartCount || pages != page_count(covered) ||
      !within(at, parts * kPartEntry, head.size()) ||
      !within(at + parts * kPartEntry, absorbed * 16, head.size()) ||
      !within(at + parts * kPartEntry + absorbed * 16, pages * 8, head.size()))
    fail(Status::kCorrupt, "the extension section's head of ", head.size(), " bytes cannot hold ", parts,
         " parts, ", absorbed, " ids and ", pages, " checksums");
  for (uint64_t part = 0; part < parts; part++, at += kPartEntry) {
    ExtensionHead::Range range{load<uint64_t>(head.data() + at), load<uint64_t>(head.data() + at + 8)};
    if (!within(range.offset, range.length, body_length))
      fail(Status::kCorrupt, "part ", part, " of the extension section lies outside its ", body_length,
           " bytes");
    if (part < ExtensionHead::kPartCount) found.parts[part] = range;  // later versions may add more
  }
  for (uint64_t i = 0; i < absorbed; i++, at += 16) {
    found.absorbed.emplace_back();
    std::memcpy(found.absorbed.back().data(), head.data() + at, 16);
  }
  for (uint64_t i = 0; i < pages; i++, at += 8)
    found.page_checksums.push_back(load<uint64_t>(head.data() + at));
  return found;
}

// ---------------------------------------------------------------- view

const std::byte* ExtensionView::at(ExtensionHead::Part part, uint64_t offset, uint64_t length) const {
  const ExtensionHead::Range& range = parts_[part];
  if (!within(offset, length, range.length))
    fail(Status::kCorrupt, "part ", static_cast<int>(part), " of the extension section has ", range.length,
         " bytes, asked is ", offset, " and ", length);
  return bytes_->at(range.offset + offset, length);
}

void ExtensionView::expect_counts(uint64_t blocks, uint64_t arrays) const {
  if (parts_[ExtensionHead::kBlockChecksums].length / 8 != blocks ||
      parts_[ExtensionHead::kArraySummaries].length / kArrayRecord != arrays ||
      parts_[ExtensionHead::kNameIndex].length / kIndexSlot != index_slots(arrays))
    fail(Status::kCorrupt, "the extension section does not describe the footer's ", blocks, " blocks and ",
         arrays, " arrays");
}

uint64_t ExtensionView::block_checksum(uint64_t block) const {
  return load<uint64_t>(at(ExtensionHead::kBlockChecksums, block * 8, 8));
}

std::optional<uint64_t> ExtensionView::candidate(uint64_t hash, uint64_t* probe) const {
  uint64_t slots = parts_[ExtensionHead::kNameIndex].length / kIndexSlot;
  while (*probe < slots) {
    uint64_t slot = (hash + (*probe)++) & (slots - 1);
    const std::byte* entry = at(ExtensionHead::kNameIndex, slot * kIndexSlot, kIndexSlot);
    uint32_t array = load<uint32_t>(entry + 4);
    if (array == 0) return {};
    if (load<uint32_t>(entry) == static_cast<uint32_t>(hash >> 32)) return array - 1;
  }
  return {};
}

StatValue ExtensionView::bound(uint64_t bits, StatValue::Kind kind) const {
  if (kind != StatValue::Kind::kBytes) return {kind, bits, {}};
  uint64_t length = bits & kMaxTextLength;
  return {kind, 0,
          std::string(as_text({at(ExtensionHead::kTexts, bits >> kTextLengthBits, length), length}))};
}

std::optional<Summary> ExtensionView::summary(const std::byte* record) const {
  uint64_t count = load<uint64_t>(record + 16);
  if (count & kUnknown) return {};
  Summary found;
  found.non_fill = count & kCountMask;
  uint64_t kind = count >> kKindShift & kKindMask;
  if (kind == 0) return found;
  if (kind > 5) fail(Status::kCorrupt, "a statistic of the extension section has kind ", kind);
  found.min = bound(load<uint64_t>(record), static_cast<StatValue::Kind>(kind - 1));
  found.max = bound(load<uint64_t>(record + 8), static_cast<StatValue::Kind>(kind - 1));
  return found;
}

std::optional<Summary> ExtensionView::array_summary(uint64_t array) const {
  return summary(at(ExtensionHead::kArraySummaries, array * kArrayRecord, kArrayRecord));
}

std::optional<Summary> ExtensionView::chunk_summary(uint64_t array, uint64_t chunk) const {
  const std::byte* record = at(ExtensionHead::kArraySummaries, array * kArrayRecord, kArrayRecord);
  uint64_t first = load<uint64_t>(record + 24), offset;
  if (first == kSameAsWhole) return summary(record);
  if (!add_fits(first, chunk, &offset) || !multiply_fits(offset, kChunkRecord, &offset))
    fail(Status::kCorrupt, "the extension section's array ", array, " begins its chunks at ", first);
  return summary(at(ExtensionHead::kChunkSummaries, offset, kChunkRecord));
}

// ---------------------------------------------------------------- writer

bool ExtensionWriter::text_fits(const std::optional<StatValue>& bound) const {
  return !bound || bound->bytes.size() <= kMaxTextLength;
}

uint64_t ExtensionWriter::bound_bits(const StatValue& bound) {
  if (bound.kind != StatValue::Kind::kBytes) return bound.bits;
  uint64_t at = texts_.size();
  texts_ += bound.bytes;
  return at << kTextLengthBits | bound.bytes.size();
}

ExtensionWriter::Record ExtensionWriter::record_of(const std::optional<Summary>& summary) {
  // Bounds too long to keep are forgotten: they are found again by reading the array.
  if (!summary || !text_fits(summary->min) || !text_fits(summary->max) ||
      texts_.size() > kMaxTexts - 2 * kMaxTextLength)
    return {0, 0, kUnknown};
  Record record{0, 0, summary->non_fill & kCountMask};
  if (!summary->min || !summary->max) return record;
  record.min = bound_bits(*summary->min);
  record.max = bound_bits(*summary->max);
  record.count |= (static_cast<uint64_t>(summary->min->kind) + 1) << kKindShift;
  return record;
}

void ExtensionWriter::add_array(std::string_view name, const std::optional<Summary>& whole,
                                std::span<const std::optional<Summary>> chunks) {
  name_hashes_.push_back(name_hash(name));
  ArrayRecord record{record_of(whole), kSameAsWhole};
  bool same = chunks.empty() || (chunks.size() == 1 && chunks[0] == whole);
  if (!same) {
    record.first_chunk = chunks_.size();
    for (const std::optional<Summary>& chunk : chunks) chunks_.push_back(record_of(chunk));
  }
  arrays_.push_back(record);
}

std::vector<std::byte> ExtensionWriter::name_index() const {
  uint64_t slots = index_slots(name_hashes_.size());
  std::vector<std::byte> index(slots * kIndexSlot);
  for (size_t array = 0; array < name_hashes_.size(); array++) {
    uint64_t hash = name_hashes_[array], slot = hash & (slots - 1);
    while (load<uint32_t>(index.data() + slot * kIndexSlot + 4) != 0) slot = (slot + 1) & (slots - 1);
    store(index.data() + slot * kIndexSlot, static_cast<uint32_t>(hash >> 32));
    store(index.data() + slot * kIndexSlot + 4, static_cast<uint32_t>(array + 1));
  }
  return index;
}

std::vector<std::byte> ExtensionWriter::finish(const LayerId& id, const LayerId& parent,
                                               std::span<const LayerId> absorbed, uint64_t data_size,
                                               std::span<const ByteView> footer) const {
  static_assert(sizeof(ArrayRecord) == kArrayRecord && sizeof(Record) == kChunkRecord);
  std::vector<std::byte> index = name_index();
  const std::array<ByteView, ExtensionHead::kPartCount> parts = {
      std::as_bytes(std::span(block_checksums_)), index, std::as_bytes(std::span(arrays_)),
      std::as_bytes(std::span(chunks_)), as_bytes(texts_)};
  uint64_t body_length = total_size(parts), footer_length = total_size(footer);
  auto trailer = footer_trailer(footer_length);
  uint64_t covered = body_length + kExtensionTailSize + footer_length + trailer.size();
  uint64_t pages = page_count(covered);
  uint64_t head_length = kFixedHead + parts.size() * kPartEntry + absorbed.size() * 16 + pages * 8;
  uint64_t section_length = head_length + body_length + kExtensionTailSize;

  std::vector<std::byte> section;
  section.reserve(section_length);
  append_magic(section, kHeadMagic);
  append_number<uint64_t>(section, 0);  // the checksum, set last
  append_number<uint64_t>(section, head_length);
  append_number<uint64_t>(section, section_length);
  append_number<uint64_t>(section, footer_length);
  append_number<uint64_t>(section, data_size + head_length + covered);
  append_numbers<uint8_t>(section, id);
  append_numbers<uint8_t>(section, parent);
  append_number<uint32_t>(section, static_cast<uint32_t>(parts.size()));
  append_number<uint32_t>(section, static_cast<uint32_t>(absorbed.size()));
  append_number<uint64_t>(section, pages);
  uint64_t offset = 0;
  for (ByteView part : parts) {
    append_number<uint64_t>(section, offset);
    append_number<uint64_t>(section, part.size());
    offset += part.size();
  }
  for (const LayerId& layer : absorbed) append_numbers<uint8_t>(section, layer);
  section.resize(head_length);  // the pages' checksums, set when there are pages
  for (ByteView part : parts) append_numbers(section, part);
  append_number<uint64_t>(section, section_length);
  append_magic(section, kTailMagic);

  std::vector<ByteView> run{ByteView(section).subspan(head_length)};
  run.insert(run.end(), footer.begin(), footer.end());
  run.push_back(trailer);
  std::vector<uint64_t> checksums = page_checksums(run);
  std::memcpy(section.data() + head_length - pages * 8, checksums.data(), pages * 8);
  store<uint64_t>(section.data() + 8, checksum(ByteView(section).first(head_length).subspan(16)));
  return section;
}

}  // namespace af
