// Structs that grow: what INIT macros and init functions make, and what callers of earlier and later headers
// may pass.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "arrayformat/arrayformat.h"

namespace {

af_status create(const af_file_options* options) {
  af_file* file = nullptr;
  const af_status status = af_file_create_memory(options, &file, nullptr);
  af_file_close(file);
  return status;
}

// A struct of a caller whose header has `extra` more bytes than ours, or fewer.
class SizedOptions {
 public:
  explicit SizedOptions(int64_t extra) : bytes_(sizeof(af_file_options) + static_cast<size_t>(64 + extra)) {
    EXPECT_EQ(af_file_options_init(get(), static_cast<int64_t>(sizeof(af_file_options)) + extra, nullptr),
              AF_OK);
  }
  af_file_options* get() { return reinterpret_cast<af_file_options*>(bytes_.data()); }
  unsigned char& at(size_t i) { return bytes_[i]; }

 private:
  std::vector<unsigned char> bytes_;
};

af_status with(void (*change)(af_file_options*)) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  change(&options);
  return create(&options);
}

template <typename Struct>
void expect_equal_bytes(const Struct& a, const Struct& b) {
  EXPECT_EQ(std::memcmp(&a, &b, sizeof a), 0);
}

TEST(Options, InitFunctionsMakeWhatInitMacrosMake) {
  const af_file_options file = AF_FILE_OPTIONS_INIT;
  af_file_options file_made;
  std::memset(&file_made, 0xa5, sizeof file_made);
  ASSERT_EQ(af_file_options_init(&file_made, sizeof file_made, nullptr), AF_OK);
  expect_equal_bytes(file, file_made);

  const af_mmap_options mmap = AF_MMAP_OPTIONS_INIT;
  af_mmap_options mmap_made;
  std::memset(&mmap_made, 0xa5, sizeof mmap_made);
  ASSERT_EQ(af_mmap_options_init(&mmap_made, sizeof mmap_made, nullptr), AF_OK);
  expect_equal_bytes(mmap, mmap_made);
}

TEST(Options, InitMacrosOfResultsSetNothingButTheSize) {
  af_layer_info info{};
  info.struct_size = sizeof info;
  expect_equal_bytes(info, af_layer_info AF_LAYER_INFO_INIT);
  af_io_stats stats{};
  stats.struct_size = sizeof stats;
  expect_equal_bytes(stats, af_io_stats AF_IO_STATS_INIT);
}

TEST(Options, InitWritesAsFarAsTheCallerSaysAndNoFurther) {
  SizedOptions later(16);
  later.at(sizeof(af_file_options) + 16) = 7;
  std::memset(later.get(), 0xa5, sizeof(af_file_options) + 16);
  ASSERT_EQ(af_file_options_init(later.get(), sizeof(af_file_options) + 16, nullptr), AF_OK);
  EXPECT_EQ(later.get()->struct_size, sizeof(af_file_options) + 16);
  for (size_t i = sizeof(uint32_t); i < sizeof(af_file_options) + 16; i++) EXPECT_EQ(later.at(i), 0) << i;
  EXPECT_EQ(later.at(sizeof(af_file_options) + 16), 7);
}

TEST(Options, InitRefusesSizesThatNoHeaderEverHad) {
  af_file_options options;
  for (int64_t size : {int64_t{-1}, int64_t{0}, int64_t{4}, int64_t{79}, int64_t{1} << 20, int64_t{1} << 62})
    EXPECT_EQ(af_file_options_init(&options, size, nullptr), AF_INVALID_ARGUMENT) << size;
}

TEST(Options, NullMeansDefaults) { EXPECT_EQ(create(nullptr), AF_OK); }

TEST(Options, ALaterHeaderIsServedWhileItsNewFieldsAreZero) {
  SizedOptions later(24);
  EXPECT_EQ(create(later.get()), AF_OK);
  later.at(sizeof(af_file_options) + 23) = 1;
  EXPECT_EQ(create(later.get()), AF_UNSUPPORTED);
  // What lies behind the struct is not looked at.
  later.at(sizeof(af_file_options) + 23) = 0;
  later.at(sizeof(af_file_options) + 24) = 1;
  EXPECT_EQ(create(later.get()), AF_OK);
}

TEST(Options, SizesThatNoHeaderEverHadAreRefused) {
  EXPECT_EQ(with([](af_file_options* options) { options->struct_size = 0; }), AF_INVALID_ARGUMENT);
  // The first published size. It stays good when the struct grows.
  EXPECT_EQ(with([](af_file_options* options) { options->struct_size = 80; }), AF_OK);
  EXPECT_EQ(with([](af_file_options* options) { options->struct_size = 79; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->struct_size = UINT32_MAX; }), AF_INVALID_ARGUMENT);
}

