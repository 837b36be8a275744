#include "file/mending.h"

#include <algorithm>
#include <bit>
#include <map>

#include "format/checksum.h"

namespace af {
namespace {

// Trying all changes of one byte of a page takes seconds: a layer with more damage than this has seen worse
// than a flipped bit.
constexpr int kMostTries = 16;
constexpr uint64_t kAllChanges = 2 << 10;  // up to this size, all 255 of each byte
constexpr uint64_t kBitChanges = 64 << 10;
// Where a head is looked for: from the end of the file in steps of this.
constexpr uint64_t kSearchStep = 1 << 20;
constexpr char kHeadMagic[] = "AFLAYER1";
constexpr char kTailMagic[] = "AFXTAIL1";
constexpr uint64_t kFixedHead = 96;

// Bytes that are others than those in the file, by position.
using Patches = std::map<uint64_t, std::byte>;

// An object with some of its bytes changed, and its end cut off, in memory.
class PatchedObject : public Object {
 public:
  PatchedObject(std::unique_ptr<Object> object, std::shared_ptr<const Patches> patches, uint64_t size)
      : object_(std::move(object)), patches_(std::move(patches)), info_(object_->info()) {
    info_.size = static_cast<int64_t>(size);
  }
  const ObjectInfo& info() const override { return info_; }
  void read(uint64_t offset, MutableBytes into) const override {
    object_->read(offset, into);
    auto end = patches_->lower_bound(offset + into.size());
    for (auto at = patches_->lower_bound(offset); at != end; ++at) into[at->first - offset] = at->second;
  }

 private:
  std::unique_ptr<Object> object_;
  std::shared_ptr<const Patches> patches_;
  ObjectInfo info_;
};

bool is_damage(const Error& error) {
  switch (error.status()) {
    case Status::kOutOfMemory:
    case Status::kCancelled:
    case Status::kNotFound:
    case Status::kStale: return false;
    default: return true;
  }
}

// Looks for what is wrong with the metadata of a layer of ours, and for the bytes that put it right.
class Mender {
 public:
  Mender(const Object& object, const Limits& limits, const ReportDamage& report)
      : object_(object), limits_(limits), report_(report), size_(static_cast<uint64_t>(object.info().size)) {}

  // Whether there is a head: without one nothing can be put right.
  bool mend();
  // Changes the mark so that the layer is taken for one without a section.
  void give_up_section();
  bool mend_block(const BlockRecord& block, uint64_t wanted);

  const std::shared_ptr<Patches>& patches() const { return patches_; }
  uint64_t size() const { return size_; }

 private:
  Buffer read(uint64_t offset, uint64_t length) const;
  bool find_head_from_end();
  bool find_head_anywhere();
  bool is_head(uint64_t at, ByteView bytes);
  bool mend_head(uint64_t at, Buffer bytes);
  // What the head knows of the bytes around it.
  void restore(uint64_t at, ByteView right, std::string_view what);
  void restore_frame();
  void mend_pages();

