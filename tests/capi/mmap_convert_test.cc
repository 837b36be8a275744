// Mapped arrays from and to arrays of a stack.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>

#include "support/mmap_api.h"

namespace {

using mmap_api::Array;
using mmap_api::create;
using mmap_api::elements;
using mmap_api::ExpectOk;
using mmap_api::kTypeOf;
using mmap_api::Numbers;
using mmap_api::open;
using mmap_api::rank_of;
using mmap_files::counting;
using mmap_files::Folder;

struct CloseFile {
  void operator()(af_file* file) const { af_file_close(file); }
};
using File = std::unique_ptr<af_file, CloseFile>;

size_t count_of(const Numbers& shape) {
  return static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()));
}

Numbers shape_of(const Array& array) {
  int32_t rank = 0;
  af_mmap_rank(array.get(), &rank, ExpectOk());
  Numbers shape(static_cast<size_t>(rank));
  af_mmap_shape(array.get(), shape.data(), rank, ExpectOk());
  return shape;
}

class MmapConvert : public testing::Test {
 protected:
  MmapConvert() {
    af_file* file = nullptr;
    af_file_create_memory(nullptr, &file, ExpectOk());
    file_.reset(file);
  }

  void define(const char* name, af_data_type dtype, const Numbers& shape, const Numbers& chunk_shape) {
    af_schema* schema = nullptr;
    af_schema_create(dtype, shape.data(), rank_of(shape), &schema, ExpectOk());
    if (!chunk_shape.empty())
      af_schema_set_chunk_shape(schema, chunk_shape.data(), rank_of(chunk_shape), ExpectOk());
    af_file_define(file_.get(), name, -1, schema, ExpectOk());
    af_schema_free(schema);
  }

  template <typename T>
  void write(const char* name, const std::vector<T>& values) {
    af_file_write(file_.get(), name, -1, nullptr, nullptr, 0, nullptr, values.data(),
                  static_cast<int64_t>(values.size() * sizeof(T)), ExpectOk());
  }

  template <typename T>
  std::vector<T> read(const char* name, size_t count) {
    std::vector<T> values(count);
    af_file_read(file_.get(), name, -1, nullptr, nullptr, 0, nullptr, values.data(),
                 static_cast<int64_t>(count * sizeof(T)), ExpectOk());
    return values;
  }

  Numbers chunk_shape_of(const char* name) {
    af_schema* schema = nullptr;
    af_file_schema(file_.get(), name, -1, &schema, ExpectOk());
    const int64_t* chunks = af_schema_chunk_shape(schema);
    Numbers shape(chunks, chunks + af_schema_rank(schema));
    af_schema_free(schema);
    return shape;
  }

  Array from_file(const char* name) {
    af_mmap* array = nullptr;
    af_mmap_create_from_file((folder_ / name).c_str(), -1, file_.get(), name, -1, nullptr, &array,
                             ExpectOk());
    return Array(array);
  }

  af_status status_of_creating_from(const char* name) {
    af_mmap* array = nullptr;
    const af_status status = af_mmap_create_from_file((folder_ / "new").c_str(), -1, file_.get(), name, -1,
                                                      nullptr, &array, nullptr);
    EXPECT_EQ(array == nullptr, status != AF_OK);
    af_mmap_close(array);
    return status;
  }

  af_status status_of_copying(const Array& array, const char* name) {
    return af_mmap_copy_to_file(array.get(), file_.get(), name, -1, nullptr);
  }

  Folder folder_;
  File file_;
};

template <typename T>
class MmapConvertTyped : public MmapConvert {};
using Types = testing::Types<float, double, int32_t, int64_t>;
TYPED_TEST_SUITE(MmapConvertTyped, Types);

TYPED_TEST(MmapConvertTyped, GoesThereAndBackInEveryRank) {
  struct Case {
    const char* name;
    Numbers shape, chunk_shape;
  };
  const Case cases[] = {{"scalar", {}, {}},
                        {"vector", {1000}, {7}},
                        {"matrix", {37, 53}, {10, 9}},
                        {"one_chunk", {37, 53}, {37, 53}},
                        {"deep", {2, 3, 4, 5, 6, 7}, {1, 2, 3, 2, 4, 7}},
                        {"empty", {3, 0, 2}, {2, 1, 2}}};
  for (const auto& [name, shape, chunk_shape] : cases) {
    SCOPED_TRACE(name);
    const auto values = counting<TypeParam>(count_of(shape), 3);
    this->define(name, kTypeOf<TypeParam>, shape, chunk_shape);
    this->write(name, values);
    const Array array = this->from_file(name);
    EXPECT_EQ(shape_of(array), shape);
    EXPECT_EQ(elements<TypeParam>(array), values);

    const std::string copy = std::string(name) + "_copy";
    ASSERT_EQ(this->status_of_copying(array, copy.c_str()), AF_OK);
    EXPECT_EQ(this->template read<TypeParam>(copy.c_str(), values.size()), values);
  }
}

TEST_F(MmapConvert, ReadsWhatWasNotFlushedAndWhatNobodyWrote) {
  define("a", AF_INT32, {10}, {4});
  const int32_t value = 5;
  const int64_t start = 6, one = 1;
  af_file_write(file_.get(), "a", -1, &start, &one, 1, nullptr, &value, 4, ExpectOk());
  EXPECT_EQ(elements<int32_t>(from_file("a")), (std::vector<int32_t>{0, 0, 0, 0, 0, 0, 5, 0, 0, 0}));
}

