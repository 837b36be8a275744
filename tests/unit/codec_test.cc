#include "codec/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/expect_error.h"

namespace af {
namespace {

using namespace std::string_view_literals;

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text) {
  ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

// Text that compresses about as well as measurements do.
Bytes wavy(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; i++) bytes[i] = static_cast<std::byte>((i / 7) % 50 + (i * i) % 3);
  return bytes;
}

Bytes noise(size_t size) {
  std::mt19937_64 random(size + 1);
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

Bytes stored_as(const CodecChoice& codec, ByteView raw) {
  Bytes stored(compress_bound(codec, raw.size()));
  stored.resize(compress(codec, raw, stored));
  return stored;
}

// Decodes as a reader does: into a buffer of the size that the block itself allows.
Bytes decoded(std::string_view codec, ByteView stored, uint64_t declared) {
  Bytes raw(decoded_size(codec, stored, declared));
  raw.resize(decompress(codec, stored, raw));
  return raw;
}

std::vector<CodecChoice> all_codecs() {
  std::vector<CodecChoice> codecs = {{"", 0}, {"lz4", 0}};
  for (int level : {-1000000, -50, -1, 0, 1, 3, 9, 19, 22}) codecs.push_back({"zstd", level});
  return codecs;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes number(uint32_t value) {
  Bytes bytes(sizeof value);
  store(bytes.data(), value);
  return bytes;
}

TEST(Codec, GivesBackWhatItTookAtEveryLevelAndSize) {
  for (const CodecChoice& codec : all_codecs()) {
    for (size_t size : {0, 1, 2, 15, 64, 1000, 65536, 300001}) {
      for (const Bytes& raw : {wavy(size), noise(size), Bytes(size)}) {
        Bytes stored = stored_as(codec, raw);
        SCOPED_TRACE(testing::Message()
                     << codec.name << " level " << codec.level << ", " << size << " bytes");
        EXPECT_EQ(decoded_size(codec.name, stored, size), size);
        EXPECT_EQ(decoded(codec.name, stored, size), raw);
      }
    }
  }
}

TEST(Codec, MakesRepetitiveDataSmall) {
  for (const CodecChoice& codec : {CodecChoice{"lz4", 0}, CodecChoice{"zstd", 3}})
    EXPECT_LT(stored_as(codec, Bytes(1 << 20)).size(), 10000u) << codec.name;
}

TEST(Codec, HigherZstdLevelsCompressMore) {
  Bytes raw = wavy(300000);
  EXPECT_LT(stored_as({"zstd", 19}, raw).size(), stored_as({"zstd", -50}, raw).size());
}

TEST(Codec, KnowsItsNamesExactly) {
  for (const char* name : {"", "lz4", "zstd"}) EXPECT_TRUE(is_known_codec(name)) << name;
  Bytes some = wavy(100);
  for (std::string_view name : {"LZ4"sv, "Zstd"sv, "zstd "sv, "lz"sv, "lz4\0"sv, "none"sv, "gzip"sv}) {
    EXPECT_FALSE(is_known_codec(name)) << name;
    expect_error(
        Status::kUnsupported,
        [&] {
          compress_bound({std::string(name), 3}, 100);
        },
        quoted(name));
    expect_error(Status::kUnsupported, [&] { stored_as({std::string(name), 3}, some); });
    expect_error(Status::kUnsupported, [&] { decoded_size(name, some, 100); });
    expect_error(Status::kUnsupported, [&] { decompress(name, some, some); });
  }
}

TEST(Codec, RefusesToWriteBeyondTheBufferItIsGiven) {
  Bytes raw = noise(1000);
  for (const CodecChoice& codec : all_codecs()) {
    for (size_t size : {0, 3, 4, 5, 500, 999}) {
      Bytes small(size);
      expect_error(Status::kInternal, [&] { compress(codec, raw, small); });
    }
  }
}

// --- none

TEST(NoCodec, TakesTheStoredSizeWhateverIsDeclared) {
  Bytes raw = wavy(100);
  EXPECT_EQ(decoded_size("", raw, 7), 100u);
  EXPECT_EQ(decoded("", raw, 0), raw);
}

TEST(NoCodec, CopiesNoMoreThanIsWanted) {
  Bytes raw = wavy(100);
  Bytes out(100);
  EXPECT_EQ(decompress("", raw, out, 10), 10u);
  EXPECT_EQ(out, Bytes(raw.begin(), raw.begin() + 10) + Bytes(90));
}

// --- lz4

// One run of five bytes that stand for themselves.
Bytes hello_block() { return bytes_of("\x50hello"); }

TEST(Lz4, IsALengthAndOneRawBlock) {
  EXPECT_EQ(stored_as({"lz4", 0}, bytes_of("hello")), number(5) + hello_block());
  EXPECT_EQ(stored_as({"lz4", 0}, {}), number(0) + Bytes(1));
}

TEST(Lz4, ItsPrefixCountsAndTheFooterDoesNot) {
  for (uint64_t declared : {0, 1, 5, 1000000})
    EXPECT_EQ(decoded("lz4", number(5) + hello_block(), declared), bytes_of("hello"));
}

TEST(Lz4, APrefixLargerThanTheBlockStillGivesTheData) {
  Bytes stored = number(100) + hello_block();
  EXPECT_EQ(decoded_size("lz4", stored, 100), 100u);
  EXPECT_EQ(decoded("lz4", stored, 100), bytes_of("hello"));
  Bytes out(100);
  EXPECT_EQ(decompress("lz4", stored, out, 50), 5u);
}

TEST(Lz4, APrefixThatTheBlockCouldNeverReachIsCorrupt) {
  Bytes most = number(6 * 255) + hello_block();
  EXPECT_EQ(decoded("lz4", most, 0), bytes_of("hello"));
  for (uint32_t size : {6u * 255 + 1, 1u << 30, UINT32_MAX}) {
    Bytes bomb = number(size) + hello_block();
    expect_error(
        Status::kCorrupt, [&] { decoded_size("lz4", bomb, size); }, "holds " + std::to_string(size));
    Bytes out(10);
    expect_error(Status::kCorrupt, [&] { decompress("lz4", bomb, out); });
  }
}

TEST(Lz4, APrefixSmallerThanTheBlockIsCorrupt) {
  expect_error(
      Status::kCorrupt, [&] { decoded("lz4", number(4) + hello_block(), 5); }, "does not decode");
}

TEST(Lz4, ABlockWithoutPrefixOrDataIsCorrupt) {
  for (size_t size : {0, 1, 3, 4})
    expect_error(
        Status::kCorrupt, [&] { decoded_size("lz4", Bytes(size), 5); }, std::to_string(size) + " bytes");
}

TEST(Lz4, EveryTruncationIsCorrupt) {
  Bytes raw = wavy(5000);
  Bytes stored = stored_as({"lz4", 0}, raw);
  for (size_t size = 0; size < stored.size(); size++) {
    Bytes cut(stored.begin(), stored.begin() + static_cast<ptrdiff_t>(size));
    try {
      // A cut between two runs leaves a valid block that holds less.
      Bytes found = decoded("lz4", cut, 5000);
      EXPECT_LT(found.size(), raw.size());
      EXPECT_TRUE(std::equal(found.begin(), found.end(), raw.begin()));
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kCorrupt) << error.message();
    }
  }
}

TEST(Lz4, DecodesOnlyAsFarAsIsWanted) {
  Bytes raw = noise(100000) + wavy(100000);
  Bytes stored = stored_as({"lz4", 0}, raw);
  // What lies behind the wanted part is not even looked at.
  std::fill(stored.end() - 1000, stored.end(), std::byte{0xff});
  Bytes whole(raw.size());
  expect_error(Status::kCorrupt, [&] { decompress("lz4", stored, whole); });
  for (size_t wanted : {0, 1, 17, 100000, 100001}) {
    Bytes out(raw.size());
    EXPECT_EQ(decompress("lz4", stored, out, wanted), wanted);
    EXPECT_TRUE(std::equal(out.begin(), out.begin() + static_cast<ptrdiff_t>(wanted), raw.begin())) << wanted;
  }
}

// A match at distance 0, which no writer makes: lz4 itself would answer what was in memory before.
TEST(Lz4, NeverShowsWhatWasInMemory) {
  Bytes stored = number(16) + bytes_of("\x24\x05\x00\x00\x00\x60\x00\x00\x68\x00\x00\x00"sv);
  Bytes first(16, std::byte{0xaa}), second(16, std::byte{0x55});
  EXPECT_EQ(decompress("lz4", stored, first), decompress("lz4", stored, second));
  EXPECT_EQ(first, second);
}

TEST(Lz4, TakesNoMoreThanItsOwnLimit) {
  constexpr size_t kMost = 0x7e000000;
  EXPECT_GT(compress_bound({"lz4", 0}, kMost), kMost);
  expect_error(
      Status::kLimitExceeded,
      [&] {
        compress_bound({"lz4", 0}, kMost + 1);
      },
      std::to_string(kMost));
  // Not one of so many bytes may be touched: there is only one.
  std::byte only{};
  Bytes out(10);
  expect_error(Status::kLimitExceeded, [&] { compress({"lz4", 0}, ByteView(&only, kMost + 1), out); });
}

// --- zstd

constexpr uint32_t kZstdMagic = 0xfd2fb528;

// A frame of one raw block whose header states no content size, with a window of 2^(10 + exponent) bytes.
Bytes frame_without_size(int exponent, const Bytes& data) {
  Bytes header = number(kZstdMagic) + Bytes{std::byte{0}, static_cast<std::byte>(exponent << 3)};
  uint32_t block = static_cast<uint32_t>(data.size()) << 3 | 1;  // raw, the last
  Bytes block_header = number(block);
  block_header.pop_back();
  return header + block_header + data;
}

TEST(Zstd, IsOneFrameWithItsContentSizeAndNoChecksum) {
  Bytes stored = stored_as({"zstd", 3}, Bytes(300));
  EXPECT_EQ(load<uint32_t>(stored.data()), kZstdMagic);
  // One segment, the content size in two bytes less 256; neither the checksum's nor a dictionary's bit.
  EXPECT_EQ(static_cast<int>(stored[4]), 0x60);
  EXPECT_EQ(load<uint16_t>(stored.data() + 5), 300 - 256);
}

TEST(Zstd, HoldingLessThanDeclaredIsFineHoldingMoreIsCorrupt) {
  Bytes raw = wavy(1000);
  Bytes stored = stored_as({"zstd", 3}, raw);
  for (uint64_t declared : {uint64_t{1000}, uint64_t{1001}, UINT64_MAX})
    EXPECT_EQ(decoded("zstd", stored, declared), raw);
  expect_error(
      Status::kCorrupt, [&] { decoded_size("zstd", stored, 999); }, "1000 bytes; expected at most 999");
  Bytes small(999);
  expect_error(Status::kCorrupt, [&] { decompress("zstd", stored, small); });
}

TEST(Zstd, AFrameWithoutContentSizeIsBoundedByWhatIsDeclared) {
  Bytes stored = frame_without_size(0, bytes_of("hello"));
  EXPECT_EQ(decoded_size("zstd", stored, 5), 5u);
  EXPECT_EQ(decoded("zstd", stored, 5), bytes_of("hello"));
  EXPECT_EQ(decoded("zstd", stored, 100), bytes_of("hello"));
  expect_error(
      Status::kCorrupt, [&] { decoded("zstd", stored, 4); }, "at most 4");
}

TEST(Zstd, WhatIsDeclaredIsNotBelievedBeyondWhatTheFrameCouldHold) {
  Bytes stored = frame_without_size(0, bytes_of("hello"));
  EXPECT_EQ(decoded_size("zstd", stored, UINT64_MAX), stored.size() * 32768);
}

TEST(Zstd, AContentSizeThatTheFrameCouldNeverReachIsCorrupt) {
  // One segment, a content size of eight bytes.
  Bytes bomb = number(kZstdMagic) + Bytes{std::byte{0xe0}} + number(0) + number(1 << 8) + Bytes(3);
  expect_error(
      Status::kCorrupt, [&] { decoded_size("zstd", bomb, UINT64_MAX); }, "1099511627776");
}

TEST(Zstd, AHugeWindowIsNoReasonToRefuse) {
  for (int exponent : {17, 20, 21})
    EXPECT_EQ(decoded("zstd", frame_without_size(exponent, bytes_of("hello")), 5), bytes_of("hello"));
}

TEST(Zstd, NothingMayFollowTheFrame) {
  Bytes stored = stored_as({"zstd", 3}, wavy(1000));
  Bytes out(5000);
  expect_error(
      Status::kCorrupt, [&] { decompress("zstd", stored + Bytes(1), out); }, "its frame ends after");
  expect_error(
      Status::kCorrupt, [&] { decompress("zstd", stored + stored, out); }, "its frame ends after");
}

TEST(Zstd, WhatIsNoFrameIsCorrupt) {
  Bytes skippable = number(0x184d2a50) + number(4) + Bytes(4);
  Bytes of_its_first_years = number(0xfd2fb527) + Bytes(20);
  for (const Bytes& stored :
       {Bytes(), Bytes(3), Bytes(100), skippable, of_its_first_years, number(kZstdMagic)}) {
    expect_error(Status::kCorrupt, [&] { decoded_size("zstd", stored, 100); });
    Bytes out(100);
    expect_error(Status::kCorrupt, [&] { decompress("zstd", stored, out); });
  }
}

TEST(Zstd, EveryTruncationIsCorrupt) {
  Bytes stored = stored_as({"zstd", 3}, wavy(5000));
  for (size_t size = 0; size < stored.size(); size++)
    expect_error(Status::kCorrupt, [&] { decoded("zstd", ByteView(stored).first(size), 5000); });
}

TEST(Zstd, AFrameAfterADamagedOneDecodes) {
  Bytes raw = noise(2000) + wavy(2000);
  Bytes good = stored_as({"zstd", 3}, raw);
  Bytes damaged = good;
  for (size_t i = 2020; i < damaged.size(); i++) damaged[i] = std::byte{0xff};
  expect_error(Status::kCorrupt, [&] { decoded("zstd", damaged, 4000); });
  EXPECT_EQ(decoded("zstd", good, 4000), raw);
}

// --- both

TEST(Codec, AFlippedBitIsAnErrorOrOtherBytesNeverMore) {
  for (const CodecChoice& codec : {CodecChoice{"lz4", 0}, CodecChoice{"zstd", 3}}) {
    Bytes stored = stored_as(codec, wavy(700));
    int errors = 0;
    for (size_t bit = 0; bit < stored.size() * 8; bit++) {
      Bytes flipped = stored;
      flipped[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
      try {
        EXPECT_LE(decoded(codec.name, flipped, 700).size(), flipped.size() * 255);
      } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::kCorrupt) << error.message();
        errors++;
      }
    }
    EXPECT_GT(errors, 0) << codec.name;
  }
}

TEST(Codec, DecodesDataOfUnknownSize) {
  for (const CodecChoice& codec : all_codecs()) {
    for (size_t size : {1u, 700u, 3000000u}) {
      Bytes raw = wavy(size);
      Bytes stored = stored_as(codec, raw);
      Buffer whole = decompress_whole(codec.name, stored, size, 64);
      ASSERT_EQ(whole.size(), size);
      EXPECT_TRUE(std::ranges::equal(whole.view(), raw));
      std::fill_n(whole.data() + size, 64, std::byte{1});
      expect_error(Status::kLimitExceeded, [&] { decompress_whole(codec.name, stored, size - 1); });
    }
  }
}

TEST(Codec, WorksOnManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> right(4);
  for (size_t t = 0; t < right.size(); t++) {
    threads.emplace_back([&right, t] {
      for (int round = 0; round < 50; round++) {
        for (const CodecChoice& codec : {CodecChoice{"lz4", 0}, CodecChoice{"zstd", 1}}) {
          Bytes raw = wavy(1000 + t * 777 + static_cast<size_t>(round));
          right[t] += decoded(codec.name, stored_as(codec, raw), raw.size()) == raw;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, std::vector<int>(4, 100));
}

}  // namespace
}  // namespace af
