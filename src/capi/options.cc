#include "capi/options.h"

#include <algorithm>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/sized.h"

namespace af {
namespace {

int64_t in_range(int64_t value, int64_t least, int64_t most, const char* field) {
  if (value < least || value > most)
    fail(Status::kInvalidArgument, "options->", field, " is ", value, ", expected ", least, " to ", most);
  return value;
}

int64_t or_default(int64_t value, int64_t otherwise) { return value == 0 ? otherwise : value; }

bool flag(uint8_t value, const char* field) { return in_range(value, 0, 1, field) == 1; }

int small(int32_t value, int least, int most, const char* field) {
  return static_cast<int>(in_range(value, least, most, field));
}

// A number of bytes, 0 meaning the default.
int64_t bytes(int64_t value, int64_t otherwise, const char* field) {
  return or_default(in_range(value, 0, kLongestBuffer, field), otherwise);
}

// A ceiling: one that the format cannot reach is as good as the highest it can.
int64_t ceiling(int64_t value, int64_t highest, const char* field) {
  return std::min(or_default(in_range(value, 0, INT64_MAX, field), highest), highest);
}

template <typename Options>
CodecChoice codec_of(const Options& options) {
  // The levels of zstd.
  constexpr int kLowestLevel = -131072, kHighestLevel = 22;
  const int level = small(options.codec_level, kLowestLevel, kHighestLevel, "codec_level");
  switch (in_range(options.codec, AF_CODEC_DEFAULT, AF_CODEC_ZSTD, "codec")) {
    case AF_CODEC_NONE: return {"", 0};
    case AF_CODEC_LZ4: return {"lz4", 0};
    case AF_CODEC_ZSTD: return {"zstd", level == 0 ? CodecChoice{}.level : level};
    default: return {};
  }
}

constexpr int64_t kMostCommits = 1 << 20;

Durability durability_of(int32_t durability) {
  return small(durability, AF_DURABILITY_FULL, AF_DURABILITY_NONE, "durability") == AF_DURABILITY_NONE
             ? Durability::kNone
             : Durability::kFull;
}

// What the options of files and of stores have in common.
template <typename Options>
void set_common(FileOptions& file, const Options& given) {
  // A chunk's place in a block has 32 bits, and the last chunk begins before the block is full.
  constexpr int64_t kLargestBlock = 1 << 30;
  constexpr int kMostThreads = 1024;
  file.threads = small(given.threads, 0, kMostThreads, "threads");
  file.block_size = or_default(in_range(given.block_size, 0, kLargestBlock, "block_size"), file.block_size);
  file.write_buffer_size = bytes(given.write_buffer_size, file.write_buffer_size, "write_buffer_size");
  file.cache_size = given.cache_size < 0 ? 0 : bytes(given.cache_size, file.cache_size, "cache_size");
  file.max_layers = ceiling(given.max_layers, file.max_layers, "max_layers");
  file.max_arrays = ceiling(given.max_arrays, file.max_arrays, "max_arrays");
  file.max_allocation = ceiling(given.max_allocation, file.max_allocation, "max_allocation");
}

MetadataForm document_of(const af_atlas_options& given) {
  MetadataForm form;
  if (small(given.metadata_format, 0, AF_METADATA_MSGPACK, "metadata_format") == AF_METADATA_MSGPACK)
    form.format = MetadataFormat::kMessagePack;
  switch (in_range(given.metadata_codec, AF_CODEC_DEFAULT, AF_CODEC_ZSTD, "metadata_codec")) {
    case AF_CODEC_LZ4: form.compression = StoreCodec::kLz4; break;
    case AF_CODEC_ZSTD: form.compression = StoreCodec::kZstd; break;
    default: break;
  }
  return form;
}

int footer_version_of(const af_file_options& options, int otherwise) {
  if (options.footer_version == 0) return otherwise;
  return small(options.footer_version, 4, 6, "footer_version");
}

template <typename Options>
void check_reserved(const Options& options) {
  for (uint8_t byte : options.reserved)
    if (byte != 0) fail(Status::kUnsupported, "options->reserved is not 0");
}

}  // namespace

OpenOptions options_argument(const af_file_options* options, int footer_version) {
  OpenOptions result;
  result.file.footer_version = footer_version;
  if (options == nullptr) return result;
  const af_file_options given = sized_copy(options, "options");
  check_reserved(given);
  FileOptions& file = result.file;
  file.writable = flag(given.writable, "writable");
  file.replace = flag(given.replace, "replace");
  file.footer_version = footer_version_of(given, footer_version);
  file.codec = codec_of(given);
  result.durability = durability_of(given.durability);
  file.layers = small(given.layers, 0, INT32_MAX, "layers");
  file.compact_at = static_cast<int>(in_range(given.compact_at, 0, INT32_MAX, "compact_at"));
  set_common(file, given);
  return result;
}

OpenAtlasOptions atlas_options_argument(const af_atlas_options* options) {
  OpenAtlasOptions result;
  if (options == nullptr) return result;
  const af_atlas_options given = sized_copy(options, "options");
  check_reserved(given);
  AtlasOptions& atlas = result.atlas;
  atlas.writable = flag(given.writable, "writable");
  atlas.generation = given.generation == 0 ? atlas.generation : given.generation;
  atlas.document = document_of(given);
  atlas.codec = codec_of(given);
  atlas.types_must_agree =
      small(given.type_mismatch, AF_MISMATCH_ALLOW, AF_MISMATCH_ERROR, "type_mismatch") == AF_MISMATCH_ERROR;
  result.durability = durability_of(given.durability);
  set_common(atlas.stacks, given);
  atlas.max_datasets = ceiling(given.max_datasets, atlas.max_datasets, "max_datasets");
  atlas.keep_commits = in_range(given.keep_commits, 0, kMostCommits, "keep_commits");
  atlas.at_commit = in_range(given.at_commit, 0, INT64_MAX, "at_commit");
  return result;
}

Progress progress_argument(af_progress_fn progress, void* context) {
  if (progress == nullptr) return {};
  return [progress, context](int64_t done, int64_t total) { return progress(context, done, total) != 0; };
}

}  // namespace af

af_status af_file_options_init(af_file_options* options, int64_t struct_size, af_error** err) {
  return af::guard(err, [&] {
    af::required(options, "options");
    af::check_struct_size(struct_size, af::kFirstSize<af_file_options>, "options");
    std::memset(options, 0, static_cast<size_t>(struct_size));
    options->struct_size = static_cast<uint32_t>(struct_size);
  });
}

af_status af_atlas_options_init(af_atlas_options* options, int64_t struct_size, af_error** err) {
  return af::guard(err, [&] {
    af::required(options, "options");
    af::check_struct_size(struct_size, af::kFirstSize<af_atlas_options>, "options");
    std::memset(options, 0, static_cast<size_t>(struct_size));
    options->struct_size = static_cast<uint32_t>(struct_size);
  });
}