  const Object& object_;
  const Limits& limits_;
  const ReportDamage& report_;
  uint64_t size_;
  uint64_t section_begin_ = 0;
  int tries_ = 0;
  ExtensionHead head_;
  std::shared_ptr<Patches> patches_ = std::make_shared<Patches>();
};

Buffer Mender::read(uint64_t offset, uint64_t length) const {
  check_allocation(limits_, length, "metadata");
  Buffer bytes(length);
  object_.read(offset, bytes.span());
  return bytes;
}

bool Mender::is_head(uint64_t at, ByteView bytes) {
  try {
    uint64_t footer = load<uint64_t>(bytes.data() + 32), section = load<uint64_t>(bytes.data() + 24);
    uint64_t file = load<uint64_t>(bytes.data() + 40), end;
    if (!add_fits(section, footer, &end) || !add_fits(end, at + kTrailerSize, &end) || end != file ||
        section < bytes.size() + kExtensionTailSize)
      return false;
    head_ = read_extension_head(bytes, section, footer, file);
    section_begin_ = at;
    return true;
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
    return false;
  }
}

bool Mender::mend_head(uint64_t at, Buffer bytes) {
  if (is_head(at, bytes.view())) return true;
  std::vector<std::byte> before(bytes.view().begin(), bytes.view().end());
  std::memcpy(bytes.data(), kHeadMagic, 8);
  // The checksum itself may be what is damaged: then the rest agrees with the file.
  uint64_t stored = load<uint64_t>(bytes.data() + 8), found = checksum(bytes.view().subspan(16));
  int differing = 0;
  for (int byte = 0; byte < 8; byte++) differing += ((stored ^ found) >> (8 * byte) & 0xff) != 0;
  if (differing <= 1)
    store(bytes.data() + 8, found);
  else if (!undo_one_change(bytes.span().subspan(16), stored))
    return false;
  if (!is_head(at, bytes.view())) return false;
  for (uint64_t i = 0; i < bytes.size(); i++)
    if (bytes.data()[i] != before[i]) patches_->emplace(at + i, bytes.data()[i]);
  report_("the head of the extension section was damaged: put right");
  return true;
}

bool Mender::find_head_from_end() {
  if (size_ < kTrailerSize + kExtensionTailSize + kFixedHead) return false;
  try {
    uint64_t footer = footer_length(read(size_ - kTrailerSize, kTrailerSize).view(), size_);
    uint64_t footer_begin = size_ - kTrailerSize - footer;
    if (footer_begin < kExtensionTailSize) return false;
    Buffer tail = read(footer_begin - kExtensionTailSize, kExtensionTailSize);
    uint64_t section = extension_length(tail.view(), footer_begin);
    uint64_t begin = footer_begin - section;
    Buffer fixed = read(begin, kFixedHead);
    // The head's length follows from its counts too, should it be what is damaged.
    uint64_t said = load<uint64_t>(fixed.data() + 16);
    uint64_t counted = kFixedHead + uint64_t{load<uint32_t>(fixed.data() + 80)} * 16 +
                       uint64_t{load<uint32_t>(fixed.data() + 84)} * 16 +
                       (load<uint64_t>(fixed.data() + 88) & 0xffffffff) * 8;
    for (uint64_t length : {said, counted})
      if (length >= kFixedHead && length <= section - kExtensionTailSize &&
          mend_head(begin, read(begin, length)))
        return true;
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
  }
  return false;
}

bool Mender::find_head_anywhere() {
  std::string_view magic(kHeadMagic, 8);
  // Steps overlap by a magic, so that none is cut in two.
  for (uint64_t end = size_; end >= kFixedHead;) {
    uint64_t begin = end > kSearchStep ? end - kSearchStep : 0;
    Buffer bytes = read(begin, std::min(size_, end + magic.size()) - begin);
    std::string_view text = as_text(bytes.view());
    for (size_t at = text.rfind(magic); at != std::string_view::npos;
         at = at == 0 ? std::string_view::npos : text.rfind(magic, at - 1)) {
      if (!within(begin + at, kFixedHead, size_)) continue;
      uint64_t length = load<uint64_t>(read(begin + at, kExtensionFirst).data() + 16);
      if (length >= kFixedHead && within(begin + at, length, size_) &&
          is_head(begin + at, read(begin + at, length).view()))
        return true;
    }
    end = begin;
  }
  return false;
}

void Mender::restore(uint64_t at, ByteView right, std::string_view what) {
  Buffer found = read(at, right.size());
  if (std::ranges::equal(found.view(), right)) return;
  for (uint64_t i = 0; i < right.size(); i++)
    if (found.data()[i] != right[i]) patches_->emplace(at + i, right[i]);
  report_(text_of(what, " was damaged: put right"));
}

void Mender::restore_frame() {
  uint64_t footer_begin = section_begin_ + head_.section_length;
  std::byte tail[kExtensionTailSize];
  store(tail, head_.section_length);
  std::memcpy(tail + 8, kTailMagic, 8);
  restore(footer_begin - sizeof tail, tail, "the end of the extension section");
  std::byte mark[4];
  store(mark, kExtensionMark);
  restore(head_.file_size - kTrailerSize - kRootSize + 4, mark, "the footer's mark");
  restore(head_.file_size - kTrailerSize, footer_trailer(head_.footer_length), "the trailer");
}

void Mender::mend_pages() {
  uint64_t begin = section_begin_ + head_.head_length;
  for (uint64_t page = 0; page < head_.page_checksums.size(); page++) {
    uint64_t offset = page * MetadataBytes::kPageSize;
    uint64_t length = std::min(MetadataBytes::kPageSize, size_ - begin - offset);
    Buffer bytes = read(begin + offset, length);
    for (auto at = patches_->lower_bound(begin + offset);
         at != patches_->end() && at->first < begin + offset + length; ++at)
      bytes.data()[at->first - begin - offset] = at->second;
    uint64_t wanted = head_.page_checksums[page];
    if (checksum(bytes.view()) == wanted) continue;
    Buffer before(length);
    std::memcpy(before.data(), bytes.data(), length);
    bool mended = tries_++ < kMostTries && undo_one_change(bytes.span(), wanted);
    report_(text_of("page ", page, " of the metadata was damaged: ",
                    mended ? "put right" : "what it says of arrays is lost"));
    for (uint64_t i = 0; mended && i < length; i++)
      if (bytes.data()[i] != before.data()[i])
        patches_->insert_or_assign(begin + offset + i, bytes.data()[i]);
  }
}

bool Mender::mend() {
  if (!find_head_from_end() && !find_head_anywhere()) return false;
  if (head_.file_size > size_) {
    report_(text_of("the end is missing: ", size_, " of ", head_.file_size, " bytes are there"));
    return false;
  }
  if (head_.file_size < size_) report_(text_of(size_ - head_.file_size, " bytes follow the end: left out"));
  size_ = head_.file_size;
  restore_frame();
  mend_pages();
  return true;
}

void Mender::give_up_section() {
  if (size_ < kRootSize + kTrailerSize) return;
  for (uint64_t i = 0; i < 4; i++)
    patches_->insert_or_assign(size_ - kTrailerSize - kRootSize + 4 + i, std::byte{0});
}

bool Mender::mend_block(const BlockRecord& block, uint64_t wanted) {
  if (block.stored_size > kBitChanges || tries_++ >= kMostTries) return false;
  Buffer bytes = read(block.offset, block.stored_size), before = read(block.offset, block.stored_size);
  if (!undo_one_change(bytes.span(), wanted)) return false;
  for (uint64_t i = 0; i < bytes.size(); i++)
    if (bytes.data()[i] != before.data()[i]) patches_->insert_or_assign(block.offset + i, bytes.data()[i]);
  return true;
}

// Opens a layer through what a Mender found.
class DamagedLayer {
 public:
  DamagedLayer(const ObjectStore& store, const std::string& key, uint32_t number, const Limits& limits,
               const std::shared_ptr<IoCounters>& counters, const ReportDamage& report)
      : store_(store),
        key_(key),
        number_(number),
        limits_(limits),
        counters_(counters),
        object_(store.open(key)),
        report_([&, key](const std::string& text) { report(text_of(key, ": ", text)); }),
        mender_(*object_, limits, report_) {}

