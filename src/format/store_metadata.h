// What a store of variables and datasets says about itself: the document atlas.json, or atlas.msgpack, of
// schema 1, 2 or 3. Bytes: docs/format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "format/dataset_schema.h"
#include "format/dataset_table.h"
#include "format/extension.h"

namespace af {

// The layers that belong to the last commit, which was one of ours; the reference passes over this and drops
// it when it writes.
struct CommitRecord {
  struct Folder {
    std::string variable;         // not escaped; "_global" for the attributes of datasets
    std::vector<LayerId> layers;  // the base and its sidecars, oldest first

    friend bool operator==(const Folder&, const Folder&) = default;
  };

  uint64_t sequence = 0;  // one more with each commit
  int64_t unix_ms = 0;    // when it was made
  std::vector<Folder> folders;

  friend bool operator==(const CommitRecord&, const CommitRecord&) = default;
};

struct StoreMetadata {
  int version = 3;                       // 1, 2 or 3
  StoreCodec codec = StoreCodec::kZstd;  // of new variables
  SchemaPool schemas;
  DatasetTable datasets;
  uint64_t meta_epoch = 0;  // of schema 3: one more with each flush and compaction
  // Nothing when the last writer was another library, or when the document is not as its writer left it.
  std::optional<CommitRecord> commit;
};

enum class MetadataFormat : uint8_t { kJson, kMessagePack };

// Throws kCorrupt, naming the place, for what is no such document, kUnsupported for another version or an
// attribute type that is none of the 27, kLimitExceeded for nesting and numbers that none of ours need.
// `capacity`: the bytes that may be looked at from bytes.data() on; with kDocumentPadding more than
// bytes.size() no copy is made.
StoreMetadata read_metadata(MetadataFormat format, ByteView bytes, size_t capacity = 0);

// The document, as the reference writes it where that is determined: pooled schemas in the order of the
// datasets, maps in order. Datasets that are deleted stay in schema 3 and are left out in 1 and 2. Throws
// kUnsupported for what the schema cannot hold: attributes of other than five kinds in schema 1, a NaN or an
// infinity in its JSON.
std::string write_metadata(const StoreMetadata& metadata, MetadataFormat format);

}  // namespace af
