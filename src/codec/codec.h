// Compression of blocks. codec.cc is the only file that knows lz4 and zstd.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace af {

// How blocks are written. The name is what the footer records: "" for none, "lz4", "zstd".
struct CodecChoice {
  std::string name = "zstd";
  int level = 3;  // of zstd
};

// An upper bound of the stored size of `raw_size` bytes. Throws kLimitExceeded when the codec cannot take so
// many, kUnsupported for an unknown name.
size_t compress_bound(const CodecChoice& codec, size_t raw_size);

// Compresses `raw` into `out`, which has compress_bound bytes, and answers the stored size. Contexts are kept
// for each thread.
size_t compress(const CodecChoice& codec, ByteView raw, MutableBytes out);

// The most bytes a stored block decodes to, for the buffer given to decompress: its own length prefix (lz4),
// the content size its frame states or, without one, what `declared` (the footer's uncompressed_size) and its
// length allow (zstd), the stored size (no codec). Nothing is allocated. Throws kCorrupt when the block
// cannot be what it says: a length that its bytes could never reach, a zstd frame whose content size is over
// `declared`. Throws kUnsupported for an unknown name.
uint64_t decoded_size(std::string_view codec, ByteView stored, uint64_t declared);

// Decodes into `out`, whose size came from decoded_size, and answers the bytes produced: they may be fewer,
// where a block says more than it holds. With `wanted` < out.size() only that many bytes from the block's
// beginning need to be right. Where the codec stops early, `out` may be shorter than the block: its beginning
// is then decoded. Throws kCorrupt, naming what does not fit.
size_t decompress(std::string_view codec, ByteView stored, MutableBytes out, size_t wanted = SIZE_MAX);

// Decodes data of which nobody has said how large it is, with room for `padding` bytes behind it: like a
// block's, but a zstd frame need not state its content size. Memory is taken as the data asks for it. Throws
// kLimitExceeded for over `limit` bytes, else as decompress.
Buffer decompress_whole(std::string_view codec, ByteView stored, uint64_t limit, size_t padding = 0);

// Whether the beginning of a block costs less than all of it.
bool stops_early(std::string_view codec);

// Whether blocks of this codec can be read.
bool is_known_codec(std::string_view name);

}  // namespace af