  std::shared_ptr<const Layer> open();

 private:
  std::shared_ptr<const Layer> open_mended() const {
    return Layer::open(std::make_unique<PatchedObject>(store_.open(key_), mender_.patches(), mender_.size()),
                       key_, number_, limits_, counters_);
  }
  // Whether it went without damage; else what was found is in `why_`.
  template <typename Try>
  bool succeeds(const Try& attempt) {
    try {
      attempt();
      return true;
    } catch (const Error& error) {
      if (!is_damage(error)) throw;
      why_ = error.message();
      return false;
    }
  }
  std::shared_ptr<const Layer> open_with_metadata();
  void mend_block(const Layer& layer, const BlockRecord& block);

  const ObjectStore& store_;
  const std::string& key_;
  uint32_t number_;
  const Limits& limits_;
  const std::shared_ptr<IoCounters>& counters_;
  std::unique_ptr<Object> object_;
  ReportDamage report_;
  Mender mender_;
  std::string why_;
  bool blocks_mended_ = false;
};

std::shared_ptr<const Layer> DamagedLayer::open_with_metadata() {
  std::shared_ptr<const Layer> layer;
  bool sound = succeeds([&] {
    layer = Layer::open(store_, key_, number_, limits_, counters_);
    if (!layer->foreign()) layer->check_metadata();
  });
  if (sound) return layer;
  std::string first = why_;
  if (mender_.mend() && succeeds([&] { layer = open_mended(); })) return layer;
  mender_.give_up_section();
  bool opened = succeeds([&] { layer = open_mended(); });
  report_(text_of(opened ? "what it holds is taken unchecked: " : "nothing of it can be read: ", first));
  return opened ? layer : nullptr;
}

void DamagedLayer::mend_block(const Layer& layer, const BlockRecord& block) {
  if (!within(block.offset, block.stored_size, layer.file_size())) return;
  if (succeeds([&] { layer.stored_block(block); })) return;
  std::string what = why_;
  bool mended = mender_.mend_block(block, *layer.block_checksum(block));
  report_(mended ? text_of("block ", block.id, " was damaged: put right") : what);
  blocks_mended_ = blocks_mended_ || mended;
}

std::shared_ptr<const Layer> DamagedLayer::open() {
  std::shared_ptr<const Layer> layer = open_with_metadata();
  if (!layer || layer->foreign()) return layer;
  for (uint64_t i = 0; i < layer->footer().block_count(); i++)
    succeeds([&] { mend_block(*layer, layer->footer().block(i)); });
  return blocks_mended_ ? open_mended() : layer;
}

}  // namespace

bool undo_one_change(MutableBytes bytes, uint64_t wanted) {
  if (bytes.size() > kBitChanges) return false;
  auto try_each = [&](bool bits) {
    for (std::byte& byte : bytes) {
      std::byte before = byte;
      for (int change = 1; change < 256; change++) {
        if (std::has_single_bit(static_cast<unsigned>(change)) != bits) continue;
        byte = before ^ static_cast<std::byte>(change);
        if (checksum(bytes) == wanted) return true;
      }
      byte = before;
    }
    return false;
  };
  return try_each(true) || (bytes.size() <= kAllChanges && try_each(false));
}

std::shared_ptr<const Layer> open_damaged_layer(const ObjectStore& store, const std::string& key,
                                                uint32_t number, const Limits& limits,
                                                const std::shared_ptr<IoCounters>& counters,
                                                const ReportDamage& report) {
  return DamagedLayer(store, key, number, limits, counters, report).open();
}

}  // namespace af
