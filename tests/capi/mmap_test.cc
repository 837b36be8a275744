#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>

#include "support/mmap_api.h"

namespace {

using mmap_api::Array;
using mmap_api::create;
using mmap_api::elements;
using mmap_api::ExpectOk;
using mmap_api::mutable_view_of;
using mmap_api::Numbers;
using mmap_api::open;
using mmap_api::options_of;
using mmap_api::View;
using mmap_api::view_of;
using mmap_files::bytes_of;
using mmap_files::counting;
using mmap_files::Folder;

const std::string kGoldens = AF_GOLDEN "/mmap/";

af_status status_of_open(const std::string& path, const af_mmap_options* options = nullptr) {
  af_mmap* array = nullptr;
  const af_status status = af_mmap_open(path.c_str(), -1, options, &array, nullptr);
  EXPECT_EQ(array == nullptr, status != AF_OK);
  af_mmap_close(array);
  return status;
}

bool holds_in_child(const std::function<bool()>& condition) {
  const pid_t child = fork();
  if (child == 0) _exit(condition() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class MmapApi : public testing::Test {
 protected:
  const std::string path_of(const std::string& name) const { return folder_ / name; }

  Folder folder_;
  const std::string path_ = folder_ / "a.mmap";
};

// -- what it is

TEST_F(MmapApi, TellsWhatAnArrayIs) {
  const Array array = create<double>(path_, {3, 4}, counting<double>(12));
  af_data_type dtype = -1;
  int32_t rank = -1, mode = -1;
  int64_t count = -1, path_len = -1, numbers[2];
  uint8_t empty = 9;
  const char* path = nullptr;
  af_mmap_data_type(array.get(), &dtype, ExpectOk());
  af_mmap_rank(array.get(), &rank, ExpectOk());
  af_mmap_mode(array.get(), &mode, ExpectOk());
  af_mmap_element_count(array.get(), &count, ExpectOk());
  af_mmap_is_empty(array.get(), &empty, ExpectOk());
  af_mmap_path(array.get(), &path, &path_len, ExpectOk());
  EXPECT_EQ(dtype, AF_FLOAT64);
  EXPECT_EQ(rank, 2);
  EXPECT_EQ(mode, AF_MMAP_READ_WRITE);
  EXPECT_EQ(count, 12);
  EXPECT_EQ(empty, 0);
  EXPECT_EQ(path, path_);
  EXPECT_EQ(path_len, static_cast<int64_t>(path_.size()));

  af_mmap_shape(array.get(), numbers, 2, ExpectOk());
  EXPECT_EQ(Numbers(numbers, numbers + 2), (Numbers{3, 4}));
  af_mmap_strides(array.get(), numbers, 2, ExpectOk());
  EXPECT_EQ(Numbers(numbers, numbers + 2), (Numbers{32, 8}));
  af_mmap_element_strides(array.get(), numbers, 2, ExpectOk());
  EXPECT_EQ(Numbers(numbers, numbers + 2), (Numbers{4, 1}));
  EXPECT_EQ(af_mmap_shape(array.get(), numbers, 1, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_shape(array.get(), numbers, -1, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_shape(array.get(), nullptr, 2, nullptr), AF_INVALID_ARGUMENT);
}

TEST_F(MmapApi, TellsAnArrayWithoutElements) {
  for (const Numbers& shape : {Numbers{0}, Numbers{3, 0}, Numbers{0, 3}}) {
    const Array array =
        create<float>(path_of(std::to_string(shape[0]) + std::to_string(shape.size())), shape, {});
    uint8_t empty = 9;
    int64_t count = -1;
    af_mmap_is_empty(array.get(), &empty, ExpectOk());
    af_mmap_element_count(array.get(), &count, ExpectOk());
    EXPECT_EQ(empty, 1);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(af_mmap_view_data_len(view_of(array).get()), 0);
  }
}

TEST_F(MmapApi, TellsItsMode) {
  create<double>(path_, {1}, {1});
  for (int32_t expected : {AF_MMAP_READ_ONLY, AF_MMAP_READ_WRITE, AF_MMAP_COPY_ON_WRITE}) {
    int32_t mode = -1;
    af_mmap_mode(open(path_, expected).get(), &mode, ExpectOk());
    EXPECT_EQ(mode, expected);
  }
}

TEST_F(MmapApi, TakesNoRoomForTheShapeOfAScalar) {
  const Array scalar = create<float>(path_, {}, {1.5f});
  af_mmap_shape(scalar.get(), nullptr, 0, ExpectOk());
  af_mmap_strides(scalar.get(), nullptr, 0, ExpectOk());
  EXPECT_EQ(elements<float>(scalar), std::vector<float>{1.5f});
}

TEST_F(MmapApi, ViewsTellWhatTheyShow) {
  const Array array = create<int32_t>(path_, {2, 3}, counting<int32_t>(6));
  const View view = view_of(array);
  const int64_t* shape = af_mmap_view_shape(view.get());
  const int64_t* strides = af_mmap_view_strides(view.get());
  EXPECT_EQ(af_mmap_view_data_type(view.get()), AF_INT32);
  EXPECT_EQ(af_mmap_view_rank(view.get()), 2);
  EXPECT_EQ(Numbers(shape, shape + 2), (Numbers{2, 3}));
  EXPECT_EQ(Numbers(strides, strides + 2), (Numbers{12, 4}));
  EXPECT_EQ(af_mmap_view_data_len(view.get()), 24);
  EXPECT_EQ(af_mmap_view_element_count(view.get()), 6);
  EXPECT_EQ(af_mmap_view_mutable_data(view.get()), nullptr);
  const View changing = mutable_view_of(array);
  EXPECT_EQ(af_mmap_view_mutable_data(changing.get()), af_mmap_view_data(changing.get()));
}

TEST_F(MmapApi, AnswersZeroForNoView) {
  EXPECT_EQ(af_mmap_view_data(nullptr), nullptr);
  EXPECT_EQ(af_mmap_view_mutable_data(nullptr), nullptr);
  EXPECT_EQ(af_mmap_view_data_len(nullptr), 0);
  EXPECT_EQ(af_mmap_view_data_type(nullptr), 0);
  EXPECT_EQ(af_mmap_view_rank(nullptr), 0);
  EXPECT_EQ(af_mmap_view_shape(nullptr), nullptr);
  EXPECT_EQ(af_mmap_view_strides(nullptr), nullptr);
  EXPECT_EQ(af_mmap_view_element_count(nullptr), 0);
  af_mmap_view_free(nullptr);
  af_mmap_close(nullptr);
}

// -- creating

TEST_F(MmapApi, CreatesFromMemoryOfAnyStrides) {
  const auto memory = counting<int32_t>(12);
  const Numbers shape{4, 3}, strides{4, -16};
  af_mmap* array = nullptr;
  af_mmap_create(path_.c_str(), -1, AF_INT32, shape.data(), 2, strides.data(), memory.data(), 48, nullptr,
                 &array, ExpectOk());
  EXPECT_EQ(elements<int32_t>(Array(array)), (std::vector<int32_t>{8, 4, 0, 9, 5, 1, 10, 6, 2, 11, 7, 3}));
}

TEST_F(MmapApi, CreatesZeros) {
  const Numbers shape{1000, 1000};
  af_mmap* array = nullptr;
  af_mmap_create_zeros(path_.c_str(), -1, AF_INT64, shape.data(), 2, nullptr, &array, ExpectOk());
  EXPECT_EQ(elements<int64_t>(Array(array)), std::vector<int64_t>(1'000'000));
}

TEST_F(MmapApi, RefusesToCreateWhatCannotBe) {
  const double values[4] = {};
  const auto creating = [&](af_data_type dtype, const Numbers& shape, int64_t src_len) {
    af_mmap* array = nullptr;
    const af_status status = af_mmap_create(path_.c_str(), -1, dtype, shape.data(), mmap_api::rank_of(shape),
                                            nullptr, values, src_len, nullptr, &array, nullptr);
    af_mmap_close(array);
    return status;
  };
  EXPECT_EQ(creating(AF_FLOAT64, {5}, 32), AF_INVALID_ARGUMENT);
  EXPECT_EQ(creating(AF_FLOAT64, {4}, 31), AF_INVALID_ARGUMENT);
  EXPECT_EQ(creating(AF_FLOAT64, {4}, -1), AF_INVALID_ARGUMENT);
  EXPECT_EQ(creating(AF_FLOAT64, {-4}, 32), AF_INVALID_ARGUMENT);
  EXPECT_EQ(creating(AF_UINT8, {4}, 32), AF_UNSUPPORTED);
  EXPECT_EQ(creating(AF_STRING, {4}, 32), AF_UNSUPPORTED);
  EXPECT_EQ(creating(AF_TIMESTAMP_NS, {4}, 32), AF_UNSUPPORTED);
  EXPECT_EQ(creating(99, {4}, 32), AF_INVALID_ARGUMENT);
  EXPECT_EQ(creating(-1, {4}, 32), AF_INVALID_ARGUMENT);
  EXPECT_EQ(creating(AF_FLOAT64, Numbers(7, 1), 32), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(creating(AF_FLOAT64, Numbers(33, 1), 32), AF_LIMIT_EXCEEDED);
  EXPECT_EQ(folder_.names().size(), 0u);
  EXPECT_EQ(creating(AF_FLOAT64, {4}, 32), AF_OK);
  EXPECT_EQ(creating(AF_FLOAT64, {4}, 32), AF_ALREADY_EXISTS);
}

TEST_F(MmapApi, TakesPathsByLengthAndRefusesNuls) {
  const std::string longer = path_ + "garbage";
  const Numbers shape{1};
  af_mmap* array = nullptr;
  af_mmap_create_zeros(longer.c_str(), static_cast<int64_t>(path_.size()), AF_INT32, shape.data(), 1, nullptr,
                       &array, ExpectOk());
  af_mmap_close(array);
  EXPECT_EQ(status_of_open(path_), AF_OK);
  const std::string with_nul = path_ + std::string("\0x", 2);
  EXPECT_EQ(af_mmap_open(with_nul.data(), static_cast<int64_t>(with_nul.size()), nullptr, &array, nullptr),
            AF_INVALID_NAME);
  EXPECT_EQ(af_mmap_open(nullptr, -1, nullptr, &array, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_open(path_.c_str(), -1, nullptr, nullptr, nullptr), AF_INVALID_ARGUMENT);
}

// -- options

TEST_F(MmapApi, KnowsItsOptions) {
  af_mmap_options by_macro = AF_MMAP_OPTIONS_INIT, by_function;
  std::memset(&by_function, 0xff, sizeof by_function);
  af_mmap_options_init(&by_function, sizeof by_function, ExpectOk());
  EXPECT_EQ(std::memcmp(&by_macro, &by_function, sizeof by_macro), 0);
  EXPECT_EQ(af_mmap_options_init(&by_function, 3, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_options_init(nullptr, sizeof by_function, nullptr), AF_INVALID_ARGUMENT);

  create<double>(path_, {1}, {1});
  const auto opening = [&](const std::function<void(af_mmap_options&)>& change) {
    af_mmap_options options = AF_MMAP_OPTIONS_INIT;
    change(options);
    return status_of_open(path_, &options);
  };
  EXPECT_EQ(opening([](auto& options) { options.mode = 3; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(opening([](auto& options) { options.mode = -1; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(opening([](auto& options) { options.lock = 2; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(opening([](auto& options) { options.durability = 2; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(opening([](auto& options) { options.struct_size = 0; }), AF_INVALID_ARGUMENT);
  EXPECT_EQ(opening([](auto& options) { options.lock = 1; }), AF_OK);
}

TEST_F(MmapApi, TakesOptionsOfALaterHeader) {
  create<double>(path_, {1}, {1});
  struct Later {
    af_mmap_options known = AF_MMAP_OPTIONS_INIT;
    int64_t unknown = 0;
  } options;
  options.known.struct_size = sizeof options;
  EXPECT_EQ(status_of_open(path_, &options.known), AF_OK);
  options.unknown = 1;
  EXPECT_EQ(status_of_open(path_, &options.known), AF_UNSUPPORTED);
}

TEST_F(MmapApi, ReplacesWhenAsked) {
  create<double>(path_, {1}, {1});
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.replace = 1;
  options.durability = AF_DURABILITY_NONE;
  const Numbers shape{2};
  af_mmap* array = nullptr;
  af_mmap_create_zeros(path_.c_str(), -1, AF_INT32, shape.data(), 1, &options, &array, ExpectOk());
  af_mmap_close(array);
  EXPECT_EQ(elements<int32_t>(open(path_)), (std::vector<int32_t>{0, 0}));
}

TEST_F(MmapApi, IsStrictWhenAsked) {
  af_mmap_options strict = AF_MMAP_OPTIONS_INIT;
  strict.strict = 1;
  EXPECT_EQ(status_of_open(kGoldens + "f64_2d_3x4.mmap", &strict), AF_OK);
  for (const char* name : {"bad_total_wrong", "bad_unused_shape_nonzero", "bad_trailing8"}) {
    EXPECT_EQ(status_of_open(kGoldens + name + ".mmap"), AF_OK) << name;
    EXPECT_EQ(status_of_open(kGoldens + name + ".mmap", &strict), AF_CORRUPT) << name;
  }
}

// -- damaged files, and what is no file

TEST_F(MmapApi, SaysWhyItCannotOpen) {
  mkfifo(path_of("pipe").c_str(), 0600);
  create<double>(path_, {1}, {1});
  chmod(path_.c_str(), 0444);
  chmod(folder_.path().c_str(), 0755);
  const auto status_of_mode = [](const std::string& path, int32_t mode) {
    const af_mmap_options options = options_of(mode);
    return status_of_open(path, &options);
  };
  for (int32_t mode : {AF_MMAP_READ_ONLY, AF_MMAP_READ_WRITE, AF_MMAP_COPY_ON_WRITE}) {
    EXPECT_EQ(status_of_mode(folder_.path(), mode), AF_INVALID_NAME);
    EXPECT_EQ(status_of_mode(path_of("pipe"), mode), AF_INVALID_NAME);
    EXPECT_EQ(status_of_mode(path_of("missing"), mode), AF_NOT_FOUND);
  }
  EXPECT_TRUE(holds_in_child([&] {
    // To root nothing is forbidden.
    if (geteuid() == 0 && setuid(65534) != 0) return false;
    return status_of_mode(path_, AF_MMAP_READ_WRITE) == AF_PERMISSION_DENIED &&
           status_of_mode(path_, AF_MMAP_COPY_ON_WRITE) == AF_OK;
  }));
}

TEST_F(MmapApi, OpensEveryGoldenAndNoBadOneThatLacksElements) {
  int opened = 0, refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGoldens)) {
    if (entry.path().extension() != ".mmap") continue;
    const af_status status = status_of_open(entry.path());
    EXPECT_TRUE(status == AF_OK || status == AF_CORRUPT || status == AF_UNSUPPORTED) << entry.path();
    (status == AF_OK ? opened : refused)++;
  }
  EXPECT_EQ(opened, 36 + 3);
  EXPECT_EQ(refused, 13);
}

// A golden with each of its bytes changed, and cut at each length, opened as a file and read to its last
// element.
TEST_F(MmapApi, SurvivesEveryFlipAndEveryCut) {
  const auto good = bytes_of(kGoldens + "i32_3d_2x3x4.mmap");
  std::vector<std::byte> out(4096);
  const auto try_file = [&](const mmap_files::Bytes& file) {
    mmap_files::write_bytes(path_, file);
    af_mmap* array = nullptr;
    const af_status status = af_mmap_open(path_.c_str(), -1, nullptr, &array, nullptr);
    if (status == AF_OK) {
      const View view = view_of(Array(array));
      const int64_t length = af_mmap_view_data_len(view.get());
      EXPECT_LE(64 + length, static_cast<int64_t>(file.size()));
      if (length > 0) std::memcpy(out.data(), af_mmap_view_data(view.get()), static_cast<size_t>(length));
    }
    return status;
  };
  int accepted = 0;
  for (size_t at = 0; at < good.size(); at++) {
    for (int bit = 0; bit < 8; bit++) {
      auto file = good;
      file[at] ^= static_cast<std::byte>(1 << bit);
      accepted += try_file(file) == AF_OK;
    }
    EXPECT_EQ(try_file({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(at)}), AF_CORRUPT)
        << at << " bytes";
  }
  EXPECT_GE(accepted, 8 * (8 + 3 * 8 + 96))
      << "the count, the unused slots and the elements may hold anything";
  EXPECT_LT(accepted, 8 * static_cast<int>(good.size()));
}

TEST_F(MmapApi, SaysWhatIsWrong) {
  mmap_files::write_bytes(path_, mmap_files::Bytes(10));
  af_error* error = nullptr;
  af_mmap* array = nullptr;
  EXPECT_EQ(af_mmap_open(path_.c_str(), -1, nullptr, &array, &error), AF_CORRUPT);
  EXPECT_EQ(af_error_message(error), "mapped array '" + path_ + "': the header has 64 bytes, the file 10");
  af_error_free(error);
  EXPECT_EQ(af_mmap_open(path_of("missing").c_str(), -1, nullptr, &array, &error), AF_NOT_FOUND);
  EXPECT_EQ(af_error_os_errno(error), ENOENT);
  af_error_free(error);
}

TEST_F(MmapApi, ReportsATruncatedFile) {
  const Array array = create<double>(path_, {1000}, counting<double>(1000));
  std::filesystem::resize_file(path_, 100);
  af_mmap_view* view = nullptr;
  double value;
  const int64_t start = 0, one = 1;
  EXPECT_EQ(af_mmap_get_view(array.get(), &view, nullptr), AF_CORRUPT);
  EXPECT_EQ(af_mmap_get_mutable_view(array.get(), &view, nullptr), AF_CORRUPT);
  EXPECT_EQ(af_mmap_read(array.get(), &start, &one, 1, nullptr, &value, 8, nullptr), AF_CORRUPT);
  EXPECT_EQ(af_mmap_write(array.get(), &start, &one, 1, nullptr, &value, 8, nullptr), AF_CORRUPT);
  EXPECT_EQ(af_mmap_flush(array.get(), nullptr), AF_CORRUPT);
  EXPECT_EQ(af_mmap_flush_range(array.get(), 0, 8, 1, nullptr), AF_CORRUPT);
}

// -- data

TEST_F(MmapApi, ReadsAndWritesRegions) {
  const Array array = create<int32_t>(path_, {3, 4}, counting<int32_t>(12));
  const Numbers start{1, 1}, shape{2, 2}, upright{4, 8};
  int32_t out[4] = {};
  af_mmap_read(array.get(), start.data(), shape.data(), 2, upright.data(), out, sizeof out, ExpectOk());
  EXPECT_EQ(std::vector<int32_t>(out, out + 4), (std::vector<int32_t>{5, 9, 6, 10}));
  const int32_t in[4] = {50, 90, 60, 100};
  af_mmap_write(array.get(), start.data(), shape.data(), 2, upright.data(), in, sizeof in, ExpectOk());
  EXPECT_EQ(elements<int32_t>(array), (std::vector<int32_t>{0, 1, 2, 3, 4, 50, 60, 7, 8, 90, 100, 11}));
  EXPECT_EQ(af_mmap_read(array.get(), start.data(), shape.data(), 1, nullptr, out, sizeof out, nullptr),
            AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_read(array.get(), start.data(), nullptr, 2, nullptr, out, sizeof out, nullptr),
            AF_INVALID_ARGUMENT);
}

TEST_F(MmapApi, ReadsTheWholeArrayWithStrides) {
  const Array array = create<int32_t>(path_, {2, 3}, counting<int32_t>(6));
  const Numbers columns_first{4, 8};
  std::vector<int32_t> out(6);
  af_mmap_read(array.get(), nullptr, nullptr, 2, columns_first.data(), out.data(), 24, ExpectOk());
  EXPECT_EQ(out, (std::vector<int32_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(af_mmap_read(array.get(), nullptr, nullptr, 0, columns_first.data(), out.data(), 24, nullptr),
            AF_INVALID_ARGUMENT)
      << "strides of a rank that nobody told";
  af_mmap_read(array.get(), nullptr, nullptr, 0, nullptr, out.data(), 24, ExpectOk());
  EXPECT_EQ(out, counting<int32_t>(6));
}

TEST_F(MmapApi, RefusesToChangeWhatIsReadOnly) {
  create<double>(path_, {1}, {1});
  const Array array = open(path_);
  af_mmap_view* view = nullptr;
  const double value = 2;
  EXPECT_EQ(af_mmap_get_mutable_view(array.get(), &view, nullptr), AF_READ_ONLY);
  EXPECT_EQ(view, nullptr);
  EXPECT_EQ(af_mmap_write(array.get(), nullptr, nullptr, 0, nullptr, &value, 8, nullptr), AF_READ_ONLY);
  af_mmap_flush(array.get(), ExpectOk());
}

TEST_F(MmapApi, ChangesTheFileOrOnlyItself) {
  const Array shared = create<double>(path_, {3}, counting<double>(3));
  const Array own = open(path_, AF_MMAP_COPY_ON_WRITE);
  static_cast<double*>(af_mmap_view_mutable_data(mutable_view_of(own).get()))[0] = 70;
  EXPECT_EQ(elements<double>(shared), (std::vector<double>{0, 1, 2}));
  static_cast<double*>(af_mmap_view_mutable_data(mutable_view_of(shared).get()))[1] = 80;
  af_mmap_flush(shared.get(), ExpectOk());
  EXPECT_EQ(elements<double>(own)[0], 70);
  EXPECT_EQ(elements<double>(open(path_)), (std::vector<double>{0, 80, 2}));
}

int64_t resident_bytes() {
  int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// Of a gibibyte: copied as a whole it would be resident.
TEST_F(MmapApi, AFirstWriteWithCopyOnWriteCostsNoCopy) {
  const Numbers shape{int64_t{1} << 27};
  af_mmap* zeros = nullptr;
  af_mmap_create_zeros(path_.c_str(), -1, AF_FLOAT64, shape.data(), 1, nullptr, &zeros, ExpectOk());
  af_mmap_close(zeros);
  const int64_t before = resident_bytes();
  const Array own = open(path_, AF_MMAP_COPY_ON_WRITE);
  const View view = mutable_view_of(own);
  auto* elements = static_cast<double*>(af_mmap_view_mutable_data(view.get()));
  elements[shape[0] - 1] = 1;
  const Numbers start{shape[0] / 2}, one{1};
  const double value = 2;
  af_mmap_write(own.get(), start.data(), one.data(), 1, nullptr, &value, 8, ExpectOk());
  EXPECT_EQ(elements[shape[0] / 2], 2);
  EXPECT_LT(resident_bytes() - before, 64 << 20);
}

TEST_F(MmapApi, FlushesAndAdvisesRanges) {
  const Array array = create<double>(path_, {1000}, counting<double>(1000));
  af_mmap_flush_range(array.get(), 8, 100, 1, ExpectOk());
  af_mmap_flush_range(array.get(), 0, 8000, 0, ExpectOk());
  EXPECT_EQ(af_mmap_flush_range(array.get(), 0, 8001, 0, nullptr), AF_OUT_OF_BOUNDS);
  EXPECT_EQ(af_mmap_flush_range(array.get(), 0, 8, 2, nullptr), AF_INVALID_ARGUMENT);
  for (int32_t advice = AF_ADVICE_NORMAL; advice <= AF_ADVICE_DONT_NEED; advice++)
    af_mmap_advise(array.get(), advice, 0, 8000, ExpectOk());
  EXPECT_EQ(af_mmap_advise(array.get(), 5, 0, 8000, nullptr), AF_INVALID_ARGUMENT);
  EXPECT_EQ(af_mmap_advise(array.get(), AF_ADVICE_RANDOM, 1, 8000, nullptr), AF_OUT_OF_BOUNDS);
  EXPECT_EQ(elements<double>(array), counting<double>(1000));
}

// -- lives

TEST_F(MmapApi, ViewsOutliveTheHandle) {
  Array array = create<double>(path_, {1000}, counting<double>(1000));
  const View reading = view_of(array), writing = mutable_view_of(array);
  array.reset();
  std::filesystem::remove(path_);
  static_cast<double*>(af_mmap_view_mutable_data(writing.get()))[999] = -1;
  auto expected = counting<double>(1000);
  expected[999] = -1;
  EXPECT_EQ(elements<double>(reading), expected);
}

TEST_F(MmapApi, AClosedHandleIsAnArgumentThatIsInvalid) {
  af_mmap* closed = create<double>(path_, {1}, {1}).release();
  af_mmap_close(closed);
  af_mmap_close(closed);
  for (const af_mmap* array : {static_cast<const af_mmap*>(closed), static_cast<const af_mmap*>(nullptr)}) {
    auto* changed = const_cast<af_mmap*>(array);
    int64_t number;
    int32_t small;
    uint8_t flag;
    const char* text;
    double value = 0;
    af_mmap_view* view = nullptr;
    EXPECT_EQ(af_mmap_data_type(array, &small, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_rank(array, &small, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_shape(array, &number, 1, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_strides(array, &number, 1, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_element_strides(array, &number, 1, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_element_count(array, &number, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_is_empty(array, &flag, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_mode(array, &small, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_path(array, &text, nullptr, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_read(array, nullptr, nullptr, 0, nullptr, &value, 8, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_write(changed, nullptr, nullptr, 0, nullptr, &value, 8, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_flush(array, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_flush_range(array, 0, 0, 1, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_advise(array, AF_ADVICE_NORMAL, 0, 0, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_get_view(array, &view, nullptr), AF_INVALID_ARGUMENT);
    EXPECT_EQ(af_mmap_get_mutable_view(changed, &view, nullptr), AF_INVALID_ARGUMENT);
  }
}

TEST_F(MmapApi, ALockEndsWithTheLastView) {
  create<double>(path_, {1}, {1});
  af_mmap_options locking = options_of(AF_MMAP_READ_WRITE);
  locking.lock = 1;
  af_mmap* array = nullptr;
  af_mmap_open(path_.c_str(), -1, &locking, &array, ExpectOk());
  View view = view_of(Array(array));
  EXPECT_EQ(status_of_open(path_, &locking), AF_CONFLICT);
  view.reset();
  EXPECT_EQ(status_of_open(path_, &locking), AF_OK);
}

// -- threads and processes

TEST_F(MmapApi, EightThreadsReadAtOnceWhileTheHandleIsClosed) {
  af_mmap* array = create<double>(path_, {100, 100}, counting<double>(10'000)).release();
  std::atomic<int> read_before_close = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; t++)
    threads.emplace_back([&, t] {
      std::vector<double> row(100);
      const Numbers start{t * 10, 0}, shape{1, 100};
      for (int round = 0; round < 500; round++) {
        const af_status status =
            af_mmap_read(array, start.data(), shape.data(), 2, nullptr, row.data(), 800, nullptr);
        if (status == AF_INVALID_ARGUMENT) break;
        ASSERT_EQ(status, AF_OK);
        ASSERT_EQ(row, counting<double>(100, t * 1000.0));
        read_before_close++;
      }
    });
  while (read_before_close < 100) std::this_thread::yield();
  af_mmap_close(array);
  for (auto& thread : threads) thread.join();
}

TEST_F(MmapApi, EightThreadsReadOneView) {
  const Array array = create<int64_t>(path_, {10'000}, counting<int64_t>(10'000));
  const View view = view_of(array);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; t++)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; round++) ASSERT_EQ(elements<int64_t>(view), counting<int64_t>(10'000));
    });
  for (auto& thread : threads) thread.join();
}

TEST_F(MmapApi, TwoProcessesShareAReadWriteMapping) {
  const Array ours = create<int64_t>(path_, {1000}, std::vector<int64_t>(1000));
  const View view = mutable_view_of(ours);
  static_cast<int64_t*>(af_mmap_view_mutable_data(view.get()))[0] = 11;
  EXPECT_TRUE(holds_in_child([&] {
    const Array theirs = open(path_, AF_MMAP_READ_WRITE);
    static_cast<int64_t*>(af_mmap_view_mutable_data(mutable_view_of(theirs).get()))[999] = 22;
    return elements<int64_t>(theirs)[0] == 11;
  }));
  EXPECT_EQ(elements<int64_t>(view)[999], 22);
}

// A number that both add to in turns, each waiting for the other in the mapping itself.
TEST_F(MmapApi, TwoProcessesTakeTurnsInAMapping) {
  constexpr int64_t kTurns = 200;
  const Array ours = create<int64_t>(path_, {1000}, std::vector<int64_t>(1000));
  const auto add_at_each_turn = [](const View& view, int64_t remainder,
                                   const std::function<bool()>& is_alone) {
    auto* numbers = static_cast<int64_t*>(af_mmap_view_mutable_data(view.get()));
    std::atomic_ref turn(numbers[0]);
    for (int64_t i = remainder; i < kTurns; i += 2) {
      while (turn != i)
        if (is_alone()) return false;
      numbers[999] += i;
      turn = i + 1;
    }
    return true;
  };
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    const Array theirs = open(path_, AF_MMAP_READ_WRITE);
    const auto is_alone = [&] { return std::this_thread::yield(), getppid() != parent; };
    _exit(add_at_each_turn(mutable_view_of(theirs), 1, is_alone) ? 0 : 1);
  }
  int status = -1;
  const View view = mutable_view_of(ours);
  const bool is_done = add_at_each_turn(
      view, 0, [&] { return std::this_thread::yield(), waitpid(child, &status, WNOHANG) == child; });
  ASSERT_TRUE(is_done) << "the child ended with " << status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(elements<int64_t>(view)[999], kTurns * (kTurns - 1) / 2);
}

TEST_F(MmapApi, CopiesOnWriteOfTwoProcessesStayApart) {
  create<int64_t>(path_, {1000}, counting<int64_t>(1000));
  const auto before = bytes_of(path_);
  const Array ours = open(path_, AF_MMAP_COPY_ON_WRITE);
  const View view = mutable_view_of(ours);
  static_cast<int64_t*>(af_mmap_view_mutable_data(view.get()))[0] = -1;
  EXPECT_TRUE(holds_in_child([&] {
    const Array theirs = open(path_, AF_MMAP_COPY_ON_WRITE);
    const bool is_unchanged = elements<int64_t>(theirs) == counting<int64_t>(1000);
    const View mutable_view = mutable_view_of(theirs);
    static_cast<int64_t*>(af_mmap_view_mutable_data(mutable_view.get()))[999] = -2;
    return is_unchanged && elements<int64_t>(theirs)[999] == -2 && bytes_of(path_) == before;
  }));
  EXPECT_EQ(elements<int64_t>(view)[0], -1);
  EXPECT_EQ(elements<int64_t>(view)[999], 999);
  EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(MmapApi, AChildsHandleIsItsParentsButItsViewIsItsOwn) {
  Array array = create<int64_t>(path_, {1000}, counting<int64_t>(1000));
  View view = view_of(array);
  EXPECT_TRUE(holds_in_child([&] {
    int32_t rank;
    const bool forked = af_mmap_rank(array.get(), &rank, nullptr) == AF_FORKED;
    const bool readable = elements<int64_t>(view) == counting<int64_t>(1000);
    array.reset();
    view.reset();
    return forked && readable;
  }));
  EXPECT_EQ(elements<int64_t>(array), counting<int64_t>(1000)) << "closed by the child alone";
}

}  // namespace
