// Containers written by the reference: what is read from them, and what is refused.
#include "atlas/container.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "atlas/container_writer.h"
#include "container_source.h"
#include "store_dump.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

namespace af {
namespace {

namespace fs = std::filesystem;

const fs::path kGoldens = fs::path(AF_GOLDEN) / "atlas";

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<Container> open_in(const fs::path& folder) {
  return Container::open(open_local_store(folder.string(), Durability::kNone), "", {});
}

std::string dump_of(const fs::path& golden) { return bytes_of(golden.string() + ".dump.json"); }

// Those that the reference can open, or those that it cannot.
std::vector<fs::path> goldens(bool sound) {
  std::vector<fs::path> found;
  for (const char* version : {"v0_16", "v0_17"})
    for (const auto& entry : fs::directory_iterator(kGoldens / version))
      if (entry.is_directory() &&
          sound == (dump_of(entry.path()).find("\"open_error\"") == std::string::npos))
        found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

std::string golden_name(const testing::TestParamInfo<fs::path>& info) {
  return info.param.parent_path().filename().string() + "_" + info.param.filename().string();
}

class GoldenContainer : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenContainer, ReadsAsTheReferenceReadsIt) {
  EXPECT_EQ(comparable(*open_in(GetParam())), comparable(read_json(dump_of(GetParam()))));
}

INSTANTIATE_TEST_SUITE_P(All, GoldenContainer, testing::ValuesIn(goldens(true)), golden_name);

class UnsoundContainer : public testing::TestWithParam<fs::path> {};

TEST_P(UnsoundContainer, IsRefused) { EXPECT_THROW(open_in(GetParam()), Error); }

INSTANTIATE_TEST_SUITE_P(All, UnsoundContainer, testing::ValuesIn(goldens(false)), golden_name);

// ---------------------------------------------------------------- writing

// Without ordinals: those of deleted datasets are given to others.
std::string without_ordinals(std::string text) {
  constexpr std::string_view kOrdinal = ", \"ordinal\": ";
  for (size_t at; (at = text.find(kOrdinal)) != std::string::npos;) text.erase(at, text.find('}', at) - at);
  return text;
}

std::shared_ptr<Container> written_again(std::shared_ptr<const Container> container,
                                         const FileOptions& options) {
  auto store = create_memory_store();
  write_container(*store, "copy/", ContainerAsSource(std::move(container)), options);
  return Container::open(store, "copy/", {});
}

class WritableContainer : public testing::TestWithParam<fs::path> {};

TEST_P(WritableContainer, IsWrittenAgainWithAllItHolds) {
  std::string dump = dump_of(GetParam());
  std::shared_ptr<Container> golden = open_in(GetParam());
  if (golden->format() == 1 && dump.find("TimestampNanoseconds") != std::string::npos) {
    expect_error(
        Status::kUnsupported, [&] { written_again(golden, {}); }, "attribute 'when'");
    return;
  }
  for (const char* codec : {"zstd", "lz4", ""}) {
    FileOptions options;
    options.codec = {codec};
    options.block_size = 64;
    EXPECT_EQ(without_ordinals(comparable(*written_again(golden, options))),
              without_ordinals(comparable(*golden)));
  }
}

INSTANTIATE_TEST_SUITE_P(All, WritableContainer, testing::ValuesIn(goldens(true)), golden_name);

// ---------------------------------------------------------------- deleting

class Deleting : public testing::Test {
 protected:
  Deleting() {
    fs::copy(kGoldens / "v0_17" / "many", folder_.path(), fs::copy_options::recursive);
    store_ = open_local_store(folder_.path(), Durability::kNone);
  }
  std::shared_ptr<Container> open() { return Container::open(store_, "", {}); }
  static std::vector<size_t> live(const Container& container) {
    std::vector<size_t> rows;
    for (size_t row = 0; row < container.datasets().size(); row++)
      if (!container.datasets().deleted(row)) rows.push_back(row);
    return rows;
  }

  TempFolder folder_;
  std::shared_ptr<ObjectStore> store_;
};

TEST_F(Deleting, IsSeenByThisHandleAndByLaterOnes) {
  std::shared_ptr<Container> container = open();
  std::vector<size_t> before = live(*container);
  ASSERT_GT(before.size(), 4u);
  container->erase(std::vector<size_t>{before[3], before[1]});
  std::vector<size_t> expected = before;
  expected.erase(expected.begin() + 3);
  expected.erase(expected.begin() + 1);
  EXPECT_EQ(live(*container), expected);
  EXPECT_EQ(live(*open()), expected);
  container->erase(std::vector<size_t>{before[1]});
  EXPECT_EQ(live(*open()), expected);
  EXPECT_EQ(folder_.names(), (std::set<std::string>{"data.atlas", "deleted.mask"}));
}

TEST_F(Deleting, KeepsWhatOthersDeletedMeanwhile) {
  std::shared_ptr<Container> first = open(), second = open();
  first->erase(std::vector<size_t>{0});
  second->erase(std::vector<size_t>{2});
  EXPECT_TRUE(second->datasets().deleted(0));
  EXPECT_FALSE(first->datasets().deleted(2));
  EXPECT_TRUE(first->refresh());
  EXPECT_TRUE(first->datasets().deleted(2));
  EXPECT_FALSE(first->refresh());
}

TEST_F(Deleting, IsRefusedWhenTheContainerWasReplaced) {
  std::shared_ptr<Container> container = open();
  FileOptions options;
  options.replace = true;
  write_container(*store_, "", ContainerAsSource(open()), options);
  expect_error(
      Status::kStale, [&] { container->erase(std::vector<size_t>{0}); }, "was replaced");
  EXPECT_TRUE(container->refresh());
  container->erase(std::vector<size_t>{0});
  EXPECT_TRUE(open()->datasets().deleted(0));
}

TEST_F(Deleting, EndsWithTheContainer) {
  std::shared_ptr<Container> container = open();
  container->erase(std::vector<size_t>{0, 1});
  size_t left = container->datasets().live_count();
  FileOptions options;
  options.replace = true;
  write_container(*store_, "", ContainerAsSource(container), options);
  EXPECT_EQ(open()->datasets().size(), left);
  EXPECT_EQ(open()->datasets().live_count(), left);
}

TEST_F(Deleting, WritingNeverBuriesAStore) {
  std::shared_ptr<Container> container = open();
  expect_error(Status::kAlreadyExists,
               [&] { write_container(*store_, "", ContainerAsSource(container), {}); });
  auto other = create_memory_store();
  other->put("s/atlas.json", as_bytes("{}"), Condition::always());
  FileOptions options;
  options.replace = true;
  expect_error(
      Status::kAlreadyExists, [&] { write_container(*other, "s/", ContainerAsSource(container), options); },
      "atlas.json");
}

}  // namespace
}  // namespace af
