// The six forms in which a store keeps its metadata: JSON or MessagePack, each plain, as zstd or as lz4.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codec/codec.h"
#include "core/bytes.h"
#include "format/store_metadata.h"

namespace af {

struct MetadataForm {
  MetadataFormat format = MetadataFormat::kJson;
  StoreCodec compression = StoreCodec::kNone;

  friend bool operator==(const MetadataForm&, const MetadataForm&) = default;
};

// As stores name the codec of their data.
StoreCodec store_codec(const CodecChoice& codec);

// Where several are there, the first counts.
std::span<const MetadataForm> metadata_forms();
// "atlas.json", "atlas.msgpack.zst", ...
const char* metadata_file_name(MetadataForm form);

// Throws as read_metadata and decompress_whole do. `limit`: the most bytes that the document may have when
// decompressed; by default what a document of this size may well hold, and no bomb.
StoreMetadata unpack_metadata(MetadataForm form, ByteView stored,
                              std::optional<uint64_t> limit = std::nullopt);

// The bytes of the file. Throws as write_metadata does.
std::string pack_metadata(MetadataForm form, const StoreMetadata& metadata);

}  // namespace af
