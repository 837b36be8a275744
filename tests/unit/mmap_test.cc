#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <functional>
#include <thread>

#include "mmap/mapped_array.h"
#include "support/mmap_files.h"

namespace {

using af::Extents;
using af::MapMode;
using af::MappedArray;
using af::MmapLayout;
using af::Status;
using af::TypeId;
using mmap_files::bytes_of;
using mmap_files::counting;
using mmap_files::Folder;

using Array = std::shared_ptr<MappedArray>;
using Numbers = std::vector<int64_t>;

// Memory as the calls want it: of one number, or of all in a vector.
template <typename T>
af::ByteView bytes_in(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}
template <typename T>
af::ByteView bytes_in(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}
template <typename T>
af::MutableBytes room_in(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}
template <typename T>
af::MutableBytes room_in(std::vector<T>& values) {
  return std::as_writable_bytes(std::span(values));
}

MmapLayout layout_of(TypeId dtype, const Numbers& shape) { return {dtype, shape}; }

template <typename T>
Array create_from(const std::string& path, TypeId dtype, const Numbers& shape, const std::vector<T>& values,
                  const Numbers& strides = {}, const af::MmapCreateOptions& options = {}) {
  const MmapLayout layout = layout_of(dtype, shape);
  const auto memory = bytes_in(values);
  return MappedArray::create(
      path, layout, af::strided_box(layout.shape(), layout.element_size(), strides, memory), options);
}

Array create_doubles(const std::string& path, const Numbers& shape) {
  return create_from(path, TypeId::kFloat64, shape,
                     counting<double>(static_cast<size_t>(af::element_count(Extents(shape)))));
}

template <typename T>
std::vector<T> elements(const Array& array) {
  std::vector<T> values(static_cast<size_t>(array->layout().element_count()));
  if (!values.empty()) std::memcpy(values.data(), array->data(), values.size() * sizeof(T));
  return values;
}

Status status_of(const std::function<void()>& call) {
  try {
    call();
    return Status::kOk;
  } catch (const af::Error& error) {
    return error.status();
  }
}

Status status_of_open(const std::string& path, const af::MmapOpenOptions& options = {}) {
  return status_of([&] { MappedArray::open(path, options); });
}

// Runs in a child process and answers whether it held.
bool holds_in_child(const std::function<bool()>& condition) {
  const pid_t child = fork();
  if (child == 0) _exit(condition() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// -- creating

TEST(MappedArray, KeepsWhatItWasCreatedWith) {
  Folder folder;
  create_doubles(folder / "a.mmap", {3, 4});
  const auto array = MappedArray::open(folder / "a.mmap", {.check = af::HeaderCheck::kExact});
  EXPECT_EQ(array->layout().shape(), Extents(Numbers{3, 4}));
  EXPECT_EQ(array->strides(), Extents(Numbers{32, 8}));
  EXPECT_EQ(elements<double>(array), counting<double>(12));
  EXPECT_EQ(bytes_of(folder / "a.mmap").size(), 64 + 12 * 8u);
}

TEST(MappedArray, HasElementsAlignedTo64Bytes) {
  Folder folder;
  const auto array = create_doubles(folder / "a.mmap", {3});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array->data()) % 64, 0u);
}

TEST(MappedArray, OfEveryRankHoldsItsElements) {
  Folder folder;
  Numbers shape;
  for (int rank = 0; rank <= 6; rank++) {
    const std::string path = folder / std::to_string(rank);
    const auto created = create_doubles(path, shape);
    EXPECT_EQ(elements<double>(MappedArray::open(path, {})), elements<double>(created)) << "rank " << rank;
    shape.push_back(rank % 3 + 1);
  }
}

TEST(MappedArray, WithAnAxisOfLengthZeroIsEmpty) {
  Folder folder;
  for (const Numbers& shape : {Numbers{0}, Numbers{3, 0}, Numbers{0, 3}, Numbers{2, 0, 5}}) {
    const std::string path =
        folder / ("of_rank_" + std::to_string(shape.size()) + "_" + std::to_string(shape[0]));
    create_doubles(path, shape);
    const auto array = MappedArray::open(path, {.mode = MapMode::kReadWrite});
    EXPECT_EQ(array->layout().element_count(), 0);
    array->read({}, {}, {}, {});
    array->write({}, {}, {}, {});
    array->flush();
    array->flush_range(0, 0, af::FlushWait::kUntilOnDisk);
    array->advise(af::Advice::kWillNeed, 0, 0);
  }
}

TEST(MappedArray, IsWrittenInCOrderWhateverTheStrides) {
  Folder folder;
  const auto memory = counting<int32_t>(12);
  const auto written = [&](const char* name, const Numbers& shape, const Numbers& strides) {
    return elements<int32_t>(create_from(folder / name, TypeId::kInt32, shape, memory, strides));
  };
  using Values = std::vector<int32_t>;
  EXPECT_EQ(written("transposed", {4, 3}, {4, 16}), (Values{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
  EXPECT_EQ(written("reversed", {12}, {-4}), (Values{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(written("upside_down", {3, 4}, {-16, 4}), (Values{8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3}));
  EXPECT_EQ(written("every_other", {6}, {8}), (Values{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(written("repeated", {2, 3}, {0, 4}), (Values{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(written("one_everywhere", {2, 2}, {0, 0}), (Values{0, 0, 0, 0}));
}

// More than the piece that is gathered at a time, along an outer axis, an inner one, and with rows longer
// than the piece.
TEST(MappedArray, IsGatheredInPiecesWithoutLosingOrder) {
  Folder folder;
  struct Case {
    int64_t rows, columns;
  };
  for (const auto& [rows, columns] : {Case{700, 900}, Case{3, 400'000}, Case{400'000, 3}, Case{1, 600'001}}) {
    // Columns of the file are rows of memory.
    const auto memory = counting<int32_t>(static_cast<size_t>(rows * columns));
    const auto array = create_from(folder / "a.mmap", TypeId::kInt32, {rows, columns}, memory, {4, 4 * rows},
                                   {.replace = true, .durable = false});
    const auto values = elements<int32_t>(array);
    for (int64_t row = 0; row < rows; row++)
      for (int64_t column = 0; column < columns; column++)
        ASSERT_EQ(values[static_cast<size_t>(row * columns + column)], column * rows + row);
  }
}

TEST(MappedArray, OfZerosTakesNoSpaceBeforeItIsWritten) {
  Folder folder;
  constexpr int64_t kGibibyte = 1 << 30;
  const auto array = MappedArray::create(folder / "a.mmap", layout_of(TypeId::kFloat64, {kGibibyte}), {});
  struct stat file;
  ASSERT_EQ(stat((folder / "a.mmap").c_str(), &file), 0);
  EXPECT_EQ(file.st_size, 64 + 8 * kGibibyte);
  EXPECT_LT(file.st_blocks * 512, 1 << 20);
  double last = 1;
  array->read(Numbers{kGibibyte - 1}, Numbers{1}, {}, room_in(last));
  EXPECT_EQ(last, 0);
}

TEST(MappedArray, ReservesItsSpaceWhenAsked) {
  Folder folder;
  MappedArray::create(folder / "a.mmap", layout_of(TypeId::kFloat64, {1 << 17}), {.reserve = true});
  struct stat file;
  ASSERT_EQ(stat((folder / "a.mmap").c_str(), &file), 0);
  EXPECT_GE(file.st_blocks * 512, 1 << 20);
}

TEST(MappedArray, BuriesNoFileUnlessAsked) {
  Folder folder;
  const auto first = create_doubles(folder / "a.mmap", {2});
  EXPECT_EQ(status_of([&] { create_doubles(folder / "a.mmap", {3}); }), Status::kAlreadyExists);
  EXPECT_EQ(MappedArray::open(folder / "a.mmap", {})->layout().element_count(), 2);

  create_from(folder / "a.mmap", TypeId::kInt32, {3}, counting<int32_t>(3, 7), {}, {.replace = true});
  EXPECT_EQ(elements<int32_t>(MappedArray::open(folder / "a.mmap", {})), (std::vector<int32_t>{7, 8, 9}));
  EXPECT_EQ(elements<double>(first), (std::vector<double>{0, 1})) << "a handle keeps the file it opened";
  EXPECT_EQ(folder.names().size(), 1u);
}

TEST(MappedArray, IsNotCreatedWhereNoFileCanBe) {
  Folder folder;
  std::filesystem::create_directory(folder / "sub");
  mkfifo((folder / "pipe").c_str(), 0600);
  const auto status_of_creating = [&](const std::string& name, bool replace) {
    return status_of(
        [&] { MappedArray::create(folder / name, layout_of(TypeId::kInt32, {1}), {.replace = replace}); });
  };
  EXPECT_EQ(status_of_creating("missing/a.mmap", false), Status::kNotFound);
  EXPECT_EQ(status_of_creating("sub", false), Status::kAlreadyExists);
  EXPECT_EQ(status_of_creating("sub", true), Status::kInvalidName);
  EXPECT_EQ(status_of_creating("pipe", true), Status::kInvalidName);
  EXPECT_EQ(status_of_creating("sub/", true), Status::kInvalidName);
  EXPECT_EQ(status_of_creating("sub/..", true), Status::kInvalidName);
  EXPECT_EQ(status_of_creating(std::string(300, 'x'), false), Status::kInvalidName);
  EXPECT_EQ(folder.names().size(), 2u);
}

TEST(MappedArray, ThatCannotBeCompletedLeavesNothingBehind) {
  Folder folder;
  const auto failing = [](MappedArray&) { af::fail(Status::kCancelled, "no more"); };
  EXPECT_EQ(
      status_of([&] { MappedArray::create(folder / "a.mmap", layout_of(TypeId::kInt32, {5}), failing, {}); }),
      Status::kCancelled);
  EXPECT_EQ(folder.names().size(), 0u);
}

TEST(MappedArray, LargerThanAFileMayBeIsALimit) {
  Folder folder;
  EXPECT_EQ(status_of([&] {
              MappedArray::create(folder / "a.mmap", layout_of(TypeId::kInt64, {int64_t{1} << 59}), {});
            }),
            Status::kLimitExceeded);
  EXPECT_EQ(folder.names().size(), 0u);
  // The same from a limit on the process, which without care would end it by a signal.
  EXPECT_TRUE(holds_in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    return status_of([&] { create_doubles(folder / "a.mmap", {1000}); }) == Status::kLimitExceeded &&
           folder.names().empty();
  }));
}

TEST(MappedArray, AppearsWhole) {
  Folder folder;
  const std::string path = folder / "a.mmap";
  const auto look = [&](MappedArray& array) {
    EXPECT_FALSE(std::filesystem::exists(path));
    array.write({}, {}, {}, bytes_in(counting<int32_t>(4)));
  };
  const auto array = MappedArray::create(path, layout_of(TypeId::kInt32, {4}), look, {});
  EXPECT_EQ(elements<int32_t>(MappedArray::open(path, {})), counting<int32_t>(4));
}

TEST(MappedArray, DoesNotBuryAFileThatAppearedMeanwhile) {
  Folder folder;
  const auto intrude = [&](MappedArray&) { create_doubles(folder / "a.mmap", {2}); };
  EXPECT_EQ(
      status_of([&] { MappedArray::create(folder / "a.mmap", layout_of(TypeId::kInt32, {5}), intrude, {}); }),
      Status::kAlreadyExists);
  EXPECT_EQ(elements<double>(MappedArray::open(folder / "a.mmap", {})), counting<double>(2));
  EXPECT_EQ(folder.names().size(), 1u);
}

// -- opening

TEST(MappedArray, IsNotOpenedFromWhatIsNoFile) {
  Folder folder;
  mkfifo((folder / "pipe").c_str(), 0600);
  std::filesystem::create_symlink("loop", folder / "loop");
  for (MapMode mode : {MapMode::kReadOnly, MapMode::kReadWrite, MapMode::kCopyOnWrite}) {
    EXPECT_EQ(status_of_open(folder.path(), {.mode = mode}), Status::kInvalidName);
    EXPECT_EQ(status_of_open(folder / "pipe", {.mode = mode}), Status::kInvalidName);
    EXPECT_EQ(status_of_open("/dev/null", {.mode = mode}), Status::kInvalidName);
    EXPECT_EQ(status_of_open(folder / "missing", {.mode = mode}), Status::kNotFound);
    EXPECT_EQ(status_of_open(folder / "pipe/a.mmap", {.mode = mode}), Status::kNotFound);
    EXPECT_EQ(status_of_open("", {.mode = mode}), Status::kNotFound);
    EXPECT_EQ(status_of_open(folder / "loop", {.mode = mode}), Status::kIo);
  }
}

TEST(MappedArray, NeedsThePermissionThatItsModeUses) {
  Folder folder;
  create_doubles(folder / "read_me", {2});
  create_doubles(folder / "keep_out", {2});
  chmod((folder / "read_me").c_str(), 0444);
  chmod((folder / "keep_out").c_str(), 0);
  chmod(folder.path().c_str(), 0755);
  EXPECT_TRUE(holds_in_child([&] {
    // To root nothing is forbidden.
    if (geteuid() == 0 && setuid(65534) != 0) return false;
    return status_of_open(folder / "read_me", {.mode = MapMode::kReadOnly}) == Status::kOk &&
           status_of_open(folder / "read_me", {.mode = MapMode::kCopyOnWrite}) == Status::kOk &&
           status_of_open(folder / "read_me", {.mode = MapMode::kReadWrite}) == Status::kPermissionDenied &&
           status_of_open(folder / "keep_out", {.mode = MapMode::kReadOnly}) == Status::kPermissionDenied;
  }));
  chmod(folder.path().c_str(), 0555);
  EXPECT_TRUE(holds_in_child([&] {
    if (geteuid() == 0 && setuid(65534) != 0) return false;
    return status_of([&] { create_doubles(folder / "new", {2}); }) == Status::kPermissionDenied;
  }));
  chmod(folder.path().c_str(), 0755);
}

TEST(MappedArray, ThatIsDamagedSaysWhatAndWhere) {
  Folder folder;
  mmap_files::write_bytes(folder / "a.mmap", mmap_files::Bytes(64));
  try {
    MappedArray::open(folder / "a.mmap", {});
    FAIL() << "it was opened";
  } catch (const af::Error& error) {
    EXPECT_EQ(error.status(), Status::kCorrupt);
    EXPECT_EQ(error.message(),
              "mapped array '" + (folder / "a.mmap") + "': the file does not begin with MMAP");
  }
}

// -- modes

TEST(MappedArray, OpenedReadOnlyRefusesToBeChanged) {
  Folder folder;
  create_doubles(folder / "a.mmap", {2});
  const auto array = MappedArray::open(folder / "a.mmap", {});
  const double value = 5;
  EXPECT_EQ(status_of([&] { array->mutable_data(); }), Status::kReadOnly);
  EXPECT_EQ(status_of([&] { array->write(Numbers{0}, Numbers{1}, {}, bytes_in(value)); }), Status::kReadOnly);
  array->flush();
  array->flush_range(0, 16, af::FlushWait::kNo);
}

void put(const Array& array, size_t i, double value) {
  std::memcpy(array->mutable_data() + 8 * i, &value, 8);
}

TEST(MappedArray, OpenedReadWriteChangesTheFileAndEveryoneSeesIt) {
  Folder folder;
  create_doubles(folder / "a.mmap", {3});
  const auto reader = MappedArray::open(folder / "a.mmap", {});
  const auto writer = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kReadWrite});
  put(writer, 1, 42);
  EXPECT_EQ(elements<double>(reader), (std::vector<double>{0, 42, 2}));
  double in_file;
  std::memcpy(&in_file, bytes_of(folder / "a.mmap").data() + 72, 8);
  EXPECT_EQ(in_file, 42);
}

TEST(MappedArray, OpenedCopyOnWriteChangesNothingButItself) {
  Folder folder;
  create_doubles(folder / "a.mmap", {1000});
  const auto before = bytes_of(folder / "a.mmap");
  const auto first = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kCopyOnWrite});
  const auto second = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kCopyOnWrite});
  put(first, 1, 42);
  put(second, 1, 43);
  first->flush();
  EXPECT_EQ(elements<double>(first)[1], 42);
  EXPECT_EQ(elements<double>(second)[1], 43);
  EXPECT_EQ(elements<double>(MappedArray::open(folder / "a.mmap", {}))[1], 1);
  EXPECT_EQ(bytes_of(folder / "a.mmap"), before);
  EXPECT_TRUE(holds_in_child([&] {
    put(first, 1, 44);
    return bytes_of(folder / "a.mmap") == before && elements<double>(second)[1] == 43;
  }));
  EXPECT_EQ(elements<double>(first)[1], 42) << "a child's changes are the child's";
}

TEST(MappedArray, OpenedCopyOnWriteReadsBackItsOwnChanges) {
  Folder folder;
  create_doubles(folder / "a.mmap", {3});
  const auto array = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kCopyOnWrite});
  std::vector<double> seen(3);
  array->read({}, {}, {}, room_in(seen));
  EXPECT_EQ(seen, counting<double>(3));
  array->write(Numbers{1}, Numbers{1}, {}, bytes_in(42.0));
  array->read({}, {}, {}, room_in(seen));
  EXPECT_EQ(seen, (std::vector<double>{0, 42, 2}));
  EXPECT_EQ(elements<double>(array), seen);
}

TEST(MappedArray, OpenedCopyOnWriteForgetsNothingOnAdvice) {
  Folder folder;
  create_doubles(folder / "a.mmap", {1000});
  const auto array = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kCopyOnWrite});
  put(array, 1, 42);
  array->advise(af::Advice::kDontNeed, 0, 8000);
  EXPECT_EQ(elements<double>(array)[1], 42);
}

// -- regions

TEST(MappedArray, ReadsAndWritesRegionsOfAnyStrides) {
  Folder folder;
  const auto array = create_from(folder / "a.mmap", TypeId::kInt32, {3, 4}, counting<int32_t>(12));
  std::vector<int32_t> out(4, -1);
  array->read(Numbers{1, 1}, Numbers{2, 2}, {}, room_in(out));
  EXPECT_EQ(out, (std::vector<int32_t>{5, 6, 9, 10}));
  array->read(Numbers{1, 1}, Numbers{2, 2}, Numbers{4, -8}, room_in(out));
  EXPECT_EQ(out, (std::vector<int32_t>{6, 10, 5, 9}));

  const std::vector<int32_t> in{100, 101};
  array->write(Numbers{0, 3}, Numbers{2, 1}, Numbers{4, 0}, bytes_in(in));
  EXPECT_EQ(elements<int32_t>(array), (std::vector<int32_t>{0, 1, 2, 100, 4, 5, 6, 101, 8, 9, 10, 11}));
}

TEST(MappedArray, RefusesRegionsOutsideItself) {
  Folder folder;
  const auto array = create_from(folder / "a.mmap", TypeId::kInt32, {3, 4}, counting<int32_t>(12));
  std::vector<int32_t> out(12);
  const auto reading = [&](const Numbers& start, const Numbers& shape, size_t length) {
    return status_of([&] { array->read(start, shape, {}, room_in(out).first(length)); });
  };
  EXPECT_EQ(reading({}, {}, 48), Status::kOk);
  EXPECT_EQ(reading({}, {}, 47), Status::kInvalidArgument);
  EXPECT_EQ(reading({3, 4}, {0, 0}, 0), Status::kOk);
  EXPECT_EQ(reading({3, 0}, {1, 1}, 48), Status::kOutOfBounds);
  EXPECT_EQ(reading({0, 0}, {3, 5}, 48), Status::kOutOfBounds);
  EXPECT_EQ(reading({1, 0}, {INT64_MAX, 1}, 48), Status::kOutOfBounds);
  EXPECT_EQ(reading({-1, 0}, {1, 1}, 48), Status::kInvalidArgument);
  EXPECT_EQ(reading({0}, {1}, 48), Status::kInvalidArgument);
}

TEST(MappedArray, FlushesAndAdvisesWithinItsBytes) {
  Folder folder;
  const auto array = create_doubles(folder / "a.mmap", {3, 1000});
  constexpr int64_t kBytes = 24'000;
  for (auto wait : {af::FlushWait::kUntilOnDisk, af::FlushWait::kNo}) {
    const auto flushing = [&](int64_t offset, int64_t length) {
      return status_of([&] { array->flush_range(offset, length, wait); });
    };
    EXPECT_EQ(flushing(0, kBytes), Status::kOk);
    EXPECT_EQ(flushing(kBytes - 1, 1), Status::kOk);
    EXPECT_EQ(flushing(5000, 7), Status::kOk);
    EXPECT_EQ(flushing(kBytes, 0), Status::kOk);
    EXPECT_EQ(flushing(kBytes, 1), Status::kOutOfBounds);
    EXPECT_EQ(flushing(1, INT64_MAX), Status::kOutOfBounds);
    EXPECT_EQ(flushing(-1, 1), Status::kInvalidArgument);
    EXPECT_EQ(flushing(0, -1), Status::kInvalidArgument);
  }
  for (int advice = 0; advice <= static_cast<int>(af::Advice::kDontNeed); advice++)
    array->advise(static_cast<af::Advice>(advice), 4096, 9000);
  EXPECT_EQ(status_of([&] { array->advise(af::Advice::kNormal, 0, kBytes + 1); }), Status::kOutOfBounds);
  EXPECT_EQ(elements<double>(array), counting<double>(3000)) << "advice changes nothing";
}

// Rows go by a system call, columns through memory: both are the same file.
TEST(MappedArray, ShowsRowsAndColumnsTheSame) {
  Folder folder;
  const auto array = create_from(folder / "a.mmap", TypeId::kInt32, {3, 3}, counting<int32_t>(9));
  const std::vector<int32_t> tens{10, 20, 30}, hundreds{100, 200, 300};
  std::vector<int32_t> row(3), column(3);
  array->write(Numbers{1, 0}, Numbers{1, 3}, {}, bytes_in(tens));
  array->read(Numbers{0, 1}, Numbers{3, 1}, {}, room_in(column));
  EXPECT_EQ(column, (std::vector<int32_t>{1, 20, 7}));
  array->write(Numbers{0, 2}, Numbers{3, 1}, {}, bytes_in(hundreds));
  array->read(Numbers{1, 0}, Numbers{1, 3}, {}, room_in(row));
  EXPECT_EQ(row, (std::vector<int32_t>{10, 20, 200}));
}

// -- files that change under it

TEST(MappedArray, TruncatedAfterItWasOpenedIsReportedBeforeItIsTouched) {
  Folder folder;
  for (MapMode mode : {MapMode::kReadOnly, MapMode::kReadWrite, MapMode::kCopyOnWrite}) {
    create_from(folder / "a.mmap", TypeId::kFloat64, {10'000}, counting<double>(10'000), {},
                {.replace = true});
    const auto array = MappedArray::open(folder / "a.mmap", {.mode = mode});
    double value = 0;
    const auto bytes = room_in(value);
    std::filesystem::resize_file(folder / "a.mmap", 64 + 8 * 9'999);
    EXPECT_EQ(status_of([&] { array->data(); }), Status::kCorrupt);
    EXPECT_EQ(status_of([&] { array->read(Numbers{0}, Numbers{1}, {}, bytes); }), Status::kCorrupt);
    EXPECT_EQ(status_of([&] { array->flush(); }), Status::kCorrupt);
    EXPECT_EQ(status_of([&] { array->flush_range(0, 8, af::FlushWait::kNo); }), Status::kCorrupt);
    if (mode != MapMode::kReadOnly) {
      EXPECT_EQ(status_of([&] { array->mutable_data(); }), Status::kCorrupt);
      EXPECT_EQ(status_of([&] { array->write(Numbers{0}, Numbers{1}, {}, bytes); }), Status::kCorrupt);
    }
    // Grown again it is whole, if not what it was.
    std::filesystem::resize_file(folder / "a.mmap", 64 + 8 * 10'000);
    array->read(Numbers{0}, Numbers{1}, {}, bytes);
  }
}

TEST(MappedArray, DoesNotMindAFileThatGrows) {
  Folder folder;
  const auto array = create_doubles(folder / "a.mmap", {3});
  std::filesystem::resize_file(folder / "a.mmap", 1 << 20);
  EXPECT_EQ(elements<double>(array), counting<double>(3));
}

// -- locks

constexpr af::MmapOpenOptions kWriter{.mode = MapMode::kReadWrite, .lock = true};
constexpr af::MmapOpenOptions kReader{.mode = MapMode::kReadOnly, .lock = true};

TEST(MappedArrayLock, KeepsASecondWriterOut) {
  Folder folder;
  create_doubles(folder / "a.mmap", {3});
  auto writer = MappedArray::open(folder / "a.mmap", kWriter);
  EXPECT_EQ(status_of_open(folder / "a.mmap", kWriter), Status::kConflict);
  EXPECT_EQ(status_of_open(folder / "a.mmap", kReader), Status::kConflict);
  EXPECT_EQ(status_of_open(folder / "a.mmap", {.mode = MapMode::kReadWrite}), Status::kOk)
      << "who does not ask";
  EXPECT_TRUE(
      holds_in_child([&] { return status_of_open(folder / "a.mmap", kWriter) == Status::kConflict; }));
  writer.reset();
  EXPECT_EQ(status_of_open(folder / "a.mmap", kWriter), Status::kOk);
}

TEST(MappedArrayLock, IsSharedByReaders) {
  Folder folder;
  create_doubles(folder / "a.mmap", {3});
  const auto first = MappedArray::open(folder / "a.mmap", kReader);
  const auto second = MappedArray::open(folder / "a.mmap", kReader);
  EXPECT_EQ(status_of_open(folder / "a.mmap", kWriter), Status::kConflict);
}

TEST(MappedArrayLock, IsThereFromTheBeginningOfANewFile) {
  Folder folder;
  const auto zeros = [&](bool replace) {
    return MappedArray::create(folder / "a.mmap", layout_of(TypeId::kInt32, {2}),
                               {.replace = replace, .lock = true});
  };
  auto writer = zeros(false);
  EXPECT_EQ(status_of_open(folder / "a.mmap", kWriter), Status::kConflict);
  EXPECT_EQ(status_of([&] { zeros(true); }), Status::kConflict) << "a locked file is not replaced";
  EXPECT_EQ(folder.names().size(), 1u);
  writer.reset();
  writer = zeros(true);
  EXPECT_EQ(status_of_open(folder / "a.mmap", kWriter), Status::kConflict);
}

// -- threads and processes

TEST(MappedArray, IsReadByEightThreadsAtOnce) {
  Folder folder;
  const auto array = create_doubles(folder / "a.mmap", {100, 100});
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; t++)
    threads.emplace_back([&, t] {
      std::vector<double> row(100);
      for (int64_t round = 0; round < 200; round++) {
        const int64_t i = (round * 7 + t) % 100;
        array->read(Numbers{i, 0}, Numbers{1, 100}, {}, room_in(row));
        ASSERT_EQ(row, counting<double>(100, static_cast<double>(i) * 100));
      }
    });
  for (auto& thread : threads) thread.join();
}

// A column: its elements are copied one by one.
TEST(MappedArray, ShowsReadersNoWriteHalfDone) {
  Folder folder;
  constexpr int64_t kRows = 4096;
  const auto array =
      create_from(folder / "a.mmap", TypeId::kInt64, {kRows, 2}, std::vector<int64_t>(2 * kRows));
  const Numbers start{0, 1}, shape{kRows, 1};
  std::atomic<int> reading = 3;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; t++)
    readers.emplace_back([&] {
      std::vector<int64_t> seen(kRows);
      for (int round = 0; round < 200; round++) {
        array->read(start, shape, {}, room_in(seen));
        EXPECT_EQ(seen, std::vector<int64_t>(kRows, seen[0]));
        std::this_thread::yield();
      }
      reading--;
    });
  for (int64_t round = 1; reading > 0; round++)
    array->write(start, shape, {}, bytes_in(std::vector<int64_t>(kRows, round)));
  for (auto& reader : readers) reader.join();
}

TEST(MappedArray, IsSharedByTwoProcesses) {
  Folder folder;
  create_from(folder / "a.mmap", TypeId::kInt64, {4096}, std::vector<int64_t>(4096));
  const auto ours = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kReadWrite});
  const int64_t mine = 1, theirs = 2;
  ours->write(Numbers{0}, Numbers{1}, {}, bytes_in(mine));
  EXPECT_TRUE(holds_in_child([&] {
    const auto array = MappedArray::open(folder / "a.mmap", {.mode = MapMode::kReadWrite});
    array->write(Numbers{4095}, Numbers{1}, {}, bytes_in(theirs));
    return elements<int64_t>(array)[0] == 1;
  }));
  EXPECT_EQ(elements<int64_t>(ours)[4095], 2);
}

}  // namespace
