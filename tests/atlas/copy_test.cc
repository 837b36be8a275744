// Copies of stores, of every generation; that all goldens are copied with all they hold is checked in
// tests/golden/check.
#include <cmath>

#include "tale.h"

namespace af {
namespace {

using Failure = FailingStore::Failure;

class ACopy : public testing::TestWithParam<int> {
 protected:
  ACopy() : store_(create_memory_store()), failing_(std::make_shared<FailingStore>(store_)) {
    Collection made(Atlas::create(failing_, "w", to_write()));
    for (int32_t i : {3, 1, 2}) {
      Member dataset = made.create(text_of("d", i));
      dataset.put<int32_t>("temp", {i, i * 10}, filled_with(int64_t{-1}));
      dataset.put<double>(i == 1 ? "ü ñ%" : "salt", {i + 0.5});
      dataset->set_attribute("month", number(int64_t{i}));
    }
    made->flush();
    made->delete_dataset("d1");
    made->flush();
  }

  AtlasOptions as_chosen() const {
    AtlasOptions options = to_write();
    options.generation = GetParam();
    return options;
  }
  Collection source() const { return Collection(Atlas::open(failing_, "w", to_write())); }
  Collection copy() const { return Collection(Atlas::open(store_, "c", {})); }
  Texts keys_of_copy() const {
    Texts keys;
    for (const char* folder : {"c/", "c/temp/", "c/salt/", "c/_global/"})
      for (const ObjectInfo& info : store_->list(folder, 100)) keys.push_back(info.key);
    return keys;
  }

  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<FailingStore> failing_;
};
INSTANTIATE_TEST_SUITE_P(Told, ACopy, testing::Values(1, 2, 3, kContainerGeneration),
                         [](const auto& info) { return text_of("generation_", info.param); });

TEST_P(ACopy, HoldsWhatTheHandleShowsWithoutWhatWasDeleted) {
  Collection from = source();
  from.open("d3").write<int32_t>("temp", {7, -1});
  from.create("new").put<int32_t>("temp", {5});
  from->copy_to(store_, "c", as_chosen());
  Collection to = copy();
  EXPECT_EQ(to.datasets(), (Texts{"d3", "d2", "new"}));
  EXPECT_EQ(to.contents(), from.contents());
  EXPECT_EQ(to.open("d3")->stats("temp").stats->null_count, 1u);
  EXPECT_EQ(to.open("d3")->schema("temp").fill, filled_with(int64_t{-1}));
  EXPECT_EQ(to->info().row_count, 3);
  EXPECT_EQ(to.findings(true), Texts{});
  EXPECT_TRUE(from->is_dirty()) << "the source stays as it was";
  EXPECT_EQ(source().datasets(), (Texts{"d3", "d2"}));
}

TEST_P(ACopy, OfACopyIsTheSame) {
  source()->copy_to(store_, "c", as_chosen());
  for (int generation : {1, 2, 3, kContainerGeneration}) {
    AtlasOptions options = to_write();
    options.generation = generation;
    std::string folder = text_of("again", generation);
    copy()->copy_to(store_, folder, options);
    EXPECT_EQ(Collection(Atlas::open(store_, folder, {})).contents(), source().contents());
  }
}

TEST_P(ACopy, IsWrittenToLikeAnyOtherFolder) {
  source()->copy_to(store_, "c", as_chosen());
  Collection to(Atlas::open(store_, "c", to_write()));
  if (GetParam() == kContainerGeneration) return expect_error(Status::kUnsupported, [&] { to.create("x"); });
  to.create("x").put<int32_t>("temp", {1});
  to.open("d2").write<int32_t>("temp", {8, 9});
  to->flush();
  EXPECT_EQ(copy().contents(), to.contents());
  to->compact();
  EXPECT_EQ(copy().open("d2").read<int32_t>("temp"), (std::vector<int32_t>{8, 9}));
  EXPECT_EQ(copy().findings(), Texts{});
}

TEST_P(ACopy, ThatFailsAnywhereIsNotThere) {
  int failed = 0;
  for (int change = 0;; change++) {
    ASSERT_LT(change, 1000);
    Collection from = source();
    failing_->fail_at(change, Failure::kOnce);
    bool done = true;
    try {
      from->copy_to(failing_, "c", as_chosen());
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kIo) << error.what();
      done = false;
    }
    bool reached = failing_->has_failed();
    failing_->work_again();
    if (done) {
      EXPECT_EQ(copy().contents(), from.contents());
      if (!reached) break;
      // The failure was of no consequence.
      for (const std::string& key : keys_of_copy()) store_->remove(key);
      continue;
    }
    EXPECT_EQ(keys_of_copy(), Texts{}) << "after change " << change;
    failed++;
  }
  EXPECT_GT(failed, 2);
}

TEST_P(ACopy, IsCancelledByTheProgressCallback) {
  // As often as there are arrays.
  for (int calls = 0; calls < 4; calls++) {
    Collection from = source();
    int left = calls;
    int64_t last = -1;
    from->set_progress([&](int64_t done, int64_t total) {
      EXPECT_GT(done, last);
      EXPECT_LE(done, total);
      last = done;
      return left-- == 0;
    });
    expect_error(Status::kCancelled, [&] { from->copy_to(store_, "c", as_chosen()); });
    EXPECT_EQ(keys_of_copy(), Texts{});
  }
}

TEST_P(ACopy, NeverBuriesAStore) {
  source()->copy_to(store_, "c", as_chosen());
  Texts before = keys_of_copy();
  for (int generation : {1, 2, 3, kContainerGeneration}) {
    AtlasOptions options = to_write();
    options.generation = generation;
    expect_error(Status::kAlreadyExists, [&] { source()->copy_to(store_, "c", options); });
    expect_error(Status::kAlreadyExists, [&] { source()->copy_to(store_, "w", options); });
  }
  EXPECT_EQ(keys_of_copy(), before);
  EXPECT_EQ(copy().contents(), source().contents());
  if (GetParam() == kContainerGeneration) return;
  store_->put("stray/temp/data.af", as_bytes("not ours"), Condition::always());
  expect_error(
      Status::kAlreadyExists, [&] { source()->copy_to(store_, "stray", as_chosen()); }, "stray/temp/data.af");
}

TEST_P(ACopy, OfGenerationsThatAreNoneIsRefused) {
  for (int generation : {0, 4, 8, 101, -1}) {
    AtlasOptions options = to_write();
    options.generation = generation;
    expect_error(Status::kUnsupported, [&] { source()->copy_to(store_, "c", options); });
  }
}

TEST(ACopyToSchema1, RefusesByNameWhatItCannotSay) {
  struct Case {
    const char* said;
    void (*set)(const Member& dataset);
  };
  const Case cases[] = {
      {"attribute 'nan': JSON holds no NaN",
       [](const Member& dataset) { dataset->set_attribute("nan", number(std::nan(""))); }},
      {"attribute 'byte': schema 1 holds no Int8",
       [](const Member& dataset) {
         dataset->set_attribute("byte", Value::scalar(TypeId::kInt8, int8_t{1}));
       }},
      {"array 'temp', attribute 'units'",
       [](const Member& dataset) { dataset->set_array_attribute("temp", "units", text("K")); }},
  };
  for (const Case& one : cases) {
    auto store = create_memory_store();
    Collection from(Atlas::create(store, "w", to_write()));
    Member dataset = from.create("d");
    dataset.put<int32_t>("temp", {1});
    one.set(dataset);
    expect_error(
        Status::kUnsupported, [&] { from->copy_to(store, "c", schema_1()); }, one.said);
    EXPECT_TRUE(store->list("c/", 10).empty());
  }
}

TEST(ACopyToSchema1, HoldsNaNInMessagePack) {
  auto store = create_memory_store();
  Collection from(Atlas::create(store, "w", to_write()));
  from.create("d")->set_attribute("nan", number(std::nan("")));
  from->copy_to(store, "c", schema_1({MetadataFormat::kMessagePack, StoreCodec::kZstd}));
  EXPECT_EQ(Collection(Atlas::open(store, "c", {})).contents(), from.contents());
}

TEST(ACopyToAContainer, RefusesTimestampsByName) {
  auto store = create_memory_store();
  Collection from(Atlas::create(store, "w", to_write()));
  from.create("d")->set_attribute("when", Value::scalar(TypeId::kTimestampNs, int64_t{1}));
  AtlasOptions options = to_write();
  options.generation = kContainerGeneration;
  expect_error(
      Status::kUnsupported, [&] { from->copy_to(store, "c", options); }, "attribute 'when'");
  EXPECT_TRUE(store->list("c/", 10).empty());
}

}  // namespace
}  // namespace af
