// What each thing costs in requests.
#include "atlas/atlas.h"
#include "file/story.h"
#include "stores/faults.h"

namespace af {
namespace {

class Requests : public testing::Test {
 protected:
  // Another store each time: nothing is known that an earlier one was told.
  std::shared_ptr<ObjectStore> store() const { return open_store_url(url_, ""); }
  Stack create() const { return Stack(ArrayFile::create(store(), "x.af", {})); }
  Stack open(const std::shared_ptr<ObjectStore>& store) const {
    FileOptions options;
    options.writable = true;
    return Stack(ArrayFile::open(store, "x.af", options));
  }
  Stack open() const { return open(store()); }

  void make(int sidecars) {
    Stack stack = create();
    stack.define<double>("first", {100});
    stack.write<double>("first", std::vector<double>(100, 1.0));
    stack->flush();
    stack->compact();
    for (int i = 0; i < sidecars; i++) {
      stack.write<double>("first", {i}, {1}, {i + 2.0});
      stack->flush();
    }
    faults_.forget();
  }

  Faults faults_;
  std::string url_ = new_remote_url();
};

TEST_F(Requests, OpeningACompactedFileIsOneJourney) {
  make(0);
  open();
  EXPECT_EQ(faults_.summary(), "1 GET, 1 LIST");
}

TEST_F(Requests, SidecarsComeInOneMoreWave) {
  make(5);
  Stack stack = open();
  EXPECT_EQ(faults_.summary(), "6 GET, 1 LIST");
  EXPECT_EQ(stack.read<double>("first", {0}, {6}), (std::vector<double>{2, 3, 4, 5, 6, 1}));
}

TEST_F(Requests, WhatLiesInTheTailIsReadWithoutAny) {
  make(0);
  Stack stack = open();
  faults_.forget();
  EXPECT_EQ(stack.read<double>("first", {0}, {1}), std::vector<double>{1});
  EXPECT_EQ(faults_.summary(), "nothing");
}

TEST_F(Requests, ReadingAnArrayIsOne) {
  std::vector<double> values(1 << 17);
  for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<double>(i * i % 1000003);
  {
    FileOptions options;
    options.codec = {"", 0};
    Stack stack(ArrayFile::create(store(), "x.af", options));
    stack.define<double>("large", {1 << 17}, {1 << 14});
    stack.write<double>("large", values);
    stack->flush();
    stack->compact();
  }
  Stack stack = open();
  faults_.forget();
  EXPECT_EQ(stack.read<double>("large"), values);
  EXPECT_EQ(faults_.summary(), "1 GET");
}

TEST_F(Requests, CommittingPutsTwiceAndGetsNothing) {
  Stack stack = create();
  stack.define<double>("first", {100}, {10});
  stack->flush();
  stack.write<double>("first", {50}, {1}, {9});
  faults_.forget();
  stack->flush();
  EXPECT_EQ(faults_.summary(), "1 DELETE, 1 HEAD, 3 LIST, 2 PUT");
}

TEST_F(Requests, AVariableOfManyDatasetsComesInFewLongRanges) {
  constexpr int64_t kDatasets = 5000, kValues = 1000;
  std::vector<int32_t> values(kValues * kDatasets);
  for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<int32_t>(i * 7919);
  {
    AtlasOptions options;
    options.codec = {"", 0};
    auto atlas = Atlas::create(store(), "atlas", options);
    for (int64_t i = 0; i < kDatasets; i++) {
      auto dataset = atlas->create_dataset(std::to_string(i));
      dataset->define("temp", array_of(type_of<int32_t>(), {kValues}));
      dataset->write(
          "temp", {}, {},
          {std::as_bytes(std::span(values).subspan(static_cast<size_t>(i * kValues), kValues)), {}});
    }
    atlas->flush();
  }
  AtlasOptions uncached;
  uncached.stacks.cache_size = 0;
  auto atlas = Atlas::open(store(), "atlas", uncached);
  std::vector<int32_t> found(values.size());
  std::vector<int64_t> offsets(kDatasets + 1);
  auto read = [&] {
    atlas->read_ragged("temp", {}, {}, std::as_writable_bytes(std::span(found)), offsets, nullptr);
  };
  read();  // the metadata, too
  EXPECT_TRUE(found == values);
  faults_.forget();
  read();
  // 20,000,000 bytes of 8 MiB each.
  EXPECT_EQ(faults_.summary(), "3 GET");
}

}  // namespace
}  // namespace af