TEST_F(MmapConvert, FillsAnArrayThatIsThere) {
  define("a", AF_FLOAT64, {6, 4}, {4, 3});
  ASSERT_EQ(status_of_copying(create<double>(folder_ / "x.mmap", {6, 4}, counting<double>(24)), "a"), AF_OK);
  EXPECT_EQ(read<double>("a", 24), counting<double>(24));
  EXPECT_EQ(chunk_shape_of("a"), (Numbers{4, 3}));
}

TEST_F(MmapConvert, CutsANewArrayIntoChunksOfAboutAMebibyte) {
  const Numbers shape{100, 3000, 100};
  af_mmap* zeros = nullptr;
  af_mmap_create_zeros((folder_ / "x.mmap").c_str(), -1, AF_FLOAT32, shape.data(), 3, nullptr, &zeros,
                       ExpectOk());
  ASSERT_EQ(status_of_copying(Array(zeros), "a"), AF_OK);
  EXPECT_EQ(chunk_shape_of("a"), (Numbers{1, 2621, 100}));
}

TEST_F(MmapConvert, RefusesWhatDoesNotFit) {
  define("bytes", AF_UINT8, {4}, {});
  define("text", AF_STRING, {4}, {});
  define("deep", AF_INT32, Numbers(7, 1), {});
  define("a", AF_INT32, {4}, {});
  EXPECT_EQ(status_of_creating_from("bytes"), AF_UNSUPPORTED);
  EXPECT_EQ(status_of_creating_from("text"), AF_UNSUPPORTED);
  EXPECT_EQ(status_of_creating_from("deep"), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(status_of_creating_from("missing"), AF_ARRAY_NOT_FOUND);
  EXPECT_EQ(folder_.names().size(), 0u);
  EXPECT_EQ(status_of_creating_from("a"), AF_OK);
  EXPECT_EQ(status_of_creating_from("a"), AF_ALREADY_EXISTS);

  EXPECT_EQ(status_of_copying(create<float>(folder_ / "floats", {4}, counting<float>(4)), "a"),
            AF_DTYPE_MISMATCH);
  EXPECT_EQ(status_of_copying(create<int32_t>(folder_ / "longer", {5}, counting<int32_t>(5)), "a"),
            AF_INVALID_ARGUMENT);
  const Numbers huge{int64_t{1} << 33};
  af_mmap* zeros = nullptr;
  af_mmap_create_zeros((folder_ / "huge").c_str(), -1, AF_INT32, huge.data(), 1, nullptr, &zeros, ExpectOk());
  EXPECT_EQ(status_of_copying(Array(zeros), "new"), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(status_of_copying(nullptr, "a"), AF_INVALID_ARGUMENT);
}

TEST_F(MmapConvert, ReportsATruncatedFileAndAStackThatIsReadOnly) {
  const Array array = create<double>(folder_ / "x.mmap", {100}, counting<double>(100));
  const std::string stack = folder_ / "x.af";
  af_file* file = nullptr;
  af_file_create(stack.c_str(), -1, nullptr, &file, ExpectOk());
  af_file_flush(file, ExpectOk());
  af_file_close(file);
  af_file_open(stack.c_str(), -1, nullptr, &file, ExpectOk());
  EXPECT_EQ(af_mmap_copy_to_file(array.get(), file, "a", -1, nullptr), AF_READ_ONLY);
  af_file_close(file);
  std::filesystem::resize_file(folder_ / "x.mmap", 100);
  EXPECT_EQ(status_of_copying(array, "a"), AF_CORRUPT);
}

// 128 MiB each way, in a process of its own whose memory is measured.
TEST_F(MmapConvert, NeedsMemoryForAFewChunksOnly) {
  const auto convert = [&] {
    const Numbers shape{4096, 4096};
    af_mmap* array = nullptr;
    af_mmap_create_zeros((folder_ / "x.mmap").c_str(), -1, AF_FLOAT64, shape.data(), 2, nullptr, &array,
                         ExpectOk());
    af_file_options options = AF_FILE_OPTIONS_INIT;
    options.codec = AF_CODEC_NONE;
    options.write_buffer_size = 4 << 20;
    options.cache_size = 4 << 20;
    options.durability = AF_DURABILITY_NONE;
    af_file* file = nullptr;
    af_file_create((folder_ / "x.af").c_str(), -1, &options, &file, ExpectOk());
    af_mmap_copy_to_file(array, file, "a", -1, ExpectOk());
    af_file_flush(file, ExpectOk());
    af_mmap_close(array);
    af_mmap_create_from_file((folder_ / "y.mmap").c_str(), -1, file, "a", -1, nullptr, &array, ExpectOk());
    af_mmap_close(array);
    af_file_close(file);
  };
  const auto peak = [] {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const pid_t child = fork();
  if (child == 0) {
    const long before = peak();
    convert();
    const long mebibytes = (peak() - before) / 1024;
    _exit(testing::Test::HasFailure() ? 255 : static_cast<int>(std::min(mebibytes, 254L)));
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(WEXITSTATUS(status), 100) << "mebibytes more at the peak";
#else
  EXPECT_NE(WEXITSTATUS(status), 255) << "sanitizers keep freed memory, but the conversion must succeed";
#endif
}

}  // namespace