TEST(Options, EachFieldHasItsRange) {
  EXPECT_EQ(with([](af_file_options* options) { options->writable = 2; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->replace = 2; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->reserved[1] = 1; }), AF_UNSUPPORTED);
  for (int32_t version : {3, 7, -1}) {
    af_file_options options = AF_FILE_OPTIONS_INIT;
    options.footer_version = version;
    EXPECT_EQ(create(&options), AF_INVALID_ARGUMENT) << version;
  }
  EXPECT_EQ(with([](af_file_options* options) { options->codec = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->codec = 4; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->codec_level = 23; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->codec_level = -131073; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->durability = 2; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->threads = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->threads = 1025; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->layers = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->block_size = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->block_size = (1 << 30) + 1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->write_buffer_size = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->cache_size = INT64_MAX; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->max_layers = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->max_arrays = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(with([](af_file_options* options) { options->max_allocation = -1; }), AF_INVALID_ARGUMENT);
}

TEST(Options, TheEndsOfEachRangeAreGood) {
  const auto least = [](af_file_options* options) {
    options->footer_version = 4;
    options->codec = AF_CODEC_ZSTD;
    options->codec_level = -131072;
    options->threads = 1;
    options->block_size = 1;
    options->write_buffer_size = 1;
    options->cache_size = -1;
    options->max_layers = options->max_arrays = 1;
  };
  const auto most = [](af_file_options* options) {
    options->footer_version = 5;
    options->codec = AF_CODEC_ZSTD;
    options->codec_level = 22;
    options->threads = 1024;
    options->block_size = 1 << 30;
    options->write_buffer_size = options->cache_size = int64_t{1} << 47;
    options->max_layers = options->max_arrays = options->max_allocation = INT64_MAX;
  };
  EXPECT_EQ(with(least), AF_OK);
  EXPECT_EQ(with(most), AF_OK);
}

TEST(Options, AnErrorNamesTheFieldAndItsRange) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.threads = 5000;
  af_file* file = nullptr;
  af_error* error = nullptr;
  ASSERT_EQ(af_file_create_memory(&options, &file, &error), AF_INVALID_ARGUMENT);
  EXPECT_STREQ(af_error_message(error), "options->threads is 5000, expected 0 to 1024");
  af_error_free(error);
}

TEST(SizedResults, FillWhatTheCallerHasRoomForAndClearTheRest) {
  struct {
    af_io_stats stats;
    int64_t new_field = 7;
    int64_t beyond = 7;
  } later;
  later.stats = AF_IO_STATS_INIT;
  later.stats.struct_size = sizeof later.stats + sizeof later.new_field;
  af_file* file = nullptr;
  ASSERT_EQ(af_file_create_memory(nullptr, &file, nullptr), AF_OK);
  EXPECT_EQ(af_file_io_stats(file, &later.stats, nullptr), AF_OK);
  EXPECT_EQ(later.stats.struct_size, sizeof later.stats + sizeof later.new_field);
  EXPECT_EQ(later.new_field, 0);
  EXPECT_EQ(later.beyond, 7);

  later.stats.struct_size = 8;
  EXPECT_EQ(af_file_io_stats(file, &later.stats, nullptr), AF_INVALID_ARGUMENT);
  af_file_close(file);
}

TEST(SizedResults, AreClearedWhenACallFails) {
  af_layer_info info = AF_LAYER_INFO_INIT;
  info.size = 7;
  EXPECT_EQ(af_file_layer(nullptr, 0, &info, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(info.size, 0);
  EXPECT_EQ(info.struct_size, sizeof info);
}

TEST(StoreCallbacks, OfALaterHeaderAreTakenWhileItsNewFieldsAreZero) {
  struct {
    af_store_callbacks callbacks{};
    int64_t new_field = 1;
  } later;
  later.callbacks.struct_size = sizeof later;
  af_store* store = nullptr;
  EXPECT_EQ(af_store_create_callbacks(&later.callbacks, &store, nullptr), AF_UNSUPPORTED);
  later.callbacks.struct_size = sizeof(af_store_callbacks) - 1;
  EXPECT_EQ(af_store_create_callbacks(&later.callbacks, &store, nullptr), AF_INVALID_ARGUMENT);
}

}  // namespace
