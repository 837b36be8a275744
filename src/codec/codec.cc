#include "codec/codec.h"

#include <lz4.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <memory>
#include <optional>

namespace af {
namespace {

enum class Kind { kNone, kLz4, kZstd };

std::optional<Kind> find_kind(std::string_view name) {
  if (name.empty()) return Kind::kNone;
  if (name == "lz4") return Kind::kLz4;
  if (name == "zstd") return Kind::kZstd;
  return std::nullopt;
}

Kind kind_of(std::string_view name) {
  if (std::optional<Kind> kind = find_kind(name)) return *kind;
  fail(Status::kUnsupported, "codec ", quoted(name), " is not known; expected none, lz4 or zstd");
}

size_t copy_plain(ByteView from, MutableBytes to) {
  size_t size = std::min(from.size(), to.size());
  std::copy_n(from.begin(), size, to.begin());
  return size;
}

// --- lz4: the decoded length as 32 bits, then one raw block.

constexpr size_t kLz4Prefix = sizeof(uint32_t);
// Each further byte of a match's length stands for 255 bytes: no block can grow by more.
constexpr uint64_t kLz4MaxGrowth = 255;

size_t lz4_bound(size_t raw_size) {
  if (raw_size > LZ4_MAX_INPUT_SIZE)
    fail(Status::kLimitExceeded, "an lz4 block holds at most ", LZ4_MAX_INPUT_SIZE, " bytes, found ",
         raw_size);
  return kLz4Prefix + static_cast<size_t>(LZ4_compressBound(static_cast<int>(raw_size)));
}

size_t lz4_compress(ByteView raw, MutableBytes out) {
  lz4_bound(raw.size());
  // A state of our own: the library's functions without one clear a fresh 16 KiB of stack for each call.
  thread_local const auto state = std::make_unique<std::max_align_t[]>(
      (static_cast<size_t>(LZ4_sizeofState()) + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
  size_t room = std::min<size_t>(out.size() - std::min(out.size(), kLz4Prefix), INT_MAX);
  int size = room == 0 ? 0
                       : LZ4_compress_fast_extState(state.get(), reinterpret_cast<const char*>(raw.data()),
                                                    reinterpret_cast<char*>(out.data() + kLz4Prefix),
                                                    static_cast<int>(raw.size()), static_cast<int>(room), 1);
  if (size <= 0) fail(Status::kInternal, "lz4: ", raw.size(), " bytes do not fit into ", out.size());
  store(out.data(), static_cast<uint32_t>(raw.size()));
  return kLz4Prefix + static_cast<size_t>(size);
}

uint64_t lz4_decoded_size(ByteView stored) {
  if (stored.size() <= kLz4Prefix)
    fail(Status::kCorrupt, "lz4 block of ", stored.size(),
         " bytes: expected a length of 4 bytes and data after it");
  uint64_t size = load<uint32_t>(stored.data());
  uint64_t most = (stored.size() - kLz4Prefix) * kLz4MaxGrowth;
  if (size > most)
    fail(Status::kCorrupt, "lz4 block of ", stored.size(), " bytes says that it holds ", size,
         " bytes; expected at most ", most);
  return size;
}

size_t lz4_decompress(ByteView stored, MutableBytes out, size_t wanted) {
  size_t target = std::min(wanted, out.size());
  bool partial = target < lz4_decoded_size(stored);
  ByteView block = stored.subspan(kLz4Prefix);
  if (block.size() > INT_MAX || target > INT_MAX)
    fail(Status::kLimitExceeded, "lz4 block of ", stored.size(), " bytes, ", target, " decoded: at most ",
         INT_MAX, " can be read");
  // A damaged block may have a match at distance 0, which lz4 takes for bytes that are there already. They
  // must not be what somebody else left in memory.
  if (target != 0) std::memset(out.data(), 0, target);
  auto* from = reinterpret_cast<const char*>(block.data());
  auto* to = reinterpret_cast<char*>(out.data());
  int from_size = static_cast<int>(block.size());
  int to_size = static_cast<int>(target);
  int size = partial ? LZ4_decompress_safe_partial(from, to, from_size, to_size, to_size)
                     : LZ4_decompress_safe(from, to, from_size, to_size);
  if (size < 0)
    fail(Status::kCorrupt, "lz4 block of ", stored.size(), " bytes does not decode to the ", target,
         " bytes expected of it");
  return static_cast<size_t>(size);
}

// --- zstd: one frame.

// Four bytes can stand for a block of 128 KiB that repeats one byte: no frame can grow by more.
constexpr uint64_t kZstdMaxGrowth = 128 * 1024 / 4;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// One for each thread, made on first use, gone with the thread.
template <typename Context, Context* (*create)()>
Context* zstd_context() {
  thread_local std::unique_ptr<Context, FreeContext> context;
  if (!context) context.reset(create());
  if (!context) fail(Status::kOutOfMemory, "zstd: no memory for a context");
  return context.get();
}

// `code` is a result of zstd's; anything but a failure is answered as the size it is.
template <typename... Pieces>
size_t zstd_size(size_t code, Status failure, const Pieces&... what) {
  if (!ZSTD_isError(code)) return code;
  if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) failure = Status::kOutOfMemory;
  fail(failure, what..., ": ", ZSTD_getErrorName(code));
}

size_t zstd_bound(size_t raw_size) {
  return zstd_size(ZSTD_compressBound(raw_size), Status::kLimitExceeded, "zstd block of ", raw_size,
                   " bytes");
}

size_t zstd_compress(int level, ByteView raw, MutableBytes out) {
  size_t code = ZSTD_compressCCtx(zstd_context<ZSTD_CCtx, ZSTD_createCCtx>(), out.data(), out.size(),
                                  raw.data(), raw.size(), level);
  return zstd_size(code, Status::kInternal, "zstd: ", raw.size(), " bytes into ", out.size());
}

uint64_t zstd_decoded_size(ByteView stored, uint64_t declared) {
  // zstd itself would go on to the formats of its first years, and over frames that hold no data.
  if (stored.size() < sizeof(uint32_t) || load<uint32_t>(stored.data()) != ZSTD_MAGICNUMBER)
    fail(Status::kCorrupt, "zstd block of ", stored.size(), " bytes does not begin with a zstd frame");
  uint64_t most = std::min(declared, stored.size() * kZstdMaxGrowth);
  unsigned long long content = ZSTD_getFrameContentSize(stored.data(), stored.size());
  if (content == ZSTD_CONTENTSIZE_UNKNOWN) return most;
  if (content == ZSTD_CONTENTSIZE_ERROR)
    fail(Status::kCorrupt, "zstd block of ", stored.size(), " bytes has a damaged frame header");
  if (content > most)
    fail(Status::kCorrupt, "zstd block of ", stored.size(), " bytes says that it holds ", content,
         " bytes; expected at most ", most);
  return content;
}

// Fails unless the stored bytes are one frame and no more.
void expect_one_frame(ByteView stored) {
  zstd_decoded_size(stored, UINT64_MAX);
  size_t frame = zstd_size(ZSTD_findFrameCompressedSize(stored.data(), stored.size()), Status::kCorrupt,
                           "zstd block of ", stored.size(), " bytes");
  if (frame != stored.size())
    fail(Status::kCorrupt, "zstd block of ", stored.size(), " bytes: its frame ends after ", frame);
}

// zstd's own answer.
size_t zstd_decode(ByteView stored, MutableBytes out) {
  // In one go, so that `out` is the window and no frame, however large a window it asks for, costs memory of
  // its own.
  return ZSTD_decompressDCtx(zstd_context<ZSTD_DCtx, ZSTD_createDCtx>(), out.data(), out.size(),
                             stored.data(), stored.size());
}

size_t zstd_decompress(ByteView stored, MutableBytes out) {
  expect_one_frame(stored);
  return zstd_size(zstd_decode(stored, out), Status::kCorrupt, "zstd block of ", stored.size(),
                   " bytes, expected to hold at most ", out.size());
}

[[noreturn]] void fail_limit(ByteView stored, uint64_t limit) {
  fail(Status::kLimitExceeded, stored.size(), " compressed bytes hold more than the ", limit,
       " that are allowed");
}

// Tries larger and larger buffers: the largest that the frame could need would be thousands of times its
// size.
Buffer zstd_decompress_whole(ByteView stored, uint64_t limit, size_t padding) {
  expect_one_frame(stored);
  uint64_t most = zstd_decoded_size(stored, UINT64_MAX);
  bool is_stated = ZSTD_getFrameContentSize(stored.data(), stored.size()) != ZSTD_CONTENTSIZE_UNKNOWN;
  if (is_stated && most > limit) fail_limit(stored, limit);
  constexpr uint64_t kFirst = 64 << 10, kUsualGrowth = 8, kStep = 4;
  uint64_t size = is_stated ? most : std::max(kFirst, stored.size() * kUsualGrowth);
  while (true) {
    size = std::min({size, most, limit});
    Buffer out(size + padding);
    size_t code = zstd_decode(stored, out.span().first(size));
    if (ZSTD_getErrorCode(code) != ZSTD_error_dstSize_tooSmall || size == most) {
      out.shrink(zstd_size(code, Status::kCorrupt, "zstd frame of ", stored.size(), " bytes"));
      return out;
    }
    if (size == limit) fail_limit(stored, limit);
    size *= kStep;
  }
}

}  // namespace

bool stops_early(std::string_view codec) { return kind_of(codec) != Kind::kZstd; }

bool is_known_codec(std::string_view name) { return find_kind(name).has_value(); }

size_t compress_bound(const CodecChoice& codec, size_t raw_size) {
  switch (kind_of(codec.name)) {
    case Kind::kNone: return raw_size;
    case Kind::kLz4: return lz4_bound(raw_size);
    case Kind::kZstd: return zstd_bound(raw_size);
  }
  __builtin_unreachable();
}

size_t compress(const CodecChoice& codec, ByteView raw, MutableBytes out) {
  switch (kind_of(codec.name)) {
    case Kind::kNone:
      if (out.size() < raw.size()) fail(Status::kInternal, raw.size(), " bytes do not fit into ", out.size());
      return copy_plain(raw, out);
    case Kind::kLz4: return lz4_compress(raw, out);
    case Kind::kZstd: return zstd_compress(codec.level, raw, out);
  }
  __builtin_unreachable();
}

uint64_t decoded_size(std::string_view codec, ByteView stored, uint64_t declared) {
  switch (kind_of(codec)) {
    case Kind::kNone: return stored.size();
    case Kind::kLz4: return lz4_decoded_size(stored);
    case Kind::kZstd: return zstd_decoded_size(stored, declared);
  }
  __builtin_unreachable();
}

size_t decompress(std::string_view codec, ByteView stored, MutableBytes out, size_t wanted) {
  switch (kind_of(codec)) {
    case Kind::kNone: return copy_plain(stored, out.first(std::min(wanted, out.size())));
    case Kind::kLz4: return lz4_decompress(stored, out, wanted);
    case Kind::kZstd: return zstd_decompress(stored, out);
  }
  __builtin_unreachable();
}

Buffer decompress_whole(std::string_view codec, ByteView stored, uint64_t limit, size_t padding) {
  if (kind_of(codec) == Kind::kZstd) return zstd_decompress_whole(stored, limit, padding);
  uint64_t size = decoded_size(codec, stored, UINT64_MAX);
  if (size > limit) fail_limit(stored, limit);
  Buffer out(size + padding);
  out.shrink(decompress(codec, stored, out.span().first(size)));
  return out;
}

}  // namespace af
