#include "format/archived_stats.h"
#include "format/footer.h"
#include "format/footer_layout.h"

namespace af {
using namespace footer_layout;
namespace {

class FooterCheck {
 public:
  explicit FooterCheck(const ArchiveReader& archive) : archive_(archive), left_(archive.size()) {}

  void run();

 private:
  // Nothing in an archive is there for two: parts that are larger together than the archive overlap, and to
  // look at all of them could take for ever.
  void spend(uint64_t size) {
    if (size > left_) fail(Status::kCorrupt, "footer: its parts overlap");
    left_ -= size;
  }
  ArchivedVec vec(uint64_t at, uint64_t element_size, uint64_t alignment) {
    ArchivedVec found = archive_.vec(at, element_size, alignment);
    spend(found.count * element_size);
    return found;
  }
  void text(uint64_t at) {
    uint64_t size = archive_.text_bytes(at).size();
    spend(size > 16 ? size : 0);
    archive_.text(at);
  }
  void texts(uint64_t at) {
    ArchivedVec found = vec(at, kStringSize, 8);
    for (uint64_t i = 0; i < found.count; i++) text(found.at + i * kStringSize);
  }
  void index(uint64_t at, uint64_t count, const char* what) {
    uint32_t index = archive_.number<uint32_t>(at);
    if (index >= count)
      fail(Status::kCorrupt, "footer: ", what, " ", index, " at ", at, ", there are ", count);
  }
  void block(uint64_t at) {
    if (archive_.tag(at + 32, 1, "codec") == 1) text(at + 40);
  }
  void dtype(uint64_t at, int depth);
  void fill(uint64_t at);
  void bound(uint64_t at);
  void value(uint64_t at);
  void array(uint64_t at);

  const ArchiveReader& archive_;
  uint64_t left_;
  uint64_t string_count_ = 0, value_count_ = 0;
};

void FooterCheck::dtype(uint64_t at, int depth) {
  if (depth > DType::kMaxDepth)
    fail(Status::kLimitExceeded, "footer: a dtype is nested over ", DType::kMaxDepth, " deep");
  if (!is_list(static_cast<TypeId>(archive_.tag(at, kTypeCount - 1, "dtype")))) return;
  spend(kDtypeSize);
  dtype(archive_.target(at + 8, kDtypeSize, 8), depth + 1);
}

void FooterCheck::fill(uint64_t at) {
  if (archive_.tag(at, 1, "option") == 0) return;
  auto kind = static_cast<FillValue::Kind>(archive_.tag(at + 8, 5, "fill value"));
  if (kind == FillValue::Kind::kBool) archive_.tag(at + 9, 1, "boolean");
  if (kind == FillValue::Kind::kString) text(at + 16);
}

void FooterCheck::bound(uint64_t at) {
  if (archive_.tag(at, 1, "option") == 0) return;
  auto kind = static_cast<StatValue::Kind>(archive_.tag(at + 8, 4, "statistic"));
  if (kind == StatValue::Kind::kBytes) vec(at + 16, 1, 1);
}

void FooterCheck::value(uint64_t at) {
  uint8_t tag = archive_.tag(at, kTagBinaryList, "attribute value");
  if (tag == static_cast<uint8_t>(TypeId::kBool)) {
    archive_.tag(at + 1, 1, "boolean");
  } else if (tag == kTagString) {
    index(at + 4, string_count_, "text");
  } else if (tag == kTagBinary) {
    vec(at + 8, 1, 1);
  } else if (tag == kTagBoolList) {
    ArchivedVec flags = vec(at + 8, 1, 1);
    for (uint64_t i = 0; i < flags.count; i++) archive_.tag(flags.at + i, 1, "boolean");
  } else if (tag == kTagStringList) {
    ArchivedVec indices = vec(at + 8, 4, 4);
    for (uint64_t i = 0; i < indices.count; i++) index(indices.at + i * 4, string_count_, "text");
  } else if (tag == kTagBinaryList) {
    ArchivedVec blobs = vec(at + 8, kStringSize, 8);
    for (uint64_t i = 0; i < blobs.count; i++) vec(blobs.at + i * kStringSize, 1, 1);
  } else if (tag > kTagBoolList) {
    uint64_t size = element_size(static_cast<TypeId>(tag - kTagBoolList));
    vec(at + 8, size, size);
  }
}

void FooterCheck::array(uint64_t at) {
  text(at);
  dtype(at + kDtype, 0);
  vec(at + kShape, 4, 4);
  texts(at + kDims);
  vec(at + kChunkShape, 4, 4);
  ArchivedVec chunks = vec(at + kChunks, kChunkSize, 8);
  for (uint64_t i = 0; i < chunks.count; i++) vec(chunks.at + i * kChunkSize, 4, 4);
  fill(at + kFill);
  ArchivedVec attributes = vec(at + kAttributes6, 8, 4);
  for (uint64_t i = 0; i < attributes.count; i++) {
    index(attributes.at + i * 8, string_count_, "attribute key");
    index(attributes.at + i * 8 + 4, value_count_, "attribute value");
  }
  if (archive_.tag(at + kStats6, 1, "option") == 0) return;
  uint64_t stats = at + kStats6 + 8;
  text(stats);
  bound(stats + kStatsMin);
  bound(stats + kStatsMax);
}

void FooterCheck::run() {
  uint64_t root = archive_.size() - kRootSize6;
  spend(kRootSize6);
  ArchivedVec blocks = vec(root + kBlocks6, kBlockSize, 8);
  for (uint64_t i = 0; i < blocks.count; i++) block(blocks.at + i * kBlockSize);
  texts(root + kStrings6);
  string_count_ = archive_.vec(root + kStrings6, kStringSize, 8).count;
  ArchivedVec values = vec(root + kValues6, kValueSize, 8);
  value_count_ = values.count;
  for (uint64_t i = 0; i < values.count; i++) value(values.at + i * kValueSize);
  ArchivedVec arrays = vec(root + kArrays6, kArraySize6, 8);
  for (uint64_t i = 0; i < arrays.count; i++) array(arrays.at + i * kArraySize6);
}

}  // namespace

void check_footer_6(const ArchiveReader& archive) { FooterCheck(archive).run(); }

}  // namespace af
