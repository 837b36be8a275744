#include "atlas/metadata_form.h"

#include "format/document.h"

namespace af {
namespace {

constexpr MetadataForm kForms[] = {
    {MetadataFormat::kJson, StoreCodec::kNone},        {MetadataFormat::kJson, StoreCodec::kZstd},
    {MetadataFormat::kJson, StoreCodec::kLz4},         {MetadataFormat::kMessagePack, StoreCodec::kNone},
    {MetadataFormat::kMessagePack, StoreCodec::kZstd}, {MetadataFormat::kMessagePack, StoreCodec::kLz4}};

CodecChoice codec_of(MetadataForm form) {
  switch (form.compression) {
    case StoreCodec::kZstd: return {"zstd", 3};
    case StoreCodec::kLz4: return {"lz4"};
    case StoreCodec::kNone: break;
  }
  return {""};
}

// Pretty JSON of many like datasets shrinks to a hundredth.
uint64_t usual_limit(size_t stored_size) { return (uint64_t{64} << 20) + uint64_t{256} * stored_size; }

}  // namespace

StoreCodec store_codec(const CodecChoice& codec) {
  if (codec.name.empty()) return StoreCodec::kNone;
  return codec.name == "lz4" ? StoreCodec::kLz4 : StoreCodec::kZstd;
}

std::span<const MetadataForm> metadata_forms() { return kForms; }

const char* metadata_file_name(MetadataForm form) {
  constexpr const char* kNames[2][3] = {{"atlas.json.zst", "atlas.json.lz4", "atlas.json"},
                                        {"atlas.msgpack.zst", "atlas.msgpack.lz4", "atlas.msgpack"}};
  return kNames[static_cast<int>(form.format)][static_cast<int>(form.compression)];
}

StoreMetadata unpack_metadata(MetadataForm form, ByteView stored, std::optional<uint64_t> limit) {
  if (form.compression == StoreCodec::kNone && form.format == MetadataFormat::kMessagePack)
    return read_metadata(form.format, stored);
  Buffer document = decompress_whole(codec_of(form).name, stored, limit.value_or(usual_limit(stored.size())),
                                     kDocumentPadding);
  return read_metadata(form.format, document.view(), document.size() + kDocumentPadding);
}

std::string pack_metadata(MetadataForm form, const StoreMetadata& metadata) {
  std::string document = write_metadata(metadata, form.format);
  if (form.compression == StoreCodec::kNone) return document;
  CodecChoice codec = codec_of(form);
  std::string stored(compress_bound(codec, document.size()), '\0');
  stored.resize(compress(codec, as_bytes(document), std::as_writable_bytes(std::span(stored))));
  return stored;
}

}  // namespace af
